// The panel in which what a question is narrowed to is put together: conditions,
// groups of them, nodes of hierarchies, named sets, the time, the ranking, and sets
// of conditions that were saved.
import { ask } from "../adhoc/api";
import type { Item } from "../adhoc/answers";
import { keepDialog } from "../adhoc/keep";
import { openMenu } from "../adhoc/menu";
import { fill, w } from "../adhoc/words";
import { button, choose, make } from "../make";
import type { Desk } from "./desk";
import { fieldDialog, filterDialog } from "./filter";
import { timeTitle } from "./meta";
import { hierarchiesOf, nodeDialog } from "./nodes";
import { tidy, type Filter, type Having, type Top } from "./query";
import { rankingDialog, timeMenu } from "./settings";
import { children, isGroup, isNode, isPlain, operatorOf, put, titleOf, type Path } from "./where";

type Kept = { cube: string; where: Filter[] };

export class Filters {
  readonly element = make("div", "conditions");
  private list: Item[] = []; // that were saved

  constructor(private readonly desk: Desk) {}

  private get where(): Filter[] {
    return this.desk.step.query.where ?? [];
  }

  private change(where: Filter[]) {
    this.desk.change(tidy({ ...this.desk.step.query, where }));
  }

  // show draws the panel and asks for what was saved.
  async show() {
    this.draw();
    const { saved } = await ask<{ saved: Item[] }>("saved");
    this.list = saved.filter((s) => s.kind === "filters");
    this.draw();
  }

  private draw() {
    const focused = (document.activeElement as HTMLElement | null)?.dataset.at;
    this.element.replaceChildren(this.period(), this.tree(), this.ranking(), this.kept());
    if (focused) this.element.querySelector<HTMLElement>(`[data-at="${focused}"]`)?.focus();
  }

  private head(text: string): HTMLElement {
    return make("h3", "", text);
  }

  private period(): HTMLElement {
    const box = make("section", "");
    const { query } = this.desk.step;
    const b = button("plain wide", timeTitle(query.time), () => openMenu(b.getBoundingClientRect(), w.time, timeMenu(this.desk)));
    b.dataset.at = "time";
    b.setAttribute("aria-haspopup", "menu");
    const line = make("div", "cond");
    line.append(b);
    if (query.time) line.append(this.cross(w.time, () => this.desk.change(tidy({ ...query, time: undefined }))));
    box.append(this.head(w.time), line);
    return box;
  }

  // tree lists the conditions; each group has its own way to add to it.
  private tree(): HTMLElement {
    const box = make("section", "");
    box.append(this.head(w.conditions), this.rows(this.where, []), this.adder([], this.where.length));
    return box;
  }

  private rows(list: Filter[], above: Path): HTMLElement {
    const out = make("ul", "conds");
    if (!list.length && !above.length) out.append(make("li", "quiet", w.noConditions));
    list.forEach((f, i) => out.append(this.row(f, [...above, i])));
    return out;
  }

  private row(f: Filter, path: Path): HTMLElement {
    const item = make("li", "");
    const title = titleOf(f, this.desk.meta);
    const off = this.cross(title, () => this.change(put(this.where, path, undefined)));
    const line = make("div", "cond");
    if (isGroup(f) && children(f).length > 1 && !isNode(f)) {
      const any = f.any !== undefined;
      const way = choose(
        [
          ["any", w.anyHolds],
          ["all", w.allHold],
        ],
        any ? "any" : "all",
        (v) => this.change(put(this.where, path, v === "any" ? { any: children(f) } : { all: children(f) })),
      );
      way.setAttribute("aria-label", w.group);
      way.dataset.at = path.join("-");
      line.append(way, off);
      item.className = "group-box";
      item.append(line, this.rows(children(f), path), this.adder(path, children(f).length));
      return item;
    }
    const one = isGroup(f) && !isNode(f) ? children(f)[0] : f;
    const b = button("chip wide", title, () => this.edit(one, path));
    b.dataset.at = path.join("-");
    b.title = title;
    b.disabled = !isPlain(one);
    line.append(b);
    const flipped = flip(one);
    if (flipped) {
      const turn = button("plain small", w.not, () => this.change(put(this.where, path, flipped.to)));
      turn.setAttribute("aria-pressed", String(flipped.on));
      turn.title = w.notLong;
      line.append(turn);
    }
    const or = button("plain small", w.or, () => this.pick((g) => this.change(put(this.where, path, { any: [one, g] })), or));
    or.title = w.orLong;
    or.setAttribute("aria-haspopup", "menu");
    line.append(or, off);
    item.append(line);
    return item;
  }

  private cross(title: string, does: () => void): HTMLElement {
    const x = button("cross", "×", does);
    x.setAttribute("aria-label", `${w.remove}: ${title}`);
    return x;
  }

  private edit(f: Filter, path: Path) {
    filterDialog(this.desk, f, (g) => this.change(put(this.where, path, g)));
  }

  // adder offers every field to make a condition of, at the end of a group.
  private adder(group: Path, at: number): HTMLElement {
    const line = make("div", "adder");
    const add = (f: Filter) => this.change(put(this.where, [...group, at], f));
    const field = button("plain", w.addCondition, () => fieldDialog(this.desk, (f) => filterDialog(this.desk, { field: f, op: "in", values: [] }, add)));
    field.dataset.at = `add-${group.join("-")}`;
    field.setAttribute("aria-haspopup", "dialog");
    line.append(field);
    if (group.length) return line;
    const more = button("plain", w.moreWays, () => this.pick(add, more));
    more.dataset.at = "more";
    more.setAttribute("aria-haspopup", "menu");
    line.append(more);
    return line;
  }

  // pick offers nodes of hierarchies, named sets, and any field.
  private pick(done: (f: Filter) => void, at: HTMLElement) {
    const { meta } = this.desk;
    const nodes = hierarchiesOf(this.desk).map(({ dimension, hierarchy }) => {
      const text = hierarchy.title.toLowerCase().includes(dimension.title.toLowerCase()) ? hierarchy.title : `${dimension.title}: ${hierarchy.title}`;
      return { text: `${text}…`, does: () => nodeDialog(this.desk, hierarchy, text, done) };
    });
    const sets = (meta.cube.sets ?? []).map((s) => ({ text: s.title, does: () => done({ field: s.dimension, op: "in_set", values: [s.name] }) }));
    openMenu(at.getBoundingClientRect(), w.moreWays, [
      { text: `${w.aField}…`, does: () => fieldDialog(this.desk, (field) => filterDialog(this.desk, { field, op: "in", values: [] }, done)) },
      { head: w.hierarchyNode },
      ...nodes,
      ...(sets.length ? [{ head: w.namedSets }, ...sets] : []),
    ]);
  }

  private ranking(): HTMLElement {
    const box = make("section", "");
    const { query } = this.desk.step;
    const { meta } = this.desk;
    box.append(this.head(w.ranking));
    const list = make("ul", "conds");
    const entry = (title: string, off: () => void) => {
      const item = make("li", "");
      const line = make("div", "cond");
      line.append(
        button("chip wide", title, () => rankingDialog(this.desk)),
        this.cross(title, off),
      );
      item.append(line);
      list.append(item);
    };
    if (query.top) entry(topTitle(query.top, (n) => meta.title(n), (n) => meta.full(n), query.rows ?? []), () => this.desk.change(tidy({ ...query, top: undefined })));
    for (const h of query.having ?? []) entry(havingTitle(h, (n) => meta.title(n)), () => this.desk.change(tidy({ ...query, having: (query.having ?? []).filter((x) => x !== h) })));
    const b = button("plain", `${w.ranking}…`, () => rankingDialog(this.desk));
    b.disabled = !query.measures.length;
    box.append(list, b);
    return box;
  }

  // kept are the sets of conditions of this cube that were saved.
  private kept(): HTMLElement {
    const box = make("section", "");
    box.append(this.head(w.savedFilters));
    const list = make("ul", "steps");
    for (const s of this.list) list.append(this.keptRow(s));
    if (!this.list.length) list.append(make("li", "quiet", w.nothingSaved));
    const save = button("plain", w.saveFilters, () => this.save());
    save.dataset.at = "save";
    save.disabled = !this.where.length;
    box.append(list, save);
    return box;
  }

  private keptRow(s: Item): HTMLElement {
    const item = make("li", "saved");
    const use = (add: boolean) =>
      void ask<Item>(`saved/${s.id}`)
        .then((i) => {
          const kept = i.content as Kept;
          if (kept.cube !== this.desk.meta.cube.name) throw new Error(fill(w.otherCube, { c: this.desk.cubes.find((c) => c.name === kept.cube)?.title ?? kept.cube }));
          this.change(add ? [...this.where, ...kept.where] : kept.where);
        })
        .catch((e: unknown) => this.desk.trouble(e));
    item.append(button("step", s.title, () => use(false)), button("plain small", w.addTo, () => use(true)));
    if (s.owner !== this.desk.me.person.name) {
      item.append(make("small", "quiet", fill(w.ofOthers, { o: s.owner })));
      return item;
    }
    item.append(
      this.cross(s.title, () => {
        ask(`saved/${s.id}`, { method: "DELETE" })
          .then(() => this.show())
          .catch((e: unknown) => this.desk.trouble(e));
      }),
    );
    return item;
  }

  private save() {
    const title = this.where.map((f) => titleOf(f, this.desk.meta)).join(", ");
    const content: Kept = { cube: this.desk.meta.cube.name, where: this.where };
    const told = () => {
      this.desk.say(w.savedAs);
      void this.show().catch((e: unknown) => this.desk.trouble(e));
    };
    keepDialog({ kind: "filters", heading: w.saveFilters, title, content }, this.desk.me, told, (e) => this.desk.trouble(e));
  }
}

const opposite: Record<string, string> = { in: "not_in", not_in: "in", key_in: "not_key_in", not_key_in: "key_in", in_set: "not_in_set", not_in_set: "in_set", "=": "!=", "!=": "=", contains: "not_contains", not_contains: "contains", is_null: "not_null", not_null: "is_null" };

// flip is a condition turned into what it leaves out, where it can be.
function flip(f: Filter): { to: Filter; on: boolean } | undefined {
  const op = opposite[f.op ?? ""];
  if (!op) return undefined;
  return { to: { ...f, op }, on: operatorOf(f.op ?? "").startsWith("not_") || f.op === "!=" };
}

// topTitle is a ranking in a few words.
export function topTitle(t: Top, title: (n: string) => string, full: (n: string) => string, rows: string[]): string {
  const n = t.percent ? `${t.n}%` : String(t.n);
  return fill(t.bottom ? w.lastBy : w.firstBy, { n, f: full(t.field ?? rows[0] ?? ""), m: title(t.by) });
}

export function havingTitle(h: Having, title: (n: string) => string): string {
  return `${title(h.by)} ${h.op} ${(h.values ?? []).join(" – ")}`;
}
