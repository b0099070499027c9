// The search over all pages of the site: it reads an index made with the pages,
// loaded when the field is first used.
import { make } from "./make";

// An entry of the index: its kind, its page, its anchor there, its name, and a
// sentence about it.
type Entry = [kind: number, page: number, anchor: string, name: string, text: string];
type Index = { kinds: string[]; pages: [address: string, title: string][]; entries: Entry[] };
type Found = { entry: Entry; rank: number };

const mostShown = 12;
const mostAlike = 2; // of one name, such as a customer type that many tables list
const kindMember = 3;
const inWord = /(?!\p{Script=Han})[\p{L}\p{N}]/u;

// plain is a text as it is compared: without case, accents and width.
function plain(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

// rank is how well an entry has the words: lower is better; undefined when a word
// is missing. A name that begins with the first word is better than one with a
// word that does, and that better than any other place; in Chinese any character
// begins a word.
function rank(e: Entry, words: string[]): number | undefined {
  const name = plain(e[3]);
  const rest = plain(e[4]);
  let worst = 0;
  for (const w of words) {
    const at = name.indexOf(w);
    if (at < 0 && !rest.includes(w)) return undefined;
    const place = at === 0 ? 0 : at > 0 && !inWord.test(name[at - 1] ?? "") ? 1 : at > 0 ? 2 : 3;
    worst = Math.max(worst, place);
  }
  return worst * 10 + e[0];
}

export function find(index: Index, query: string): Entry[] {
  const words = plain(query).split(/\s+/).filter(Boolean);
  if (!words.length) return [];
  const found: Found[] = [];
  for (const entry of index.entries) {
    const r = rank(entry, words);
    if (r !== undefined) found.push({ entry, rank: r });
  }
  const alike = new Map<string, number>();
  return found
    .sort((a, b) => a.rank - b.rank) // stable: then as in the report
    .map((f) => f.entry)
    .filter((e) => {
      if (e[0] !== kindMember) return true;
      const n = (alike.get(e[3]) ?? 0) + 1;
      alike.set(e[3], n);
      return n <= mostAlike;
    });
}

function load(address: string): Promise<Index> {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = () => resolve((globalThis as unknown as { versoIndex: Index }).versoIndex);
    script.onerror = () => reject(new Error(address));
    document.head.append(script);
  });
}

function row(index: Index, e: Entry, id: string): HTMLLIElement {
  const [kind, page, anchor, name, text] = e;
  const [address, title] = index.pages[page] ?? ["index.html", ""];
  const item = make("li", "");
  item.id = id;
  item.setAttribute("role", "option");
  item.dataset.href = anchor ? `${address}#${anchor}` : address;
  const head = make("span", "hit");
  const called = document.createElement("bdi");
  called.textContent = name;
  head.append(called, make("small", "", kind === 0 || title === name ? (index.kinds[kind] ?? "") : title));
  item.append(head);
  if (text) item.append(make("span", "text", text));
  return item;
}

// addSearch puts the field into the head of the page.
export function addSearch() {
  const { index: address, search = "Search", none = "", more = "" } = document.body.dataset;
  const brand = document.querySelector(".brand");
  if (!address || !brand) return;
  const box = make("div", "search");
  box.setAttribute("role", "search");
  const field = make("input", "");
  field.type = "search";
  field.placeholder = search;
  field.autocomplete = "off";
  field.spellcheck = false;
  for (const [name, value] of [["aria-label", search], ["role", "combobox"], ["aria-autocomplete", "list"], ["aria-controls", "hits"], ["aria-expanded", "false"]] as const) field.setAttribute(name, value);
  const list = make("ul", "hits");
  list.id = "hits";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", search);
  const said = make("p", "said");
  said.setAttribute("role", "status");
  box.append(field, list, said);
  brand.after(box);

  let known: Promise<Index> | undefined;
  let chosen = -1;
  const rows = () => [...list.children] as HTMLElement[];
  const choose = (no: number) => {
    rows().forEach((r, i) => r.setAttribute("aria-selected", String(i === no)));
    chosen = no;
    const r = rows()[no];
    if (r) {
      field.setAttribute("aria-activedescendant", r.id);
      r.scrollIntoView({ block: "nearest" });
    } else field.removeAttribute("aria-activedescendant");
  };
  const close = () => {
    list.hidden = true;
    said.textContent = "";
    field.setAttribute("aria-expanded", "false");
    choose(-1);
  };
  const show = async () => {
    known ??= load(address);
    const index = await known;
    const hits = find(index, field.value);
    list.replaceChildren(...hits.slice(0, mostShown).map((e, i) => row(index, e, `hit-${i}`)));
    list.hidden = hits.length === 0;
    field.setAttribute("aria-expanded", String(hits.length > 0));
    const asked = field.value.trim() !== "";
    said.textContent = !asked ? "" : hits.length === 0 ? none : hits.length > mostShown ? more.replace("{n}", String(mostShown)).replace("{all}", String(hits.length)) : "";
    choose(hits.length ? 0 : -1);
  };
  const go = (r: HTMLElement | undefined) => {
    if (r?.dataset.href) location.href = r.dataset.href;
  };
  field.addEventListener("focus", () => (known ??= load(address)));
  field.addEventListener("input", () => void show());
  field.addEventListener("keydown", (e) => {
    const n = rows().length;
    if (e.key === "Escape") {
      field.value = "";
      close();
    } else if (e.key === "Enter") go(rows()[chosen]);
    else if (e.key === "ArrowDown" && n) choose((chosen + 1) % n);
    else if (e.key === "ArrowUp" && n) choose((chosen + n - 1) % n);
    else return;
    e.preventDefault();
  });
  list.addEventListener("mousedown", (e) => e.preventDefault()); // the field keeps the focus
  list.addEventListener("click", (e) => go((e.target as HTMLElement).closest("li") ?? undefined));
  field.addEventListener("blur", close);
  addEventListener("keydown", (e) => {
    if (e.key !== "/" || e.ctrlKey || e.metaKey || /^(INPUT|TEXTAREA|SELECT)$/.test((e.target as HTMLElement).tagName)) return;
    e.preventDefault();
    field.focus();
  });
}
