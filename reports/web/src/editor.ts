// The text editor, for questions and for SQL: one file that both pages load. It
// lives in a shadow root, where its styles need no exception from the policy of
// the page.
import { acceptCompletion, autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap, type Completion, type CompletionContext, type CompletionResult } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { PostgreSQL, sql } from "@codemirror/lang-sql";
import { bracketMatching, ensureSyntaxTree, HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { setDiagnostics, type Diagnostic } from "@codemirror/lint";
import { Compartment, EditorState, Prec, type Extension } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { duckdb, formatDialect } from "sql-formatter";
import { derived } from "./adhoc/derived";

// Offer is a way in which the text can go on, from a character on.
export type Offer = { text: string; title: string; kind: string; from: number };

// Table is a table with its columns, as completion offers them.
export type Table = { name: string; schema: string; title: string; columns: { name: string; type: string; title: string }[] };

export type Mark = { line: number; column: number; message: string };

export type Piece = { text: string; line: number; from: number };

// Marked is the errors of a piece of the text.
export type Marked = { from: number; marks: Mark[] };

export type Options = {
  text: string;
  label: string;
  sql: boolean;
  changed(text: string): void;
  run(all: boolean): void;
  offers?(text: string, at: number): Promise<Offer[]>;
};

const style = HighlightStyle.define([
  { tag: tags.keyword, color: "var(--accent)", fontWeight: "600" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--good)" },
  { tag: tags.number, color: "var(--bad)" },
  { tag: [tags.comment, tags.lineComment, tags.blockComment], color: "var(--ink3)", fontStyle: "italic" },
  { tag: tags.typeName, color: "var(--warn)" },
]);

const mono = 'ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono","Noto Sans Mono CJK SC",monospace';

const look = EditorView.theme({
  "&": { color: "var(--ink)", backgroundColor: "var(--surface)", height: "100%", fontSize: "13.5px" },
  "&.cm-focused": { outline: "2px solid var(--accent)", outlineOffset: "-2px" },
  ".cm-scroller": { fontFamily: mono, lineHeight: "1.55" },
  ".cm-content": { caretColor: "var(--ink)", padding: "8px 0" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  ".cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground": { backgroundColor: "var(--heat2)" },
  ".cm-activeLine": { backgroundColor: "transparent" },
  "&.cm-focused .cm-activeLine": { backgroundColor: "var(--wash)" },
  ".cm-gutters": { backgroundColor: "var(--surface)", color: "var(--ink3)", border: "0", borderRight: "1px solid var(--grid)" },
  ".cm-activeLineGutter": { backgroundColor: "transparent", color: "var(--ink)" },
  ".cm-tooltip": { backgroundColor: "var(--surface)", color: "var(--ink)", border: "1px solid var(--rule)", borderRadius: "4px", boxShadow: "0 8px 28px rgb(0 0 0/.2)" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "inherit", maxHeight: "15em" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "3px 10px" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { backgroundColor: "var(--wash)", color: "var(--ink)" },
  ".cm-completionMatchedText": { textDecoration: "none", fontWeight: "600" },
  ".cm-completionDetail": { color: "var(--ink3)", fontStyle: "normal", marginLeft: "1.2em" },
  ".cm-diagnostic": { padding: "4px 10px" },
  ".cm-diagnostic-error": { borderLeft: "3px solid var(--bad)" },
  ".cm-lintRange-error": { backgroundImage: "none", textDecoration: "underline wavy var(--bad)", textUnderlineOffset: "3px" },
  ".cm-matchingBracket, &.cm-focused .cm-matchingBracket": { backgroundColor: "var(--heat2)" },
});

function sqlOf(tables: Table[]): Extension {
  const schema: Record<string, Record<string, Completion[]>> = {};
  for (const t of tables) {
    (schema[t.schema] ??= {})[t.name] = t.columns.map((c) => ({ label: c.name, type: "property", detail: c.type, info: c.title || undefined }));
  }
  const language = sql({ dialect: PostgreSQL, schema, upperCaseKeywords: true });
  return [language, language.language.data.of({ autocomplete: (c: CompletionContext) => columnsOf(c, tables) }), language.language.data.of({ autocomplete: (c: CompletionContext) => derivedOf(c, tables) })];
}

// derivedOf offers, after the dot of a name that the statement gives to a query, the
// columns of that query.
function derivedOf(c: CompletionContext, tables: Table[]): CompletionResult | null {
  const typed = c.matchBefore(/\b\w+\.\w*/);
  if (!typed) return null;
  const [name] = typed.text.split(".");
  const columns = derived(c.state.doc.toString(), name, (table) => tables.find((t) => t.name === table || `${t.schema}.${t.name}` === table)?.columns.map((x) => x.name));
  if (!columns.length) return null;
  return { from: typed.from + name.length + 1, options: columns.map((label) => ({ label, type: "property" })), validFor: /^\w*$/ };
}

// columnsOf offers the columns of the tables that the text names, and tables with
// their schema.
function columnsOf(c: CompletionContext, tables: Table[]): CompletionResult | null {
  const word = c.matchBefore(/\w+/);
  if (!word || c.state.sliceDoc(word.from - 1, word.from) === ".") return null;
  const text = c.state.doc.toString().toLowerCase();
  const options: Completion[] = [];
  const seen = new Set<string>();
  for (const t of tables) {
    options.push({ label: `${t.schema}.${t.name}`, type: "class", info: t.title || undefined });
    if (!new RegExp(`\\b${t.name.toLowerCase()}\\b`).test(text)) continue;
    for (const col of t.columns) {
      if (seen.has(col.name)) continue;
      seen.add(col.name);
      options.push({ label: col.name, type: "property", detail: col.type, info: col.title || undefined, boost: 5 });
    }
  }
  return { from: word.from, options, validFor: /^\w*$/ };
}

function offered(o: Options): Extension {
  const source = async (c: CompletionContext): Promise<CompletionResult | null> => {
    const list = (await o.offers?.(c.state.doc.toString(), c.pos)) ?? [];
    if (!list.length) return null;
    const from = list[0].from;
    return { from, options: list.filter((x) => x.from === from).map((x) => ({ label: x.text, detail: x.title, type: x.kind })), filter: false };
  };
  return autocompletion({ override: [source], icons: false, activateOnTyping: true });
}

class Editor {
  private readonly language = new Compartment();
  private readonly view: EditorView;

  constructor(host: HTMLElement, o: Options) {
    const rootNode = host.attachShadow({ mode: "open" });
    const place = document.createElement("div");
    place.style.height = "100%";
    rootNode.append(place);
    const run = (all: boolean) => () => {
      o.run(all);
      return true;
    };
    this.view = new EditorView({
      parent: place,
      root: rootNode,
      state: EditorState.create({
        doc: o.text,
        extensions: [
          o.sql ? [lineNumbers(), this.language.of(sqlOf([])), autocompletion({ icons: false })] : offered(o),
          history(),
          drawSelection(),
          bracketMatching(),
          closeBrackets(),
          o.sql ? highlightActiveLine() : [],
          EditorView.lineWrapping,
          syntaxHighlighting(style),
          look,
          EditorView.contentAttributes.of({ "aria-label": o.label, spellcheck: "false", tabindex: "0" }),
          Prec.highest(keymap.of([{ key: "Mod-Enter", run: run(false) }, { key: "Mod-Shift-Enter", run: run(true) }, { key: "Tab", run: acceptCompletion }])),
          keymap.of([...closeBracketsKeymap, ...completionKeymap, ...historyKeymap, ...defaultKeymap]),
          EditorView.updateListener.of((u) => {
            if (u.docChanged) o.changed(u.state.doc.toString());
          }),
        ],
      }),
    });
  }

  text(): string {
    return this.view.state.doc.toString();
  }

  set(text: string) {
    this.view.dispatch({ changes: { from: 0, to: this.view.state.doc.length, insert: text } });
  }

  insert(text: string) {
    this.view.dispatch(this.view.state.replaceSelection(text));
    this.view.focus();
  }

  focus() {
    this.view.focus();
  }

  setTables(tables: Table[]) {
    this.view.dispatch({ effects: this.language.reconfigure(sqlOf(tables)) });
  }

  // piece is the selection, or else the statement at the cursor, with the line at
  // which it begins.
  piece(): Piece {
    const { state } = this.view;
    const { from, to } = state.selection.main;
    if (from < to) return this.cut(from, to);
    const all = this.pieces();
    const found = all.filter((p) => p.from <= from).pop() ?? all[0];
    return found ?? this.cut(0, state.doc.length);
  }

  // pieces are all statements.
  pieces(): Piece[] {
    const found: Piece[] = [];
    for (let node = ensureSyntaxTree(this.view.state, this.view.state.doc.length, 500)?.topNode.firstChild; node; node = node.nextSibling) {
      if (node.name === "Statement") found.push(this.cut(node.from, node.to));
    }
    return found;
  }

  private cut(from: number, to: number): Piece {
    const { doc } = this.view.state;
    return { text: doc.sliceString(from, to), line: doc.lineAt(from).number, from };
  }

  // mark shows errors at their place, which counts from 1 and from the beginning of
  // a piece.
  mark(list: Marked[]) {
    const { doc } = this.view.state;
    const diagnostics = list.flatMap(({ from, marks }) => {
      const first = doc.lineAt(Math.min(from, doc.length));
      return marks.map((m): Diagnostic => {
        const number = Math.min(Math.max(first.number + Math.max(m.line, 1) - 1, 1), doc.lines);
        const line = doc.line(number);
        const start = number === first.number ? from : line.from;
        const at = Math.min(start + Math.max(m.column, 1) - 1, line.to);
        const word = /^[\w.@:]+/.exec(doc.sliceString(at, line.to))?.[0].length ?? 1;
        return { from: Math.max(Math.min(at, doc.length - 1), 0), to: Math.min(at + word, doc.length), severity: "error", message: m.message };
      });
    });
    this.view.dispatch(setDiagnostics(this.view.state, diagnostics));
  }

  // format lays the selected statements, or all, out over lines; an error says what
  // cannot be read.
  format() {
    const { from, to } = this.view.state.selection.main;
    const all = from === to;
    const [a, b] = all ? [0, this.view.state.doc.length] : [from, to];
    const text = this.view.state.sliceDoc(a, b);
    const made = formatDialect(text, { dialect: duckdb, keywordCase: "upper", linesBetweenQueries: 1, paramTypes: { named: ["$"] } });
    if (made.trim() === text.trim()) return;
    this.view.dispatch({ changes: { from: a, to: b, insert: all ? made.trim() + "\n" : made } });
  }
}

const api = { open: (host: HTMLElement, o: Options) => new Editor(host, o) };
export type Editors = typeof api;
export type TextEditor = Editor;
(globalThis as unknown as { versoEditor: Editors }).versoEditor = api;
