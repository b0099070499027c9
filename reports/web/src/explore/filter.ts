// The window in which a condition is made: members to tick, a range, days, or a
// part of a text.
import { ask } from "../adhoc/api";
import type { Members } from "../adhoc/answers";
import { openDialog } from "../adhoc/dialog";
import { fill, w } from "../adhoc/words";
import { button, choose, labelled, make } from "../make";
import type { Desk } from "./desk";
import type { Filter } from "./query";
import { operatorOf, operators } from "./where";

const byKeys: Record<string, string> = { in: "key_in", not_in: "not_key_in" };

// inputFor is a field to type a value of a type into.
function inputFor(type: string, value: string): HTMLInputElement {
  const i = make("input", "");
  if (type === "date") i.type = "date";
  else if (type !== "text") i.inputMode = "decimal";
  i.value = value;
  return i;
}

// fieldDialog offers every field to make a condition of; typing finds it.
export function fieldDialog(desk: Desk, chosen: (field: string) => void) {
  const dialog = openDialog(w.addCondition, { ok: w.ok, cancel: w.cancel });
  const search = make("input", "");
  search.type = "search";
  search.placeholder = w.find;
  search.setAttribute("aria-label", w.find);
  const list = make("div", "ticks group");
  const buttons = () => [...list.querySelectorAll<HTMLElement>(".pick")];
  const draw = () => {
    const words = search.value.trim().toLowerCase();
    list.replaceChildren();
    for (const d of desk.meta.cube.dimensions) {
      const found = d.attributes.filter((a) => [a.title, a.name, d.title].some((t) => t.toLowerCase().includes(words)));
      if (!found.length) continue;
      const fields = make("ul", "");
      for (const a of found) {
        const item = make("li", "");
        const b = button("pick", a.title, () => {
          dialog.close();
          chosen(a.name);
        });
        b.dataset.field = a.name;
        b.title = a.description;
        item.append(b);
        fields.append(item);
      }
      list.append(make("h3", "", d.title), fields);
    }
    if (!list.childElementCount) list.append(make("p", "quiet", w.noFields));
  };
  search.addEventListener("input", draw);
  dialog.body.addEventListener("keydown", (e) => {
    const all = [search, ...buttons()];
    const i = all.indexOf(e.target as HTMLElement);
    if (e.key === "Enter" && e.target === search) buttons()[0]?.click();
    else if (e.key === "ArrowDown") all[i + 1]?.focus();
    else if (e.key === "ArrowUp") all[i - 1]?.focus();
    else return;
    e.preventDefault();
  });
  dialog.body.append(search, list);
  draw();
  search.focus();
}

// filterDialog edits a condition and gives the one made.
export function filterDialog(desk: Desk, f: Filter, done: (f: Filter) => void) {
  const field = f.field ?? "";
  let op = operatorOf(f.op ?? "in");
  const type = desk.meta.attribute(field)?.type ?? "text";
  const byKey = f.op === "key_in" || f.op === "not_key_in" || !(f.values ?? []).length;
  const picker = new Picker(desk, field, f.values ?? [], byKey);
  const values = make("div", "values");
  const inputs = () => [...values.querySelectorAll("input")].map((i) => i.value.trim());
  const draw = () => {
    values.replaceChildren();
    const known = (k: number) => (operatorOf(f.op ?? "") === op && f.values?.[k]) || "";
    if (op === "in" || op === "not_in") values.append(picker.element);
    else if (op === "between") values.append(labelled(w.from, inputFor(type, known(0))), labelled(w.to, inputFor(type, known(1))));
    else if (!op.endsWith("null")) values.append(labelled(w.value, inputFor(type, known(0))));
  };
  const dialog = openDialog(desk.meta.full(field), w, () => {
    if (op === "in" || op === "not_in") {
      const chosen = picker.chosen();
      if (!chosen.length) return w.needValue;
      done({ field, op: picker.needsKeys() ? byKeys[op] : op, values: chosen });
      return "";
    }
    const typed = op.endsWith("null") ? [] : inputs();
    if (typed.some((v) => !v)) return w.needValue;
    done({ field, op, ...(typed.length ? { values: typed } : {}) });
    return "";
  });
  const select = choose(operators(type), op, (v) => {
    op = v;
    draw();
  });
  dialog.body.append(labelled(w.operator, select), values);
  draw();
  picker.find();
  values.querySelector("input")?.focus();
}

// Picker lists members to tick, those that are ticked first.
class Picker {
  readonly element = make("fieldset", "picker");
  private readonly search = make("input", "");
  private readonly list = make("ul", "ticks");
  private readonly told = make("p", "quiet");
  private readonly picked = new Map<string, string>(); // key or value → shown
  private timer = 0;
  private turn = 0;
  private more = ""; // what is said of members that are not listed

  constructor(
    private readonly desk: Desk,
    private readonly field: string,
    values: string[],
    readonly byKey: boolean,
  ) {
    values.forEach((v) => this.picked.set(v, byKey ? desk.meta.label(field, v) : v));
    this.search.type = "search";
    this.search.placeholder = w.findMember;
    this.search.setAttribute("aria-label", w.findMember);
    this.search.addEventListener("input", () => {
      clearTimeout(this.timer);
      this.timer = window.setTimeout(() => this.find(), 150);
    });
    this.search.addEventListener("keydown", (e) => {
      if (e.key === "Enter") e.preventDefault();
      if (e.key === "ArrowDown") this.list.querySelector("input")?.focus();
    });
    this.told.setAttribute("aria-live", "polite");
    const tools = make("div", "picker-tools");
    tools.append(
      button("plain", w.tickShown, () => this.tickAll(true)),
      button("plain", w.tickNone, () => this.tickAll(false)),
      this.told,
    );
    this.element.append(make("legend", "", w.members), this.search, this.list, tools);
  }

  // tickAll ticks what is listed, or takes every tick away.
  private tickAll(on: boolean) {
    if (!on) this.picked.clear();
    this.list.querySelectorAll("input").forEach((box) => {
      box.checked = on;
      if (on) this.picked.set(box.value, box.parentElement?.textContent ?? box.value);
    });
    this.tell();
  }

  // needsKeys tells members that are not called by their keys.
  needsKeys(): boolean {
    return this.byKey && [...this.picked].some(([key, label]) => key !== label);
  }

  chosen(): string[] {
    return [...this.picked.keys()];
  }

  find() {
    const turn = ++this.turn;
    const params = { attribute: this.field, search: this.search.value, limit: "200" };
    ask<Members>(`cubes/${this.desk.meta.cube.name}/members`, { params })
      .then((m) => {
        if (turn === this.turn) this.show(m);
      })
      .catch((e: unknown) => {
        this.told.textContent = e instanceof Error ? e.message : String(e);
      });
  }

  private show(m: Members) {
    const idOf = (x: { key: string; label: string }) => (this.byKey ? x.key : x.label);
    const found = new Set(m.members.map(idOf));
    for (const x of m.members) {
      this.desk.meta.learn(this.field, x.key, x.label);
      if (this.picked.has(idOf(x))) this.picked.set(idOf(x), x.label);
    }
    const rows = [
      ...[...this.picked].filter(([id]) => !found.has(id) && !this.search.value).map(([id, label]) => this.tick(id, label)),
      ...m.members.map((x) => this.tick(idOf(x), x.label)),
    ];
    this.list.replaceChildren(...rows);
    this.more = m.more ? w.moreMembers : rows.length ? "" : w.none;
    this.tell();
  }

  private tell() {
    this.told.textContent = [fill(w.chosen, { n: this.picked.size }), this.more].filter(Boolean).join(" · ");
  }

  private tick(id: string, label: string): HTMLElement {
    const item = make("li", "");
    const line = make("label", "tick");
    const box = make("input", "");
    box.type = "checkbox";
    box.value = id;
    box.checked = this.picked.has(id);
    box.addEventListener("change", () => {
      if (box.checked) this.picked.set(id, label);
      else this.picked.delete(id);
      this.tell();
    });
    box.addEventListener("keydown", (e) => {
      const boxes = [...this.list.querySelectorAll("input")];
      const to = boxes[boxes.indexOf(box) + (e.key === "ArrowDown" ? 1 : e.key === "ArrowUp" ? -1 : NaN)];
      if (e.key === "ArrowUp" && !to) this.search.focus();
      to?.focus();
      if (e.key.startsWith("Arrow")) e.preventDefault();
    });
    const text = make("bdi", "", label || "–");
    line.append(box, text);
    item.append(line);
    return item;
  }
}
