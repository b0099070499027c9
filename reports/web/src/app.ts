// What a page does beyond being read: theme, charts that answer the pointer,
// tables that sort. Without this script the page shows the same numbers.
import type { Charts } from "./charts";
import { addComparison, compared, comparison, type Option } from "./compare";
import { make } from "./make";
import { addSearch } from "./search";
import { addThemeSwitch, applyTheme, colours } from "./theme";

type Tip = { t: string; l: [string, string][] };
type Spec = { wide: object; narrow: object; tips: Tip[] | null };
type Live = { chart: ReturnType<Charts["show"]>; plot: HTMLElement; narrow: boolean };

const root = document.documentElement;

applyTheme();

// --- charts ---

const live = new Map<HTMLElement, Live>();

function tipOf(spec: Spec) {
  return (params: unknown): HTMLElement => {
    const first = (Array.isArray(params) ? params[0] : params) as { dataIndex: number; seriesType?: string } | undefined;
    const box = make("div", "tip");
    const tip = first && spec.tips ? spec.tips[first.dataIndex] : undefined;
    if (!tip) return box;
    box.append(make("p", "tip-title", tip.t));
    for (const [name, value] of tip.l) {
      if (!comparison.shown && /^Δ?PY/.test(name)) continue;
      const line = make("p", "tip-line");
      line.append(make("span", "", name), make("b", "", value));
      box.append(line);
    }
    return box;
  };
}

function charts(): Charts | undefined {
  return (globalThis as unknown as { versoCharts?: Charts }).versoCharts;
}

function fontOf(plot: HTMLElement): string {
  return getComputedStyle(plot).fontFamily;
}

type Stretched = { grid?: { top?: string; height?: string }[]; series?: { data?: { label?: { distance?: number } }[] }[] };

// stretch adapts panels one above the other, and distances from their bars, to
// the height on the page: the panels share what it has more or less than the
// drawing, and the room around them for labels stays.
function stretch(option: Stretched, drawn: number, shown: number) {
  const panels = (option.grid ?? []).filter((g) => g.height).map((g) => ({ g, top: Number(g.top), height: Number(g.height) }));
  const sum = panels.reduce((all, p) => all + p.height, 0);
  if (!sum) return;
  const factor = Math.max((sum + shown - drawn) / sum, 0.1);
  let foot = 0;
  let newFoot = 0;
  for (const p of panels.sort((a, b) => a.top - b.top)) {
    const top = newFoot + p.top - foot;
    foot = p.top + p.height;
    newFoot = top + p.height * factor;
    p.g.top = String(top);
    p.g.height = String(p.height * factor);
  }
  for (const series of option.series ?? []) {
    for (const d of series.data ?? []) {
      if (d.label?.distance) d.label.distance = 5 + (d.label.distance - 5) * factor;
    }
  }
}

function open(plot: HTMLElement) {
  const api = charts();
  const script = plot.querySelector("script");
  const place = plot.querySelector<HTMLElement>(".live");
  const sheets = [...plot.querySelectorAll<SVGElement>(".sheet")];
  const shown = sheets.find((s) => s.getBoundingClientRect().width > 0);
  if (!api || !script || !place || !shown) return;
  const box = shown.getBoundingClientRect();
  const narrow = shown.classList.contains("n");
  const spec = JSON.parse(script.textContent ?? "{}") as Spec;
  const option = { ...(narrow ? spec.narrow : spec.wide), textStyle: { fontFamily: fontOf(plot) } } as Stretched;
  stretch(option, Number((shown.getAttribute("viewBox") ?? "").split(" ")[3]) || box.height, box.height);
  compared(option as Option);
  place.hidden = false;
  place.style.height = `${box.height}px`;
  place.setAttribute("aria-hidden", "true");
  plot.classList.add("is-live");
  live.set(plot, { chart: api.show(place, option as never, colours(), tipOf(spec)), plot, narrow });
}

function close(plot: HTMLElement) {
  const l = live.get(plot);
  if (!l) return;
  l.chart.dispose();
  live.delete(plot);
  plot.classList.remove("is-live");
  const place = plot.querySelector<HTMLElement>(".live");
  if (place) place.hidden = true;
}

function redraw() {
  for (const plot of [...live.keys()]) {
    close(plot);
    open(plot);
  }
}

function addCharts() {
  const seen = new IntersectionObserver((entries) => {
    for (const e of entries) {
      if (!e.isIntersecting) continue;
      seen.unobserve(e.target);
      open(e.target as HTMLElement);
    }
  }, { rootMargin: "200px" });
  document.querySelectorAll<HTMLElement>(".plot").forEach((p) => seen.observe(p));
  let width = innerWidth;
  let timer = 0;
  addEventListener("resize", () => {
    if (innerWidth === width) return;
    width = innerWidth;
    clearTimeout(timer);
    timer = window.setTimeout(redraw, 150);
  });
}

// --- tables ---

function sortKey(row: HTMLTableRowElement, column: number): number | string {
  const cell = row.cells[column];
  const exact = cell.dataset.v;
  if (exact === undefined) return cell.textContent ?? "";
  const n = Number(exact);
  return Number.isNaN(n) ? exact : n;
}

function compare(a: number | string, b: number | string): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  if (typeof a === "number") return -1;
  if (typeof b === "number") return 1;
  return a.localeCompare(b, root.lang);
}

// sortBy orders the leaves; totals, rests and residuals stay at the end.
function sortBy(table: HTMLTableElement, column: number, descending: boolean) {
  const body = table.tBodies[0];
  const rows = [...body.rows];
  const fixed = rows.filter((r) => /\b(total|rest|sub)\b/.test(r.className));
  const leaves = rows.filter((r) => !fixed.includes(r));
  leaves.sort((a, b) => compare(sortKey(a, column), sortKey(b, column)) * (descending ? -1 : 1));
  body.append(...leaves, ...fixed);
}

function addSorting() {
  document.querySelectorAll<HTMLTableElement>("table").forEach((table) => {
    const heads = [...table.querySelectorAll<HTMLTableCellElement>("th[data-sort]")];
    if (table.querySelector("tr.in1, tr.sub")) return; // a hierarchy keeps its order
    for (const head of heads) {
      const button = make("button", "sort");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const descending = head.getAttribute("aria-sort") !== "descending";
        heads.forEach((h) => h.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", descending ? "descending" : "ascending");
        sortBy(table, head.cellIndex, descending);
      });
    }
  });
}

// addScrollHints marks the tables of which more is to be seen on the right.
function addScrollHints() {
  const boxes = [...document.querySelectorAll<HTMLElement>(".scroll")];
  const mark = (box: HTMLElement) => box.classList.toggle("more", box.scrollLeft + box.clientWidth < box.scrollWidth - 2);
  const sizes = new ResizeObserver((entries) => entries.forEach((e) => mark(e.target as HTMLElement)));
  for (const box of boxes) {
    sizes.observe(box);
    box.addEventListener("scroll", () => mark(box), { passive: true });
  }
}

function textOf(table: HTMLTableElement): string {
  return [...table.rows].map((r) => [...r.cells].filter((c) => !c.hidden).map((c) => (c.textContent ?? "").trim().replace(/\s+/g, " ")).join("\t")).join("\n");
}

function addCopy() {
  if (!navigator.clipboard) return;
  const { copy = "Copy", copied = "Copied" } = document.body.dataset;
  document.querySelectorAll<HTMLElement>("figure").forEach((figure) => {
    const table = figure.querySelector("table");
    const get = figure.querySelector(".get");
    if (!table || !get) return;
    const button = make("button", "copy", copy);
    button.type = "button";
    button.addEventListener("click", () => {
      void navigator.clipboard.writeText(textOf(table)).then(() => {
        button.textContent = copied;
        window.setTimeout(() => (button.textContent = copy), 1500);
      });
    });
    get.prepend(button);
  });
}

// addWork leads to the pages for ad hoc work where a server says that it has
// them: from the menu, and with the question from what answers one.
function addWork() {
  const list = document.querySelector("header.site nav");
  if (!list || !document.cookie.split("; ").includes("verso_work=1")) return;
  const zh = root.lang.startsWith("zh");
  const lang = zh ? "zh" : "en";
  const link = (href: string, text: string) => {
    const a = make("a", "", text);
    a.href = href;
    return a;
  };
  const items = make("ul", "");
  for (const [path, title] of [["/explore", zh ? "探索" : "Explorer"], ["/sql", "SQL"]]) {
    const item = make("li", "");
    item.append(link(`${path}?lang=${lang}`, title));
    items.append(item);
  }
  list.append(make("p", "group", zh ? "自助分析" : "Ask more"), items);
  document.querySelectorAll<HTMLElement>(".get[data-ask]").forEach((get) => {
    const figure = get.closest("figure");
    const a = link(`/explore?${new URLSearchParams({ lang, ask: get.dataset.ask ?? "", from: location.pathname + (figure?.id ? "#" + figure.id : "") })}`, zh ? "探索" : "Explore");
    a.setAttribute("aria-label", `${a.textContent}: ${figure?.querySelector("h3")?.textContent ?? ""}`);
    get.append(a);
  });
  document.querySelectorAll<HTMLElement>(".kpi[data-ask]").forEach((tile) => {
    const a = link(`/explore?${new URLSearchParams({ lang, ask: tile.dataset.ask ?? "", from: location.pathname })}`, zh ? "探索" : "Explore");
    a.setAttribute("aria-label", `${a.textContent}: ${tile.querySelector(".name")?.textContent ?? ""}`);
    const get = make("p", "get", "");
    get.append(a);
    tile.append(get);
  });
}

addEventListener("DOMContentLoaded", () => {
  root.classList.add("js");
  addThemeSwitch(redraw);
  addSearch();
  addComparison(redraw);
  addWork();
  addSorting();
  addCopy();
  addScrollHints();
  const current = document.querySelector<HTMLElement>('nav [aria-current="page"]');
  if (current && current.parentElement) {
    const list = current.closest("nav");
    if (list) list.scrollLeft = current.offsetLeft - 16;
    if (!list?.scrollLeft) current.scrollIntoView({ block: "nearest" }); // a menu longer than the window
  }
  addCharts();
});
