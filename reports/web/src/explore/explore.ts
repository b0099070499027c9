// The explorer: a question is put together by hand, its answer is a table.
import { ask, download, me, Refusal } from "../adhoc/api";
import type { Answer, Cost, Cube, CubeHead, Me, Members } from "../adhoc/answers";
import { FigureBox } from "../adhoc/figures";
import { frame, say, showMe, tell, troubleBox } from "../adhoc/frame";
import { openMenu, type Item } from "../adhoc/menu";
import { apart } from "../adhoc/number";
import { fill, lang, w } from "../adhoc/words";
import { Grid } from "../grid/grid";
import type { Layout } from "../grid/layout";
import { onPaper } from "../grid/paper";
import { nothing } from "../grid/source";
import { button, make } from "../make";
import { costOf, costText, isDear, isWorthSaying } from "../adhoc/cost";
import { acrossMenu } from "./across";
import { Actions } from "./actions";
import { pageOf, paramsOf, stepOf } from "./address";
import type { Desk } from "./desk";
import { showFacts } from "./facts";
import { Fields } from "./fields";
import { figure } from "./figure";
import { askable, Meta, scopeTitle, timeTitle } from "./meta";
import { copyText, Panel, saveDialog, type Tab } from "./panel";
import { fullText, source } from "./pivot";
import { pivot, tidy, type Filter, type Query } from "./query";
import { compareMenu, timeMenu, totalsMenu } from "./settings";
import { Shelves } from "./shelves";
import { Trail, type Format, type Step } from "./trail";
import { every, titleOf } from "./where";

const mostRows = 100_000; // of an answer that are loaded into the page at once
const formats = ["xlsx", "csv", "parquet", "arrow", "json"] as const;

class Explorer implements Desk {
  readonly trail = new Trail();
  step: Step = { query: { cube: "", measures: [] }, formats: {}, chart: false };
  answer: Answer | undefined;
  meta!: Meta;
  private readonly metas = new Map<string, Meta>();
  private readonly actions = new Actions(this, {
    facts: (cell) => void showFacts(this, cell),
    why: (cell) => this.panel.open("why", cell),
    cube: (name) => void this.openCube(name),
    copy: (heads) => void copyText(this.grid.text(heads), this),
    filters: () => this.panel.open("filters"),
  });
  private readonly fields = new Fields(this, this.actions);
  private readonly shelves = new Shelves(this, this.actions);
  private readonly panel = new Panel(this, () => this.showBar());
  private readonly grid = new Grid({
    moved: () => this.showCell(),
    menu: (p, at) => openMenu(at, w.actions, [...this.actions.ofPlace(p), ...this.grid.items()]),
    sort: (p, add) => this.actions.sortAt(p, add),
    arranged: (layout) => this.arranged(layout),
    reorder: (column, before) => this.actions.reorder(column, before),
  });
  private readonly bar = make("div", "bar");
  private readonly notes = make("ul", "notes");
  private readonly figureBox = new FigureBox({ formed: (form) => this.show({ ...this.step, form }, true), trouble: tell });
  private readonly start = make("div", "start");
  private readonly back = make("a", "back", `← ${w.backToReport}`);
  private readonly foot = make("div", "foot");
  private readonly cellLine = make("p", "cell-line");
  private readonly facedown = make("p", "facts-line");
  private asking: AbortController | undefined;
  private readonly costLine = make("p", "cost-line");
  private cost: Cost | undefined;
  private readonly agreed = new Set<string>(); // dear questions that were to be asked all the same
  private from = ""; // the page of the report that led here

  constructor(
    readonly me: Me,
    readonly cubes: CubeHead[],
    private readonly main: HTMLElement,
  ) {}

  // build puts the page together.
  build() {
    const middle = make("div", "middle");
    this.bar.setAttribute("role", "toolbar");
    this.bar.setAttribute("aria-label", w.actions);
    this.notes.setAttribute("aria-live", "polite");
    const more = button("plain", w.actions, () => this.grid.openMenu());
    this.foot.append(this.cellLine, more, this.facedown);
    this.grid.element.id = "grid";
    onPaper(this.grid);
    middle.append(this.back, this.shelves.element, this.bar, troubleBox(), this.notes, this.figureBox.element, this.start, this.grid.element, this.foot);
    const side = make("details", "side");
    side.append(make("summary", "", w.showFields), this.fields.element);
    side.open = innerWidth >= 900;
    this.main.prepend(side, middle, this.panel.element);
    addEventListener("keydown", (e) => this.key(e));
    addEventListener("popstate", (e) => void this.goBack(e.state as Step | null));
  }

  // --- the question ---

  change(q: Query) {
    this.show({ ...this.step, query: q }, true);
  }

  restore(s: Step) {
    void this.useCube(s.query.cube)
      .then(() => this.show({ query: s.query, formats: s.formats ?? {}, chart: Boolean(s.chart), form: s.form, layout: s.layout }, true))
      .catch((e: unknown) => tell(e));
  }

  format(measure: string, f: Format | "") {
    this.show({ ...this.step, formats: { ...this.step.formats, [measure]: (f || "plain") as Format } }, true);
  }

  // arranged keeps how the reader has arranged the columns; the grid shows it already.
  private arranged(layout: Layout) {
    this.step = { ...this.step, layout: Object.keys(layout).length ? layout : undefined };
    this.trail.push(this.step);
    this.toAddress();
    this.showBar();
    this.showNotes();
  }

  // show makes a step the present one; only a new question is asked.
  private show(s: Step, push: boolean) {
    const asked = JSON.stringify(s.query) === JSON.stringify(this.step.query);
    const same = asked && this.answer !== undefined;
    const entry = push && !asked && this.trail.now() !== undefined;
    this.step = s;
    if (push) this.trail.push(s);
    this.toAddress(entry);
    this.fields.again(() => this.fields.show());
    this.shelves.show();
    this.showBar();
    if (same) this.showAnswer(true);
    else void this.ask();
    this.panel.show();
    void this.learn();
  }

  // learn asks what the members are called that the filters have by their keys.
  private async learn() {
    const { meta } = this;
    const unknown = new Map<string, Set<string>>();
    every(this.step.query.where ?? [], (f) => {
      if (f.op !== "key_in" && f.op !== "not_key_in") return;
      for (const key of f.values ?? []) {
        if (!meta.knows(f.field ?? "", key)) unknown.set(f.field ?? "", (unknown.get(f.field ?? "") ?? new Set()).add(key));
      }
    });
    if (!unknown.size) return;
    for (const [field, keys] of unknown) {
      const where: Filter[] = [{ field, op: "key_in", values: [...keys] }];
      const found = await ask<Members>(`cubes/${meta.cube.name}/members`, { params: { attribute: field, where: JSON.stringify(where) } }).catch(() => undefined); // then they are called by their keys
      for (const key of keys) meta.learn(field, key, key);
      found?.members.forEach((m) => meta.learn(field, m.key, m.label));
    }
    this.shelves.show();
    if (this.panel.isOpen("filters")) this.panel.show();
  }

  private undo(by: number) {
    const s = this.trail.go(by);
    if (!s) return;
    void this.useCube(s.query.cube)
      .then(() => this.show(s, false))
      .catch((e: unknown) => tell(e));
  }

  async navigate(body: Record<string, unknown>) {
    try {
      const next = await ask<{ query: Query }>("navigate", { json: { query: this.step.query, ...body } });
      await this.useCube(next.query.cube);
      this.change(tidy(next.query));
    } catch (e) {
      tell(e);
    }
  }

  say(text: string) {
    say(text);
  }

  trouble(e: unknown) {
    tell(e);
  }

  private async useCube(name: string) {
    if (this.meta?.cube.name === name) return;
    let meta = this.metas.get(name);
    if (!meta) {
      meta = new Meta(await ask<Cube>(`cubes/${encodeURIComponent(name)}`));
      this.metas.set(name, meta);
    }
    this.meta = meta;
  }

  private async openCube(name: string) {
    try {
      await this.useCube(name);
      this.change({ cube: name, measures: [] });
    } catch (e) {
      tell(e);
    }
  }

  // --- the address ---

  // toAddress writes the step into the address: another question as a new entry of
  // the browser's history.
  private toAddress(entry = false) {
    const params = paramsOf(this.step, this.from);
    if (new URLSearchParams(location.search).has("lang")) params.set("lang", lang);
    const address = `${location.pathname}?${params}`;
    if (entry) history.pushState(this.step, "", address);
    else history.replaceState(this.step, "", address);
    const other = document.querySelector<HTMLAnchorElement>(".tools a.lang");
    if (!other) return;
    params.set("lang", lang === "zh" ? "en" : "zh");
    other.href = `${location.pathname}?${params}`;
  }

  // fromAddress shows the question that the address holds.
  async fromAddress() {
    const params = new URLSearchParams(location.search);
    this.from = pageOf(params.get("from") ?? "");
    this.back.hidden = !this.from;
    if (this.from) this.back.href = this.from;
    const first = this.cubes[0]?.name ?? "";
    let { step, problem } = await stepOf(params, first);
    try {
      await this.useCube(step.query.cube);
    } catch (e) {
      problem = e;
      step = { ...step, query: { cube: first, measures: [] } };
      await this.useCube(first);
    }
    this.show(step, true);
    if (problem) tell(problem);
  }

  // goBack shows a step to which the browser's own buttons lead.
  private async goBack(s: Step | null) {
    if (!s?.query) return this.fromAddress();
    try {
      await this.useCube(s.query.cube);
      this.show(s, !this.trail.to(s));
    } catch (e) {
      tell(e);
    }
  }

  // --- the answer ---

  private async ask(all = false) {
    this.asking?.abort();
    tell(null);
    const { query } = this.step;
    if (!askable(query)) {
      this.answer = undefined;
      this.costLine.textContent = "";
      this.busy(false);
      this.showAnswer();
      return;
    }
    const mine = new AbortController();
    this.asking = mine;
    this.busy(true);
    try {
      const cost = await costOf(query, mine.signal);
      if (mine !== this.asking) return;
      this.costLine.textContent = cost && isWorthSaying(cost) ? costText(cost) : "";
      this.cost = cost;
      if (cost && isDear(cost) && !this.agreed.has(JSON.stringify(query))) return this.askFirst(query, cost);
      const a = await this.pages(query, mine.signal, all ? Infinity : mostRows);
      if (mine !== this.asking) return;
      const before = this.answer?.text;
      this.answer = a;
      this.meta.learnFrom(a);
      this.showAnswer(before === a.text);
    } catch (e) {
      if (mine !== this.asking) return;
      tell(e);
      if (this.answer) this.notes.replaceChildren(make("li", "note caution", w.notOf));
    } finally {
      if (mine === this.asking) this.busy(false);
    }
  }

  // askFirst shows what a dear question would take, and asks it when it is told to.
  private askFirst(query: Query, cost: Cost) {
    this.answer = undefined;
    this.showAnswer();
    const go = button("strong", w.askAnyway, () => {
      this.agreed.add(JSON.stringify(query));
      void this.ask();
    });
    this.start.replaceChildren(make("p", "finding", w.dear), make("p", "", costText(cost)), make("p", "quiet", w.dearHint), go);
  }

  // pages reads an answer page by page; where another generation was published
  // meanwhile, once more from the beginning.
  private async pages(query: Query, signal: AbortSignal, most: number): Promise<Answer> {
    try {
      return await this.pagesOfOne(query, signal, most);
    } catch (e) {
      if (!(e instanceof Refusal) || e.code !== "cursor_gone") throw e;
      return this.pagesOfOne(query, signal, most);
    }
  }

  private async pagesOfOne(query: Query, signal: AbortSignal, most: number): Promise<Answer> {
    const a = await ask<Answer>("query", { json: query, signal });
    a.query = { ...query };
    let page = a;
    while (page.more && page.cursor && a.rows.length < most) {
      page = await ask<Answer>("query", { json: query, signal, params: { cursor: page.cursor } });
      for (const r of page.rows) a.rows.push(r);
    }
    a.more = page.more;
    a.notes = a.notes.filter((n) => n.kind !== "cap");
    return a;
  }

  private busy(on: boolean) {
    this.main.setAttribute("aria-busy", String(on));
    this.main.classList.toggle("is-busy", on);
  }

  private showAnswer(keep = false) {
    const { answer } = this;
    this.start.hidden = Boolean(answer);
    if (!answer) this.showStart();
    this.grid.element.hidden = !answer;
    this.foot.hidden = !answer;
    this.grid.show(answer ? source(answer, this.meta, this.step) : nothing, keep, this.step.layout);
    this.showNotes();
    void this.showFigure();
  }

  // showStart offers questions to begin with: the first measure by a few fields.
  private showStart() {
    const { cube } = this.meta;
    const measure = cube.measures[0];
    const month = cube.dimensions.find((d) => d.date)?.attributes.find((a) => a.level === "month");
    const others = cube.dimensions.filter((d) => !d.date).map((d) => d.hierarchies[0]?.levels[0] ?? d.attributes.find((a) => !/\.(id|name)$/.test(a.name))?.name ?? "");
    const fields = [month?.name ?? "", ...others].filter(Boolean).slice(0, 6);
    const list = make("ul", "starts");
    for (const field of measure ? fields : []) {
      const item = make("li", "");
      item.append(button("plain", fill(w.startBy, { m: measure.title, f: this.meta.full(field) }), () => this.change({ cube: cube.name, rows: [field], measures: [measure.name], totals: { grand: true } })));
      list.append(item);
    }
    this.start.replaceChildren(make("p", "finding", w.start), make("p", "quiet", cube.description), list, make("p", "quiet", w.startHint));
  }

  private showNotes() {
    const a = this.answer;
    this.notes.replaceChildren();
    if (!a) return;
    for (const n of a.notes) this.notes.append(make("li", n.kind === "policy" || n.kind === "cap" ? "note caution" : "note", n.text));
    if (a.rows.length < a.row_count) {
      const cut = make("li", "note caution", fill(w.loaded, { n: apart(String(a.rows.length)), m: apart(String(a.row_count)) }) + " ");
      cut.append(button("plain", w.loadMore, () => void this.ask(true)));
      this.notes.append(cut);
    }
    const hidden = this.grid.hidden();
    if (hidden) {
      const told = make("li", "note", fill(w.hiddenNote, { n: hidden }) + " ");
      told.append(button("plain", fill(w.showHidden, { n: hidden }), () => this.grid.arrange({ ...this.step.layout, hidden: undefined })));
      this.notes.append(told);
    }
    if (!a.rows.length) this.notes.append(make("li", "note", w.empty));
    const ms = Math.max(1, Math.round(Number(a.took_ms)));
    const lines = [fill(w.rowsOf, { n: apart(String(a.row_count)), m: a.columns.length }), fill(w.factRows, { n: apart(String(a.facts)) }), a.cached ? w.cached : fill(w.took, { n: ms }), a.rollup ? fill(w.fromRollup, { r: a.rollup }) : w.fromFacts];
    this.facedown.textContent = lines.join(" · ");
    this.facedown.title = this.cost ? costText(this.cost) : "";
  }

  private showCell() {
    const a = this.answer;
    const { row, column } = this.grid.place();
    const c = a?.columns[column];
    this.cellLine.replaceChildren();
    if (!a || !c || row < 0 || !a.rows[row]) return;
    const r = a.rows[row];
    const cell = this.actions.cellRef(r, c);
    const value = r.cells[column] === null ? "" : fullText(String(r.cells[column]), c);
    if (c.kind !== "measure") this.cellLine.append(make("bdi", "", value));
    else this.cellLine.append(make("bdi", "", cell.title), make("b", "", value ? ` ${value}` : " –"), make("span", "", c.unit && c.format !== "percent" ? ` ${c.unit}` : ""));
  }

  async showFigure() {
    const { answer, step } = this;
    if (!step.chart || !answer) return this.figureBox.hide();
    const filters = (step.query.where ?? []).map((f) => titleOf(f, this.meta));
    const foot = [timeTitle(step.query.time), ...filters, `${w.asOf} ${answer.as_of}`, this.me.company].filter(Boolean).join(" · ");
    await this.figureBox.show(figure(answer, this.meta, step.form), step.form, step.query.cube, foot);
  }

  // --- the toolbar ---

  private showBar() {
    const focused = (document.activeElement as HTMLElement | null)?.dataset.do;
    const { query, chart } = this.step;
    const act = (name: string, text: string, does: (b: HTMLElement) => void, on?: boolean, off = false, title = "") => {
      const b: HTMLButtonElement = button("tool", text, () => does(b));
      b.title = title;
      b.dataset.do = name;
      b.disabled = off;
      if (on !== undefined) b.setAttribute("aria-pressed", String(on));
      return b;
    };
    const menu = (name: string, text: string, items: () => Item[], on?: boolean) => {
      const b = act(name, text, () => openMenu(b.getBoundingClientRect(), text, items()));
      b.setAttribute("aria-haspopup", "menu");
      b.classList.toggle("is-on", on === true);
      return b;
    };
    const icon = (b: HTMLElement, text: string, keys: string) => {
      b.setAttribute("aria-label", text);
      b.title = `${text} (${keys})`;
      return b;
    };
    const panel = (tab: Tab, text: string) => act(tab, text, () => (this.panel.isOpen(tab) ? this.panel.close() : this.panel.open(tab)), this.panel.isOpen(tab));
    const gap = () => make("span", "gap");
    const none = !askable(query);
    const filters = (query.where ?? []).length;
    this.bar.replaceChildren(
      icon(act("undo", "↶", () => this.undo(-1), undefined, !this.trail.can(-1)), w.undo, "Ctrl Z"),
      icon(act("redo", "↷", () => this.undo(1), undefined, !this.trail.can(1)), w.redo, "Ctrl Y"),
      gap(),
      menu("time", `${w.time}: ${timeTitle(query.time)}`, () => timeMenu(this)),
      menu("compare", [w.compare, (query.compare ?? []).map(scopeTitle).join(", ")].filter(Boolean).join(": "), () => compareMenu(this), Boolean(query.compare?.length)),
      act("ranking", w.ranking, () => this.actions.ranking(), query.top !== undefined || query.having !== undefined, none),
      menu("totals", w.totals, () => totalsMenu(this), Object.values(query.totals ?? {}).some(Boolean)),
      act("swap", w.swap, () => this.change(pivot(query)), undefined, none, w.swapLong),
      menu("across", w.drill, () => acrossMenu(this)),
      gap(),
      act("chart", w.chart, () => this.show({ ...this.step, chart: !chart }, true), chart),
      panel("filters", filters ? fill(w.filtersN, { n: filters }) : w.filters),
      panel("question", w.question),
      panel("sql", w.sql),
      panel("why", w.why),
      panel("history", w.history),
      panel("saved", w.saved),
      gap(),
      act("save", w.save, () => saveDialog(this, () => this.panel.show()), undefined, none),
      act("link", w.link, () => void copyText(location.href, this, w.linkCopied), undefined, none),
      menu("export", w.exportAs, () => formats.map((f) => ({ text: w[f], off: none, does: () => void this.export(f) }))),
      act("stop", w.stop, () => {
        this.asking?.abort();
        say(w.stopped);
      }),
      this.costLine,
    );
    if (focused) this.bar.querySelector<HTMLElement>(`[data-do="${focused}"]`)?.focus();
  }

  private async export(format: string) {
    try {
      const seen = this.grid.seen();
      const arranged: Record<string, string> = seen && this.answer ? { columns: seen.join(","), generation: this.answer.generation } : {};
      await download("query", this.step.query, { format, ...arranged }, `${this.step.query.cube}.${format}`);
    } catch (e) {
      tell(e);
    }
  }

  // --- keys ---

  private key(e: KeyboardEvent) {
    const typing = (e.target as HTMLElement).closest("input, textarea, select, .editor, dialog");
    if (!(e.ctrlKey || e.metaKey) || typing) return;
    const letter = e.key.toLowerCase();
    if (letter === "z") this.undo(e.shiftKey ? 1 : -1);
    else if (letter === "y") this.undo(1);
    else return;
    e.preventDefault();
  }
}

async function begin() {
  let page: Explorer | undefined;
  const main = frame(() => void page?.showFigure());
  try {
    const [who, list] = await Promise.all([me(), ask<{ cubes: CubeHead[] }>("cubes")]);
    showMe(who);
    page = new Explorer(who, list.cubes, main);
    page.build();
    await page.fromAddress();
    document.body.dataset.ready = "true";
  } catch (e) {
    tell(e);
  }
}

void begin();
