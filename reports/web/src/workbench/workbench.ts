// The SQL workbench: texts of statements in tabs, their results below, the tables
// beside.
import { ask, me, Refusal } from "../adhoc/api";
import type { Item, Me, Note, Value, Wrong } from "../adhoc/answers";
import { openDialog } from "../adhoc/dialog";
import { keepDialog } from "../adhoc/keep";
import { frame, say, showMe, tell, troubleBox } from "../adhoc/frame";
import { editors } from "../adhoc/parts";
import { fill, lang, w } from "../adhoc/words";
import type { Piece, TextEditor } from "../editor";
import { copyText } from "../explore/panel";
import { button, labelled, make } from "../make";
import { Checker } from "./check";
import { Results, type Result } from "./results";
import { Schema } from "./schema";
import { brief, parameters, valueOf } from "./statement";

type Tab = { name: string; text: string; results: Result[]; values: Record<string, string> };
type Ran = { results: Result[]; notes: Note[] };
type Checked = { statements: { statement: string; plan?: string; error?: Wrong; estimated_rows?: number; scanned_rows?: number }[] };
type Asked = { time: string; door: string; what: string; outcome: string };

const store = "verso-sql";
const sample = "SELECT channel_key, count(*) AS lines, sum(net) AS net\nFROM core.fact_order_line\nGROUP BY channel_key\nORDER BY net DESC NULLS LAST;\n";

function remembered(): Tab[] {
  try {
    const list = JSON.parse(localStorage.getItem(store) ?? "[]") as { name: string; text: string }[];
    return list.map((t) => ({ name: String(t.name), text: String(t.text), results: [], values: {} }));
  } catch {
    return []; // nothing was kept, or nothing can be
  }
}

class Workbench {
  private tabs = remembered();
  private now = 0;
  private editor!: TextEditor;
  private running: AbortController | undefined;
  private readonly strip = make("div", "tabs");
  private readonly bar = make("div", "bar");
  private readonly editorBox = make("div", "editor");
  private readonly params = make("div", "params");
  private readonly typed = make("p", "typed");
  private readonly notes = make("ul", "notes");
  private readonly results = new Results((text) => void copyText(text, this), tell);
  private readonly schema = new Schema({ insert: (name) => this.editor.insert(name), preview: (table) => this.preview(table), trouble: tell });

  private readonly checker = new Checker({
    pieces: () => this.editor.pieces(),
    values: (sql) => this.valuesOf(sql),
    mark: (list) => this.editor.mark(list),
    tell: (wrong, p) => this.tellTyped(wrong, p),
    idle: () => this.running === undefined,
  });

  constructor(
    private readonly me: Me,
    private readonly main: HTMLElement,
  ) {}

  say(text: string) {
    say(text);
  }

  trouble(e: unknown) {
    tell(e);
  }

  redraw() {
    this.results.redraw();
  }

  async build() {
    const desk = make("div", "desk");
    this.strip.setAttribute("role", "tablist");
    this.strip.setAttribute("aria-label", w.editor);
    this.bar.setAttribute("role", "toolbar");
    this.bar.setAttribute("aria-label", w.actions);
    this.typed.setAttribute("role", "status");
    desk.append(this.strip, this.bar, this.editorBox, this.typed, this.params, troubleBox(), this.notes, this.results.element);
    const side = make("details", "side");
    side.append(make("summary", "", w.schema), this.schema.element);
    side.open = innerWidth >= 900;
    this.main.prepend(side, desk);
    this.fromAddress();
    if (!this.tabs.length) this.tabs.push({ name: fill(w.tabName, { n: 1 }), text: sample, results: [], values: {} });
    const library = await editors();
    this.editor = library.open(this.editorBox, { text: this.tabs[this.now].text, label: w.editor, sql: true, changed: (text) => this.changed(text), run: (all) => void this.run(all) });
    this.showTabs();
    this.showBar();
    this.showParameters();
    this.editor.setTables(await this.schema.load());
    this.checker.typed();
  }

  private fromAddress() {
    const text = new URLSearchParams(location.search).get("sql");
    if (text === null) return;
    const there = this.tabs.findIndex((t) => t.text === text);
    if (there < 0) this.tabs.push(this.blank(text));
    this.now = there < 0 ? this.tabs.length - 1 : there;
    history.replaceState(null, "", `${location.pathname}?lang=${lang}`);
  }

  private blank(text: string, name = ""): Tab {
    let n = this.tabs.length + 1;
    while (this.tabs.some((t) => t.name === fill(w.tabName, { n }))) n++;
    return { name: name || fill(w.tabName, { n }), text, results: [], values: {} };
  }

  private keep() {
    try {
      localStorage.setItem(store, JSON.stringify(this.tabs.map(({ name, text }) => ({ name, text })).slice(-30)));
    } catch {
      // the texts last for this page
    }
  }

  private changed(text: string) {
    const tab = this.tabs[this.now];
    if (tab.text === text) return;
    tab.text = text;
    this.keep();
    this.showParameters();
    this.checker.typed();
  }

  // --- tabs ---

  private showTabs() {
    const rows = this.tabs.map((t, i) => {
      const box = make("span", "tab-box");
      box.setAttribute("role", "presentation");
      const b = button("tab", t.name, () => this.open(i));
      b.setAttribute("role", "tab");
      b.setAttribute("aria-selected", String(i === this.now));
      b.tabIndex = i === this.now ? 0 : -1;
      b.title = brief(t.text, 200);
      box.append(b);
      return box;
    });
    this.strip.replaceChildren(...rows);
    this.strip.onkeydown = (e) => {
      const by = e.key === "ArrowRight" ? 1 : e.key === "ArrowLeft" ? -1 : 0;
      if (!by) return;
      this.open((this.now + by + this.tabs.length) % this.tabs.length);
      this.strip.querySelector<HTMLElement>("[aria-selected=true]")?.focus();
    };
  }

  private open(i: number) {
    this.now = i;
    const tab = this.tabs[i];
    this.editor.set(tab.text);
    this.editor.mark([]);
    this.checker.typed();
    tell(null);
    this.notes.replaceChildren();
    this.results.show(tab.results);
    this.showTabs();
    this.showParameters();
  }

  private add(text: string, name = "") {
    this.tabs.push(this.blank(text, name));
    this.keep();
    this.open(this.tabs.length - 1);
    this.editor.focus();
  }

  private close() {
    this.tabs.splice(this.now, 1);
    if (!this.tabs.length) this.tabs.push(this.blank(""));
    this.keep();
    this.open(Math.min(this.now, this.tabs.length - 1));
  }

  // --- the toolbar ---

  private showBar() {
    const act = (name: string, text: string, does: () => void, title = "") => {
      const b = button(name === "run" ? "strong" : "tool", text, does);
      b.dataset.do = name;
      if (title) b.title = title;
      return b;
    };
    this.bar.replaceChildren(
      act("run", w.run, () => void this.run(false), w.runHint),
      act("all", w.runAll, () => void this.run(true), "Ctrl+Shift+Enter"),
      act("explain", w.explain, () => void this.explain()),
      act("format", w.formatSql, () => this.format(), w.formatHint),
      act("stop", w.stop, () => this.running?.abort()),
      make("span", "gap"),
      act("new", w.newTab, () => this.add("")),
      act("close", w.closeTab, () => this.close()),
      make("span", "gap"),
      act("save", w.save, () => this.save()),
      act("saved", w.saved, () => void this.saved()),
      act("link", w.link, () => void copyText(`${location.origin}${location.pathname}?${new URLSearchParams({ sql: this.editor.text(), lang })}`, this, w.linkCopied)),
    );
  }

  // --- parameters ---

  private showParameters() {
    const tab = this.tabs[this.now];
    const names = parameters(tab.text);
    const shown = [...this.params.querySelectorAll<HTMLInputElement>("input")].map((i) => i.name);
    if (names.join() === shown.join() && names.every((n) => this.inputOf(n)?.value === (tab.values[n] ?? ""))) return;
    this.params.replaceChildren(
      ...names.map((name) => {
        const input = make("input", "");
        input.name = name;
        input.value = tab.values[name] ?? "";
        input.addEventListener("input", () => (tab.values[name] = input.value));
        input.addEventListener("keydown", (e) => {
          if (e.key === "Enter") void this.run(false);
        });
        return labelled("$" + name, input);
      }),
    );
  }

  private inputOf(name: string): HTMLInputElement | null {
    return this.params.querySelector(`input[name="${name}"]`);
  }

  private valuesOf(sql: string): Record<string, Value> | undefined {
    const names = parameters(sql);
    if (!names.length) return undefined;
    return Object.fromEntries(names.map((n) => [n, valueOf(this.tabs[this.now].values[n] ?? "")]));
  }

  // --- running ---

  // each runs pieces one after the other and stops at the first error, which is
  // shown at its place.
  private async each(pieces: Piece[], one: (p: Piece, signal: AbortSignal) => Promise<Result>) {
    this.running?.abort();
    const mine = new AbortController();
    this.running = mine;
    const tab = this.tabs[this.now];
    tab.results = [];
    tell(null);
    this.editor.mark([]);
    this.typed.replaceChildren();
    this.notes.replaceChildren();
    this.results.note(w.running2);
    this.main.classList.add("is-busy");
    try {
      for (const p of pieces.filter((x) => x.text.trim())) {
        try {
          tab.results.push(await one(p, mine.signal));
        } catch (e) {
          this.wrong(e, p);
          break;
        }
      }
    } finally {
      if (mine === this.running) {
        this.main.classList.remove("is-busy");
        this.running = undefined;
        if (tab === this.tabs[this.now]) this.results.show(tab.results, tab.results.length - 1);
        if (mine.signal.aborted) this.results.note(w.cancelled);
      }
    }
  }

  private wrong(e: unknown, p: Piece) {
    if (!(e instanceof Refusal) || !e.line) return tell(e);
    this.editor.mark([{ from: p.from, marks: [{ line: e.line, column: e.column, message: e.message }] }]);
    const at = this.placed(p, e.line, e.column);
    tell(new Refusal(e.status, e.code, e.message, e.hint, at.line, at.column));
  }

  // placed is a place in a piece as a place in the whole text.
  private placed(p: Piece, line: number, column: number): { line: number; column: number } {
    const before = this.editor.text().slice(0, p.from);
    return { line: p.line + line - 1, column: line === 1 ? column + before.length - before.lastIndexOf("\n") - 1 : column };
  }

  // tellTyped says below the editor what is wrong with what is being typed.
  private tellTyped(wrong: Wrong | undefined, p: Piece | undefined) {
    this.typed.replaceChildren();
    if (!wrong || !p) return;
    const at = this.placed(p, wrong.line ?? 1, wrong.column ?? 1);
    this.typed.append(make("b", "", fill(w.line, { l: at.line, c: at.column }) + ": "), make("span", "", wrong.message));
    if (wrong.hint) this.typed.append(make("span", "hint", " " + wrong.hint));
  }

  private run(all: boolean): Promise<void> {
    return this.each(all ? this.editor.pieces() : [this.editor.piece()], async (p, signal) => {
      const values = this.valuesOf(p.text);
      const ran = await ask<Ran>("sql", { json: { sql: p.text, ...(values ? { parameters: values } : {}) }, signal });
      const r = ran.results[0];
      if (r.error) throw new Refusal(400, r.error.code, r.error.message, r.error.hint, r.error.line, r.error.column);
      for (const n of ran.notes) if (n.kind !== "cap") this.notes.append(make("li", "note caution", n.text));
      return { ...r, statement: p.text, parameters: values };
    });
  }

  private explain(): Promise<void> {
    return this.each([this.editor.piece()], async (p, signal) => {
      const values = this.valuesOf(p.text);
      const found = await ask<Checked>("sql/check", { json: { sql: p.text, ...(values ? { parameters: values } : {}) }, signal });
      const s = found.statements[0];
      if (s.error) throw new Refusal(400, s.error.code, s.error.message, s.error.hint, s.error.line, s.error.column);
      return { statement: p.text, columns: [], rows: [], row_count: 0, more: false, took_ms: 0, plan: s.plan || "–", scanned: s.scanned_rows };
    });
  }

  private format() {
    try {
      this.editor.format();
    } catch (e) {
      tell(new Refusal(0, "format", w.formatNot, e instanceof Error ? e.message.split("\n")[0] : ""));
    }
    this.editor.focus();
  }

  private preview(table: string) {
    this.add(`SELECT *\nFROM ${table}\nLIMIT 200;\n`, table);
    void this.run(false);
  }

  // --- saved ---

  private save() {
    const told = (name: string) => {
      this.tabs[this.now].name = name;
      this.keep();
      this.showTabs();
      say(w.savedAs);
    };
    keepDialog({ kind: "sql", heading: w.save, title: this.tabs[this.now].name, content: { sql: this.editor.text() } }, this.me, told, tell);
  }

  private async saved() {
    try {
      const [{ saved }, log] = await Promise.all([ask<{ saved: Item[] }>("saved"), ask<{ log: Asked[] }>("log")]);
      const dialog = openDialog(w.saved, { ok: w.ok, cancel: w.close });
      const list = make("ul", "steps");
      for (const s of saved.filter((x) => x.kind === "sql")) list.append(this.savedRow(s, dialog.close));
      dialog.body.append(list.childElementCount ? list : make("p", "quiet", w.nothingSaved), make("h3", "", w.log));
      const recent = make("ul", "steps");
      const texts = [...new Set(log.log.filter((a) => a.door === "sql").map((a) => a.what))].slice(0, 30);
      for (const text of texts) recent.append(this.openRow(brief(text, 140), text, "", dialog.close));
      dialog.body.append(texts.length ? recent : make("p", "quiet", w.nothingAsked));
    } catch (e) {
      tell(e);
    }
  }

  private openRow(shown: string, text: string, name: string, done: () => void): HTMLElement {
    const item = make("li", "");
    item.append(
      button("step", shown, () => {
        done();
        this.add(text, name);
      }),
    );
    return item;
  }

  private savedRow(s: Item, done: () => void): HTMLElement {
    const item = make("li", "");
    const open = button("step", s.title, () => {
      ask<Item>(`saved/${s.id}`)
        .then((i) => {
          done();
          this.add((i.content as { sql?: string }).sql ?? "", i.title);
        })
        .catch(tell);
    });
    item.append(open);
    if (s.owner !== this.me.person.name) {
      item.append(make("small", "quiet", fill(w.ofOthers, { o: s.owner })));
      return item;
    }
    const x = button("cross", "×", () => {
      ask(`saved/${s.id}`, { method: "DELETE" })
        .then(() => item.remove())
        .catch(tell);
    });
    x.setAttribute("aria-label", `${w.delete}: ${s.title}`);
    item.append(x);
    return item;
  }
}

async function begin() {
  let page: Workbench | undefined;
  const main = frame(() => page?.redraw());
  try {
    const who = await me();
    showMe(who);
    if (!who.rights.sql) {
      main.append(make("p", "start quiet", w.noSql));
      document.body.dataset.ready = "true";
      return;
    }
    page = new Workbench(who, main);
    await page.build();
    document.body.dataset.ready = "true";
  } catch (e) {
    tell(e);
  }
}

void begin();
