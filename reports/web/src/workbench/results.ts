// The results of statements: one grid for each, its plan or its error.
import { download } from "../adhoc/api";
import type { Column, Value, Wrong } from "../adhoc/answers";
import { FigureBox } from "../adhoc/figures";
import type { Figure, Form } from "../adhoc/plot";
import { openMenu, type Item } from "../adhoc/menu";
import { apart } from "../adhoc/number";
import { fill, w } from "../adhoc/words";
import { Grid } from "../grid/grid";
import type { Layout } from "../grid/layout";
import { onPaper } from "../grid/paper";
import { button, make } from "../make";
import { listSource } from "../explore/pivot";
import { sortedRows, type Order } from "./sort";
import { brief } from "./statement";

export type Result = {
  statement: string;
  parameters?: Record<string, Value>;
  columns: { name: string; type: string }[];
  rows: Value[][];
  row_count: number;
  more: boolean;
  took_ms: number | string;
  error?: Wrong;
  plan?: string;
  scanned?: number; // rows that the plan reads, as the engine guesses
  layout?: Layout;
  sorted?: Order[]; // by which the reader has the rows sorted
};

const formats = ["csv", "xlsx", "parquet", "arrow"] as const;

function isNumber(type: string): boolean {
  return /^(DECIMAL|HUGEINT|U?(TINY|SMALL|BIG)?INT(EGER)?|DOUBLE|FLOAT|REAL)/.test(type);
}

// columnsOf are the columns as a grid of cubes knows them.
function columnsOf(r: Result): Column[] {
  return r.columns.map((c) => ({ name: c.name, title: c.name, unit: c.type, kind: "fact", type: isNumber(c.type) ? "decimal" : "text", format: "" }));
}

// figureOf draws the numbers of a result by its first column that is none.
function figureOf(r: Result): Figure | undefined {
  const name = r.columns.findIndex((c) => !isNumber(c.type));
  const numbers = r.columns.map((c, i) => ({ c, i })).filter(({ c, i }) => i !== name && isNumber(c.type));
  if (!numbers.length || !r.rows.length) return undefined;
  const names = r.rows.map((row, k) => String(name < 0 ? k + 1 : (row[name] ?? "–")));
  const time = name >= 0 && /^(DATE|TIMESTAMP)/.test(r.columns[name].type);
  const series = numbers.map(({ c, i }) => ({
    name: c.name,
    role: "" as const,
    values: r.rows.map((row) => (row[i] === null ? null : Number(row[i]))),
    texts: r.rows.map((row) => (row[i] === null ? "–" : apart(String(row[i])))),
  }));
  if (series.length === 1) return { title: numbers[0].c.name, names, time, series: [{ ...series[0], role: "ac" }] };
  return { title: numbers.map(({ c }) => c.name).join(", "), names, time, series };
}

export class Results {
  readonly element = make("section", "results");
  private readonly tabs = make("div", "tabs");
  private readonly head = make("div", "result-head");
  private readonly figure = new FigureBox({
    formed: (form) => {
      this.form = form;
      this.chart();
    },
    trouble: (e) => this.trouble(e),
  });
  private form: Form | undefined;
  private readonly plan = make("pre", "code plan");
  private readonly grid = new Grid({
    menu: (p, at) => openMenu(at, w.actions, [...this.sorts(p.column), { head: w.copy }, { text: w.copy, hint: "Ctrl C", does: () => this.copy(this.grid.text()) }, { text: w.copyHeads, does: () => this.copy(this.grid.text(true)) }, ...this.grid.items()]),
    sort: (p, add) => this.sort(p.column, add),
    arranged: (layout) => (this.list[this.now].layout = layout),
  });
  private list: Result[] = [];
  private now = 0;
  private charted = false;

  constructor(
    private readonly copy: (text: string) => void,
    private readonly trouble: (e: unknown) => void,
  ) {
    this.element.setAttribute("aria-label", w.results);
    this.tabs.setAttribute("role", "tablist");
    this.tabs.setAttribute("aria-label", w.results);
    this.grid.element.id = "grid";
    onPaper(this.grid);
    this.plan.tabIndex = 0;
    this.head.setAttribute("role", "status");
    this.element.append(this.tabs, this.head, this.figure.element, this.plan, this.grid.element);
    this.show([]);
  }

  show(list: Result[], now = 0) {
    this.list = list;
    this.now = Math.min(now, Math.max(list.length - 1, 0));
    this.draw();
  }

  note(text: string) {
    this.head.replaceChildren(make("span", "", text));
  }

  redraw() {
    if (this.charted) this.chart();
  }

  private draw() {
    this.tabs.hidden = this.list.length < 2;
    this.tabs.replaceChildren(
      ...this.list.map((r, i) => {
        const b = button("tab", `${i + 1} ${brief(r.statement, 28)}`, () => this.show(this.list, i));
        b.setAttribute("role", "tab");
        b.setAttribute("aria-selected", String(i === this.now));
        b.title = brief(r.statement, 200);
        return b;
      }),
    );
    const r = this.list[this.now];
    this.plan.hidden = !r?.plan;
    this.grid.element.hidden = !r || Boolean(r.plan) || Boolean(r.error);
    this.head.replaceChildren();
    this.figure.hide();
    if (!r) {
      this.note(w.noResult);
      return;
    }
    if (r.error) return;
    if (r.plan) {
      this.plan.textContent = r.plan;
      const cost = r.scanned ? " · " + fill(w.cost, { n: apart(String(Math.round(r.scanned))) }) : "";
      this.note(`${w.plan}: ${brief(r.statement)}${cost}`);
      return;
    }
    this.showGrid(r);
    this.headOf(r);
    if (this.charted) this.chart();
  }

  private showGrid(r: Result, keep = false) {
    const sorted = r.sorted ?? [];
    const s = listSource(columnsOf(r), sortedRows(r.rows, r.columns.map((c) => isNumber(c.type)), sorted), brief(r.statement));
    sorted.forEach((o, i) => {
      s.columns[o.column].sorted = o.desc ? "desc" : "asc";
      if (sorted.length > 1) s.columns[o.column].rank = i + 1;
    });
    this.grid.show(s, keep, r.layout);
  }

  private sorts(column: number): Item[] {
    const r = this.list[this.now];
    const set = (sorted: Order[]) => {
      r.sorted = sorted;
      this.showGrid(r, true);
      this.headOf(r);
    };
    const others = (r.sorted ?? []).filter((o) => o.column !== column);
    return [
      { text: w.sortDown, does: () => set([{ column, desc: true }]) },
      { text: w.sortUp, does: () => set([{ column, desc: false }]) },
      ...(others.length ? [{ text: w.thenDown, does: () => set([...others, { column, desc: true }]) }, { text: w.thenUp, does: () => set([...others, { column, desc: false }]) }] : []),
      { text: w.unsort, off: !r.sorted?.length, does: () => set([]) },
    ];
  }

  // sort goes from the largest first to the smallest first to the order as it came.
  private sort(column: number, add: boolean) {
    const r = this.list[this.now];
    const now = (r.sorted ?? []).find((o) => o.column === column);
    const others = add ? (r.sorted ?? []).filter((o) => o.column !== column) : [];
    r.sorted = now && !now.desc ? others : [...others, { column, desc: !now }];
    this.showGrid(r, true);
    this.headOf(r);
  }

  private headOf(r: Result) {
    const told = r.more ? make("b", "note caution", fill(w.cut, { n: apart(String(r.rows.length)) })) : make("span", "", fill(w.rowsShown, { n: apart(String(r.row_count)) }));
    const chart = button("tool", w.chart, () => {
      this.charted = !this.charted;
      this.draw();
    });
    chart.setAttribute("aria-pressed", String(this.charted));
    const files = button("tool", w.exportAs, () => openMenu(files.getBoundingClientRect(), w.exportAs, formats.map((f) => ({ text: w[f], does: () => void this.export(r, f) }))));
    files.setAttribute("aria-haspopup", "menu");
    this.head.replaceChildren();
    if (r.more && r.sorted?.length) told.textContent += " " + w.sortedShown;
    this.head.append(told, make("span", "quiet", fill(w.took, { n: Math.max(1, Math.round(Number(r.took_ms))) })), chart, files);
  }

  private async export(r: Result, format: string) {
    try {
      await download("sql", { sql: r.statement, format, ...(r.parameters ? { parameters: r.parameters } : {}) }, {}, `result.${format}`);
    } catch (e) {
      this.trouble(e);
    }
  }

  private chart() {
    const r = this.list[this.now];
    if (!r || r.error || r.plan) return this.figure.hide();
    const f = figureOf(r);
    const formed = f && this.form && this.form !== "multiples" ? { ...f, time: this.form !== "bars", lines: this.form === "lines" } : f;
    void this.figure.show(formed, this.form, "result", brief(r.statement, 160));
  }
}
