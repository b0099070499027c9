// What stands beside the table: the question as text, its SQL, why something
// changed, the questions of this visit, and what was saved.
import { ask } from "../adhoc/api";
import type { Checked, Item, Row, Why } from "../adhoc/answers";
import { keepDialog } from "../adhoc/keep";
import { apart } from "../adhoc/number";
import { editors } from "../adhoc/parts";
import { fill, w } from "../adhoc/words";
import type { TextEditor } from "../editor";
import { button, make } from "../make";
import type { CellRef } from "./actions";
import type { Desk } from "./desk";
import { Filters } from "./filters";
import { scopeTitle, timeTitle } from "./meta";
import { exactOf, textOf } from "./pivot";
import { keep, tidy, type Query } from "./query";
import { checkText } from "./settings";
import type { Step } from "./trail";

export type Tab = "filters" | "question" | "sql" | "why" | "history" | "saved";

export class Panel {
  readonly element = make("aside", "panel");
  private readonly tabs = make("div", "tabs");
  private readonly body = make("div", "panel-body");
  private now: Tab = "question";
  private editor: TextEditor | undefined;
  private readonly editorBox = make("div", "editor");
  private readonly told = make("p", "told");
  private cell: CellRef | undefined;
  private written = ""; // the question that was written into the editor
  private turn = 0;
  private readonly filters: Filters;

  constructor(
    private readonly desk: Desk,
    private readonly changed: () => void, // opened, closed, or on another tab
  ) {
    this.filters = new Filters(desk);
    this.element.setAttribute("aria-label", w.panel);
    this.element.hidden = true;
    this.tabs.setAttribute("role", "tablist");
    this.tabs.setAttribute("aria-label", w.panel);
    this.body.setAttribute("role", "tabpanel");
    this.body.id = "panel-body";
    this.body.tabIndex = 0;
    this.told.setAttribute("role", "status");
    this.tabs.addEventListener("keydown", (e) => this.key(e));
    const close = button("cross", "×", () => this.close());
    close.setAttribute("aria-label", w.close);
    const wide = button("cross", "⤢", () => {
      const on = this.element.classList.toggle("is-wide");
      wide.setAttribute("aria-pressed", String(on));
    });
    wide.setAttribute("aria-label", w.widePanel);
    wide.setAttribute("aria-pressed", "false");
    wide.title = w.widePanel;
    const head = make("div", "panel-head");
    head.append(this.tabs, wide, close);
    this.element.append(head, this.body);
    this.element.addEventListener("keydown", (e) => {
      if (e.key === "Escape" && !e.defaultPrevented) this.close();
    });
  }

  // close gives the focus back to what opened the panel.
  close() {
    const inside = this.element.contains(document.activeElement);
    this.element.hidden = true;
    this.changed();
    if (inside) document.querySelector<HTMLElement>(`.bar [data-do="${this.now}"]`)?.focus({ preventScroll: true });
  }

  isOpen(tab?: Tab): boolean {
    return !this.element.hidden && (!tab || tab === this.now);
  }

  open(tab: Tab, cell?: CellRef) {
    this.element.hidden = false;
    this.now = tab;
    if (cell) this.cell = cell;
    this.show();
    this.changed();
    this.tabs.querySelector<HTMLElement>('[aria-selected="true"]')?.focus({ preventScroll: true });
  }

  // show draws the open tab for the present question.
  show() {
    if (this.element.hidden) return;
    const turn = ++this.turn;
    const titles: [Tab, string][] = [
      ["filters", w.filters],
      ["question", w.question],
      ["sql", w.sql],
      ["why", w.why],
      ["history", w.history],
      ["saved", w.saved],
    ];
    const focused = this.tabs.contains(document.activeElement);
    this.tabs.replaceChildren(
      ...titles.map(([tab, title]) => {
        const b = button("tab", title, () => this.open(tab));
        b.setAttribute("role", "tab");
        b.setAttribute("aria-selected", String(tab === this.now));
        b.setAttribute("aria-controls", this.body.id);
        b.tabIndex = tab === this.now ? 0 : -1;
        b.dataset.tab = tab;
        return b;
      }),
    );
    if (focused) this.tabs.querySelector<HTMLElement>('[aria-selected="true"]')?.focus();
    this.body.setAttribute("aria-label", titles.find(([t]) => t === this.now)?.[1] ?? "");
    const shows = { filters: () => this.conditions(), question: () => this.question(), sql: () => this.sql(turn), why: () => this.why(turn), history: () => this.history(turn), saved: () => this.saved(turn) };
    void Promise.resolve(shows[this.now]()).catch((e: unknown) => this.desk.trouble(e));
  }

  private key(e: KeyboardEvent) {
    const all = [...this.tabs.querySelectorAll<HTMLElement>("[role=tab]")];
    const i = all.indexOf(e.target as HTMLElement);
    const to = e.key === "ArrowRight" ? all[(i + 1) % all.length] : e.key === "ArrowLeft" ? all[(i - 1 + all.length) % all.length] : undefined;
    if (!to) return;
    e.preventDefault();
    this.open(to.dataset.tab as Tab);
  }

  // --- what the question is narrowed to ---

  private async conditions() {
    if (!this.body.contains(this.filters.element)) this.body.replaceChildren(this.filters.element);
    await this.filters.show();
  }

  // --- the question as text ---

  private async question() {
    const go = button("strong", w.askText, () => void this.askText());
    this.body.replaceChildren(this.editorBox, this.told, go);
    this.told.textContent = "";
    if (!this.editor) {
      const library = await editors();
      const text = this.desk.answer?.text ?? "";
      this.editor ??= library.open(this.editorBox, {
        text,
        label: w.textLabel,
        sql: false,
        changed: () => (this.told.textContent = ""),
        run: () => void this.askText(),
        offers: async (typed, at) => (await checkText(typed, at)).completions.map((c) => ({ text: c.text, title: c.title ?? "", kind: c.kind ?? "", from: c.from ?? at })),
      });
    }
    await this.fillText();
  }

  // fillText writes the present question into the editor, once: what is typed
  // there meanwhile stays until the question changes.
  private async fillText() {
    const query = JSON.stringify(this.desk.step.query);
    const typed = this.editor?.text();
    if (query === this.written) return;
    const found = await this.check(this.desk.step.query);
    if (!found?.text || !this.editor || (this.written === "" && this.editor.text() !== typed)) return;
    this.written = query;
    if (this.editor.text() !== found.text) this.editor.set(found.text);
  }

  private check(q: Query): Promise<Checked | undefined> {
    return q.measures.length ? ask<Checked>("query/check", { json: q }) : Promise.resolve(undefined);
  }

  private async askText() {
    if (!this.editor) return;
    try {
      const found = await checkText(this.editor.text());
      this.editor.mark([{ from: 0, marks: found.errors.map((e) => ({ line: e.line ?? 1, column: e.column ?? 1, message: e.message })) }]);
      const wrong = found.errors[0];
      this.told.classList.toggle("bad", Boolean(wrong));
      if (wrong) this.told.textContent = [wrong.column ? fill(w.line, { l: wrong.line ?? 1, c: wrong.column }) + ": " : "", wrong.message, wrong.hint ? ` (${wrong.hint})` : ""].join("");
      else if (found.json) {
        this.told.textContent = [w.textOk, found.cost ? fill(w.cost, { n: apart(String(found.cost.rows)) }) : ""].join(" ");
        this.desk.change(tidy(found.json));
      }
    } catch (e) {
      this.desk.trouble(e);
    }
  }

  // --- SQL ---

  private async sql(turn: number) {
    const found = await this.check(this.desk.step.query);
    if (turn !== this.turn) return;
    this.body.replaceChildren();
    if (!found?.ok) {
      this.body.append(make("p", "quiet", found?.errors[0]?.message ?? w.needMeasure));
      return;
    }
    const lines = [found.rollup ? fill(w.fromRollup, { r: found.rollup }) : w.fromFacts];
    if (found.cost) lines.push(fill(w.cost, { n: apart(String(found.cost.rows)) }));
    const copy = button("plain", w.copy, () => void copyText(found.sql ?? "", this.desk));
    const code = make("pre", "code", found.sql ?? "");
    code.tabIndex = 0;
    this.body.append(make("p", "quiet", lines.join(" · ")), code);
    if (found.args?.length) this.body.append(make("h3", "", w.parameters), make("pre", "code", JSON.stringify(found.args)));
    this.body.append(copy);
  }

  // --- why ---

  private async why(turn: number) {
    if (!this.cell) {
      this.body.replaceChildren(make("p", "quiet", w.noWhy));
      return;
    }
    const { cell } = this;
    this.body.replaceChildren(make("p", "quiet", w.asking));
    try {
      const found = await ask<Why>("why", { json: whyBody(this.desk, cell) });
      if (turn === this.turn) this.showWhy(found, cell);
    } catch (e) {
      if (turn !== this.turn) return;
      this.body.replaceChildren(make("h3", "", fill(w.whyOf, { m: cell.about })), make("p", "told bad", e instanceof Error ? e.message : String(e)));
    }
  }

  private showWhy(found: Why, cell: CellRef) {
    const words = make("ul", "words");
    words.append(...found.words.map((t) => make("li", "", t)));
    this.body.replaceChildren(make("h3", "", fill(w.whyOf, { m: cell.about })), words);
    for (const n of found.notes) if (!found.words.includes(n.text)) this.body.append(make("p", "note", n.text));
    if (found.bridge) this.body.append(make("h3", "", w.bridge), table(found.bridge, w.bridge));
    this.body.append(make("h3", "", w.contribution), table(found, w.contribution));
  }

  // --- history ---

  private async history(turn: number) {
    const { steps, at } = this.desk.trail.all();
    const list = make("ol", "steps");
    steps.forEach((s, i) => {
      const b = button("step", describe(s, this.desk), () => this.desk.restore(s));
      if (i === at) b.setAttribute("aria-current", "step");
      list.prepend(row(b));
    });
    this.body.replaceChildren(steps.length ? list : make("p", "quiet", w.nothingAsked));
    const { log } = await ask<{ log: { door: string; what: string; outcome: string }[] }>("log");
    const texts = [...new Set(log.filter((a) => a.door === "query" && a.outcome === "ok").map((a) => a.what))].slice(0, 40);
    if (turn !== this.turn || !texts.length) return;
    const before = make("ol", "steps");
    before.append(...texts.map((text) => row(button("step", text, () => void this.askAgain(text)))));
    this.body.append(make("h3", "", w.recent), before);
  }

  private async askAgain(text: string) {
    try {
      const found = await checkText(text);
      if (found.json) this.desk.restore({ query: found.json, formats: {}, chart: this.desk.step.chart });
      else this.desk.trouble(found.errors[0]);
    } catch (e) {
      this.desk.trouble(e);
    }
  }

  // --- saved ---

  private async saved(turn: number) {
    const { saved } = await ask<{ saved: Item[] }>("saved");
    if (turn !== this.turn) return;
    const views = saved.filter((s) => s.kind === "view" || s.kind === "question");
    const list = make("ul", "steps");
    for (const s of views) list.append(this.savedRow(s));
    this.body.replaceChildren(button("plain", w.save, () => saveDialog(this.desk, () => this.show())), views.length ? list : make("p", "quiet", w.nothingSaved));
  }

  private savedRow(s: Item): HTMLElement {
    const item = make("li", "saved");
    const mine = s.owner === this.desk.me.person.name;
    const open = button("step", s.title, () => {
      ask<Item>(`saved/${s.id}`)
        .then((i) => this.desk.restore(i.content as Step))
        .catch((e: unknown) => this.desk.trouble(e));
    });
    item.append(open, make("small", "quiet", mine ? "" : fill(w.ofOthers, { o: s.owner })));
    if (mine) {
      const x = button("cross", "×", () => {
        ask(`saved/${s.id}`, { method: "DELETE" })
          .then(() => this.show())
          .catch((e: unknown) => this.desk.trouble(e));
      });
      x.setAttribute("aria-label", `${w.delete}: ${s.title}`);
      item.append(x);
    }
    return item;
  }
}

// whyBody asks why a cell changed: the finest period that it stands under is
// compared with the same of the year before, within its other members.
function whyBody(desk: Desk, cell: CellRef): object {
  const { meta, step } = desk;
  const fields = [...(step.query.rows ?? []).slice(0, cell.row.length), ...(step.query.columns ?? []).slice(0, cell.column.length)];
  const keys = [...cell.row, ...cell.column];
  let query = tidy({ ...step.query, top: undefined, having: undefined, sort: undefined });
  let after = "";
  let days = Infinity;
  fields.forEach((field, i) => {
    const length = periodDays[meta.attribute(field)?.level ?? ""];
    if (meta.isDate(field) && length) {
      if (length < days) after = keys[i];
      days = Math.min(days, length);
    } else {
      query = keep(query, field, [keys[i]]);
    }
  });
  return { query, measure: cell.ref, members: 5, ...(after ? { after } : {}) };
}

// The periods that can be compared, and how long they are about.
const periodDays: Record<string, number> = { year: 365, half: 182, quarter: 91, month: 30, week: 7, day: 1 };

function row(b: HTMLElement): HTMLElement {
  const item = make("li", "");
  item.append(b);
  return item;
}

// describe is a step in a line: what is shown, by what.
export function describe(s: Step, desk: Desk): string {
  const q = s.query;
  const title = (name: string) => (q.cube === desk.meta.cube.name ? desk.meta.title(name) : name);
  const axes = [...(q.rows ?? []), ...(q.columns ?? [])].map(title).join(" × ");
  const more = [(q.where ?? []).length ? `${w.filters} ${(q.where ?? []).length}` : "", q.top ? `${w.ranking} ${q.top.n}` : "", (q.compare ?? []).map(scopeTitle).join(", "), q.time ? timeTitle(q.time) : "", s.chart ? w.chart : "", s.layout ? w.arranged : ""];
  return [q.measures.map(title).join(", ") || "–", axes, ...more].filter(Boolean).join(" · ");
}

// table is a small table of an answer.
function table(t: { columns: Why["columns"]; rows: Row[] }, label: string): HTMLElement {
  const box = make("div", "scroll");
  box.tabIndex = 0;
  box.setAttribute("role", "region");
  box.setAttribute("aria-label", label);
  const out = make("table", "");
  const head = make("tr", "");
  for (const c of t.columns) {
    const th = make("th", c.kind === "measure" ? "num" : "", c.title);
    th.scope = "col";
    if (c.unit) th.append(make("small", "", c.unit));
    head.append(th);
  }
  const body = make("tbody", "");
  for (const r of t.rows) {
    const line = make("tr", r.level === "row" ? "" : r.level === "total" ? "total" : "sub");
    r.cells.forEach((v, i) => {
      const c = t.columns[i];
      const cell = make("td", c.kind === "measure" ? "num" : "", textOf(v, c));
      if (v !== null && c.kind === "measure") cell.title = exactOf(v);
      line.append(cell);
    });
    body.append(line);
  }
  const thead = make("thead", "");
  thead.append(head);
  out.append(thead, body);
  box.append(out);
  return box;
}

// copyText puts a text on the clipboard and says so.
export async function copyText(text: string, desk: Pick<Desk, "say" | "trouble">, told = w.copied) {
  try {
    if (navigator.clipboard) await navigator.clipboard.writeText(text);
    else byHand(text);
    desk.say(told);
  } catch (e) {
    desk.trouble(e);
  }
}

// byHand copies where the page is not served securely.
function byHand(text: string) {
  const give = (e: ClipboardEvent) => {
    e.clipboardData?.setData("text/plain", text);
    e.preventDefault();
    e.stopImmediatePropagation();
  };
  addEventListener("copy", give, true);
  document.execCommand("copy");
  removeEventListener("copy", give, true);
}

// saveDialog keeps the present question, and how it is shown, under a title.
export function saveDialog(desk: Desk, done: () => void) {
  const told = () => {
    desk.say(w.savedAs);
    done();
  };
  keepDialog({ kind: "view", heading: w.save, title: describe(desk.step, desk), content: desk.step }, desk.me, told, (e) => desk.trouble(e));
}
