// The tables that can be asked, with what their columns mean and where these
// come from.
import { ask } from "../adhoc/api";
import { openDialog } from "../adhoc/dialog";
import { openMenu, type Item } from "../adhoc/menu";
import { apart } from "../adhoc/number";
import { fill, w } from "../adhoc/words";
import type { Table as Offered } from "../editor";
import { button, make } from "../make";

type Column = { name: string; type: string; definition?: string };
type Table = { name: string; kind: string; rows: number | string | null; definition?: string; columns: Column[] };
type Answer = { schemas: { name: string; tables: Table[] }[] };
type Lineage = { of: string; origins: string[]; edges: { from: string; to: string; by: string }[] };

export type Uses = { insert(name: string): void; preview(table: string): void; trouble(e: unknown): void };

// quoted writes a name as SQL takes it.
function quoted(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replace(/"/g, '""')}"`;
}

export class Schema {
  readonly element = make("section", "schema");
  private readonly search = make("input", "");
  private readonly list = make("div", "schema-list");
  private schemas: Answer["schemas"] = [];

  constructor(private readonly uses: Uses) {
    this.element.setAttribute("aria-label", w.schema);
    this.search.type = "search";
    this.search.placeholder = w.findTable;
    this.search.setAttribute("aria-label", w.findTable);
    this.search.addEventListener("input", () => this.show());
    this.element.append(this.search, this.list);
    this.element.addEventListener("keydown", (e) => this.key(e));
  }

  async load(): Promise<Offered[]> {
    this.schemas = (await ask<Answer>("schema")).schemas;
    this.show();
    return this.schemas.flatMap((s) => s.tables.map((t) => ({ name: t.name, schema: s.name, title: t.definition ?? "", columns: t.columns.map((c) => ({ name: c.name, type: c.type, title: c.definition ?? "" })) })));
  }

  private show() {
    const words = this.search.value.trim().toLowerCase();
    const groups = this.schemas.map((s) => {
      const tables = s.tables.filter((t) => !words || `${s.name}.${t.name}`.toLowerCase().includes(words) || t.columns.some((c) => c.name.toLowerCase().includes(words)));
      return this.group(s.name, tables, words);
    });
    const found = groups.filter((g): g is HTMLElement => g !== undefined);
    this.list.replaceChildren(...found);
    if (!found.length) this.list.append(make("p", "quiet", w.noTables));
  }

  private group(schema: string, tables: Table[], words: string): HTMLElement | undefined {
    if (!tables.length) return undefined;
    const box = make("details", "group");
    box.open = Boolean(words) || schema === "core";
    box.append(make("summary", "", schema));
    for (const t of tables) box.append(this.table(schema, t, words));
    return box;
  }

  // table lists its columns when it is opened.
  private table(schema: string, t: Table, words: string): HTMLElement {
    const box = make("details", "");
    const head = make("summary", "", t.name);
    if (t.definition) head.title = t.definition;
    const full = `${quoted(schema)}.${quoted(t.name)}`;
    head.addEventListener("contextmenu", (e) => {
      e.preventDefault();
      this.tableMenu(full, head);
    });
    box.append(head);
    const fillIn = () => {
      if (box.childElementCount > 1) return;
      const list = make("ul", "");
      const told = [t.definition ?? "", t.rows === null ? "" : fill(w.rowsCount, { n: apart(String(t.rows)) })].filter(Boolean);
      list.append(make("li", "meaning", told.join(" · ")));
      const look = make("li", "");
      look.append(button("pick", w.preview, () => this.uses.preview(full)));
      list.append(look, ...t.columns.map((c) => this.column(`${schema}.${t.name}.${c.name}`, c, words)));
      box.append(list);
    };
    box.addEventListener("toggle", fillIn);
    if (words && !t.name.toLowerCase().includes(words)) {
      box.open = true;
      fillIn();
    }
    return box;
  }

  private tableMenu(full: string, at: HTMLElement) {
    openMenu(at.getBoundingClientRect(), full, [
      { text: w.insert, does: () => this.uses.insert(full) },
      { text: w.preview, does: () => this.uses.preview(full) },
    ]);
  }

  private column(full: string, c: Column, words: string): HTMLElement {
    const item = make("li", "");
    const items = (): Item[] => [
      { text: w.insert, does: () => this.uses.insert(quoted(c.name)) },
      { text: w.lineage, does: () => void this.lineage(full, c) },
    ];
    const b = button("pick", c.name, () => openMenu(b.getBoundingClientRect(), full, items()));
    b.setAttribute("aria-haspopup", "menu");
    b.append(make("small", "", c.type));
    b.title = c.definition ?? "";
    b.classList.toggle("used", Boolean(words) && c.name.toLowerCase().includes(words));
    item.append(b);
    return item;
  }

  private async lineage(full: string, c: Column) {
    try {
      const found = await ask<Lineage>("lineage", { params: { column: full } });
      const dialog = openDialog(full, { ok: w.ok, cancel: w.close });
      dialog.body.tabIndex = 0;
      if (c.definition) dialog.body.append(make("p", "", c.definition));
      dialog.body.append(make("p", "quiet", c.type), make("h3", "", w.lineage));
      const list = make("ul", "words");
      for (const o of found.origins) list.append(make("li", "", o));
      dialog.body.append(found.origins.length ? list : make("p", "quiet", w.lineageNone));
      const steps = make("ul", "steps");
      for (const e of found.edges.slice(0, 200)) steps.append(make("li", "", `${e.to} ← ${e.from} (${e.by})`));
      if (found.edges.length) dialog.body.append(steps);
    } catch (e) {
      this.uses.trouble(e);
    }
  }

  private key(e: KeyboardEvent) {
    const all = [this.search, ...this.list.querySelectorAll<HTMLElement>("summary, .pick")].filter((x) => x.getClientRects().length > 0);
    const i = all.indexOf(e.target as HTMLElement);
    const to = e.key === "ArrowDown" ? all[i + 1] : e.key === "ArrowUp" ? all[i - 1] : undefined;
    if (!to || i < 0) return;
    e.preventDefault();
    to.focus();
  }
}
