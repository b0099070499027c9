// What can be done with a field, a chip, a head or a cell.
import type { Item } from "../adhoc/menu";
import { fill, w } from "../adhoc/words";
import type { Place } from "../grid/selection";
import type { Column, Row } from "../adhoc/answers";
import type { Desk } from "./desk";
import { filterDialog } from "./filter";
import { isPlain } from "./where";
import { calcTitle, scopeTitle } from "./meta";
import { formatOf, isSort, textOf } from "./pivot";
import { keep, place, refOf, refText, remove, sortBy, sortThen, tidy, type Axis, type Filter, type Query, type Sort } from "./query";
import { rankingDialog } from "./settings";
import type { Format } from "./trail";

// Doors open what is beside the table.
export type Doors = { facts(cell: CellRef): void; why(cell: CellRef): void; cube(name: string): void; copy(heads: boolean): void; filters(): void };

// CellRef is a cell as the server calls it, what it is called, and what it is about
// without comparison.
export type CellRef = { row: string[]; column: string[]; ref: string; title: string; about: string };

export class Actions {
  constructor(
    private readonly desk: Desk,
    private readonly doors: Doors,
  ) {}

  private get query(): Query {
    return this.desk.step.query;
  }

  openCube(name: string) {
    this.doors.cube(name);
  }

  isUsed(name: string): boolean {
    const q = this.query;
    return q.measures.includes(name) || (q.rows ?? []).includes(name) || (q.columns ?? []).includes(name);
  }

  // put puts a field where it usually goes: measures among the measures, periods
  // on the columns when the rows are taken, everything else on the rows.
  put(name: string) {
    const q = this.query;
    const { meta } = this.desk;
    if (meta.isMeasure(name)) return this.desk.change(place(q, name, "measures"));
    const across = meta.isDate(name) && (q.rows ?? []).length > 0 && !(q.columns ?? []).length;
    this.desk.change(place(q, name, across ? "columns" : "rows"));
  }

  toggle(name: string) {
    if (this.isUsed(name)) this.desk.change(remove(this.query, name));
    else this.put(name);
  }

  filter(name: string) {
    const { meta } = this.desk;
    if (meta.isMeasure(name)) return rankingDialog(this.desk, name);
    filterDialog(this.desk, { field: name, op: "in", values: [] }, (f) => this.desk.change(tidy({ ...this.query, where: [...(this.query.where ?? []), f] })));
  }

  ranking() {
    rankingDialog(this.desk);
  }

  editFilter(i: number) {
    const where = this.query.where ?? [];
    const at = where[i];
    // The text form writes a filter as a group of one.
    const plain: Filter = at.any?.length === 1 ? at.any[0] : at;
    if (!isPlain(plain)) return this.doors.filters(); // groups and sets
    filterDialog(this.desk, plain, (f) => this.desk.change(tidy({ ...this.query, where: where.map((old, k) => (k === i ? f : old)) })));
  }

  ofField(name: string): Item[] {
    const q = this.query;
    const put = (axis: Axis): Item => ({
      text: axis === "rows" ? w.toRows : axis === "columns" ? w.toColumns : w.toMeasures,
      does: () => this.desk.change(place(q, name, axis)),
    });
    const items: Item[] = this.desk.meta.isMeasure(name) ? [put("measures"), { text: w.topBy, does: () => rankingDialog(this.desk, name) }] : [put("rows"), put("columns")];
    if (!this.desk.meta.isMeasure(name)) items.push({ text: w.filterBy, does: () => this.filter(name) });
    if (this.isUsed(name)) items.push({ text: w.remove, does: () => this.desk.change(remove(q, name)) });
    return items;
  }

  ofChip(name: string, axis: Axis): Item[] {
    const q = this.query;
    const i = (q[axis] ?? []).indexOf(name);
    const n = (q[axis] ?? []).length;
    const moves: Item[] = [
      { text: w.moveBefore, hint: "Alt ←", off: i === 0, does: () => this.desk.change(place(q, name, axis, i - 1)) },
      { text: w.moveAfter, hint: "Alt →", off: i === n - 1, does: () => this.desk.change(place(q, name, axis, i + 2)) },
    ];
    const last: Item = { text: w.remove, hint: "Del", does: () => this.desk.change(remove(q, name)) };
    if (axis === "measures") return [...this.ofMeasure(name), ...moves, last];
    const other = axis === "rows" ? "columns" : "rows";
    return [
      { text: axis === "rows" ? w.toColumns : w.toRows, hint: "Alt ↓", does: () => this.desk.change(place(q, name, other)) },
      ...this.levels(name, []),
      { text: w.filterBy, does: () => this.filter(name) },
      ...(axis === "rows" ? [{ text: w.sortNames, does: () => this.desk.change(sortBy(q, name, false)) }] : []),
      ...moves,
      last,
    ];
  }

  // ofMeasure is how the figures are sorted and shown, and what is shown beside.
  private ofMeasure(name: string): Item[] {
    const q = this.query;
    const ref = refOf(name);
    const add = (more: { scope?: string; calc?: string }, text: string): Item => {
      const made = refText({ ...ref, scope: more.scope ?? ref.scope, calc: more.calc ?? "" });
      const there = q.measures.includes(made);
      return { text, checked: there, does: () => this.desk.change(there ? remove(q, made) : place(q, made, "measures", q.measures.indexOf(name) + 1)) };
    };
    const shares = ["share.column", "share.row", "share.parent", "share.total", "running", "rank", "index"];
    const items: Item[] = [
      { text: w.sortDown, does: () => this.desk.change(sortBy(q, name, true)) },
      { text: w.topBy, does: () => rankingDialog(this.desk, name) },
      { head: w.formats },
      ...this.formats(name),
    ];
    if (!ref.calc) {
      items.push({ head: w.calculations });
      if (this.desk.meta.hasDates() && !ref.scope) {
        for (const s of ["py", "pp"]) items.push(add({ scope: s }, scopeTitle(s)), add({ scope: s, calc: "delta" }, `Δ ${scopeTitle(s)}`), add({ scope: s, calc: "pct" }, `Δ% ${scopeTitle(s)}`));
        items.push(add({ scope: "ytd" }, scopeTitle("ytd")), add({ scope: "roll12m" }, scopeTitle("roll12m")));
      }
      items.push(...shares.map((c) => add({ calc: c }, calcTitle(c))));
    }
    return items;
  }

  private formats(name: string): Item[] {
    const column = this.desk.answer?.columns.find((c) => c.name === name);
    const now = column ? formatOf(column, this.desk.step) : "";
    const one = (f: Format | "", text: string): Item => ({ text, checked: now === f, does: () => this.desk.format(name, f) });
    return [one("", w.plain), one("bars", w.bars), one("heat", w.heat), one("signs", w.signs)];
  }

  private levels(field: string, keys: string[]): Item[] {
    const { meta } = this.desk;
    const finer = meta.finer(field);
    const coarser = meta.coarser(field);
    const items: Item[] = [];
    if (finer) items.push({ text: `${w.drillDown}: ${meta.title(finer)}`, does: () => void this.desk.navigate({ step: "drill_down", field, keys }) });
    if (coarser) items.push({ text: `${w.drillUp}: ${meta.title(coarser)}`, does: () => void this.desk.navigate({ step: "roll_up", field }) });
    return items;
  }

  // ofMember is what can be done with a member on an axis.
  private ofMember(field: string, key: string, text: string): Item[] {
    if (key === "(others)") return [];
    return [
      { head: text },
      ...this.levels(field, [key]),
      { text: fill(w.only, { m: text }), does: () => this.desk.change(keep(this.query, field, [key])) },
      { text: fill(w.without, { m: text }), does: () => this.desk.change(keep(this.query, field, [key], true)) },
    ];
  }

  // ofPlace is what can be done with a cell or a head of the grid.
  ofPlace(p: Place): Item[] {
    const answer = this.desk.answer;
    const column = answer?.columns[p.column];
    if (!answer || !column) return [];
    const copy: Item[] = [
      { head: w.copy },
      { text: w.copy, hint: "Ctrl C", does: () => this.doors.copy(false) },
      { text: w.copyHeads, does: () => this.doors.copy(true) },
    ];
    if (p.row < 0) return [...this.ofHead(column), ...copy];
    const row = answer.rows[p.row];
    if (column.kind === "attribute") {
      const key = row.keys[p.column];
      const members = key === undefined ? [] : this.ofMember(column.name, key, textOf(row.cells[p.column], column));
      return [...members, ...this.behind(row, column), ...copy];
    }
    const items = this.behind(row, column);
    const q = this.query;
    row.keys.forEach((key, i) => items.push(...this.ofMember((q.rows ?? [])[i], key, textOf(row.cells[i], answer.columns[i]))));
    (column.keys ?? []).forEach((key, i) => items.push(...this.ofMember((q.columns ?? [])[i], key, (column.members ?? [])[i] ?? key)));
    return [...items, ...copy];
  }

  private ofHead(c: Column): Item[] {
    const q = this.query;
    const then = (text: string, s: Sort): Item[] => (q.sort?.length && !(q.sort.length === 1 && isSort(q.sort[0], c)) ? [{ text, does: () => this.desk.change(sortThen(q, s)) }] : []);
    if (c.kind === "attribute") {
      return [
        { text: w.sortNames, does: () => this.desk.change(sortBy(q, c.name, false)) },
        ...then(w.thenNames, { by: c.name, desc: false }),
        { text: w.unsort, off: !q.sort, does: () => this.desk.change(tidy({ ...q, sort: [] })) },
        ...this.ofChip(c.name, "rows"),
      ];
    }
    const under = c.total ? undefined : c.members;
    return [
      { text: w.sortDown, does: () => this.desk.change(sortBy(q, c.name, true, under)) },
      { text: w.sortUp, does: () => this.desk.change(sortBy(q, c.name, false, under)) },
      ...then(w.thenDown, { by: c.name, desc: true, ...(under?.length ? { members: under } : {}) }),
      ...then(w.thenUp, { by: c.name, desc: false, ...(under?.length ? { members: under } : {}) }),
      { text: w.unsort, off: !q.sort, does: () => this.desk.change(tidy({ ...q, sort: [] })) },
      { text: w.topBy, does: () => rankingDialog(this.desk, c.name) },
      { head: w.formats },
      ...this.formats(c.name),
      ...(c.keys ?? []).flatMap((key, i) => (c.total && i === (c.keys ?? []).length - 1 ? [] : this.ofMember((q.columns ?? [])[i], key, (c.members ?? [])[i] ?? key))),
    ];
  }

  // sortAt sorts by a column: largest first, then smallest first, then not; beside
  // what rows are sorted by already, or instead of it.
  sortAt(p: Place, add: boolean) {
    const q = this.query;
    const c = this.desk.answer?.columns[p.column];
    if (!c) return;
    const under = c.kind === "measure" && !c.total && c.members?.length ? { members: c.members } : {};
    const first = c.kind === "measure";
    const now = (q.sort ?? []).find((s) => isSort(s, c));
    if (now && Boolean(now.desc) !== first) return this.desk.change(tidy({ ...q, sort: add ? (q.sort ?? []).filter((s) => s !== now) : [] }));
    const next: Sort = { by: c.name, desc: now ? !first : first, ...under };
    this.desk.change(add ? sortThen(q, next) : tidy({ ...q, sort: [next] }));
  }

  // reorder puts a column before another by the order of the question, where that is
  // what the columns follow; false: it is not.
  reorder(column: number, before: number): boolean {
    const q = this.query;
    const columns = this.desk.answer?.columns ?? [];
    const rows = q.rows ?? [];
    const name = columns[column]?.name ?? "";
    if (column < rows.length) {
      if (before <= rows.length) this.desk.change(place(q, name, "rows", before));
      return true;
    }
    const plain = columns.slice(rows.length).every((c, i) => c.name === q.measures[i]) && columns.length === rows.length + q.measures.length;
    if (!plain || before < rows.length) return false;
    this.desk.change(place(q, name, "measures", before - rows.length));
    return true;
  }

  // cellRef is how the server calls a cell.
  cellRef(row: Row, c: Column): CellRef {
    const names = row.keys.map((_, i) => textOf(row.cells[i], this.desk.answer?.columns[i] ?? c));
    const ref = c.kind === "measure" ? c.name : (this.query.measures[0] ?? "");
    const called = (measure: string) => [...names, ...(c.members ?? []), this.desk.meta.title(measure)].join(" · ") || w.total;
    return { row: row.keys, column: c.keys ?? [], ref, title: called(ref), about: called(refOf(ref).measure) };
  }

  private behind(row: Row, c: Column): Item[] {
    const cell = this.cellRef(row, c);
    const can = this.desk.me.rights.facts && !row.calculated && !c.calculated;
    return [
      { text: w.facts, off: !can, does: () => this.doors.facts(cell) },
      { text: w.whyThis, off: row.level === "others" || !this.desk.meta.hasDates(), does: () => this.doors.why(cell) },
    ];
  }
}
