// A question to a cube, as the server takes it.

export type Filter = { field?: string; op?: string; values?: string[]; any?: Filter[]; all?: Filter[] };
export type Having = { by: string; op: string; values?: string[] };
export type Time = { field?: string; from?: string; to?: string };
export type Top = { n: number; percent?: boolean; field?: string; by: string; others?: boolean; bottom?: boolean };
export type Totals = { grand?: boolean; rows?: boolean; cols?: boolean; colsub?: boolean };
export type Sort = { by: string; members?: string[]; desc?: boolean };

export type Query = {
  cube: string;
  rows?: string[];
  columns?: string[];
  measures: string[];
  compare?: string[];
  where?: Filter[];
  having?: Having[];
  time?: Time;
  top?: Top;
  totals?: Totals;
  sort?: Sort[];
  limit?: number;
};

export type Axis = "rows" | "columns" | "measures";

// Ref is the parts of a measure as it is asked for: net@ytd.py:delta.
export type Ref = { measure: string; scope: string; calc: string };

export function refOf(text: string): Ref {
  const [rest, calc = ""] = text.split(":");
  const [measure, scope = ""] = rest.split("@");
  return { measure, scope, calc };
}

export function refText(r: Ref): string {
  return r.measure + (r.scope ? "@" + r.scope : "") + (r.calc ? ":" + r.calc : "");
}

// tidy leaves out what is empty, and what no longer goes with the rest: a
// ranking of or by what is not asked for, and sorting by it.
export function tidy(q: Query): Query {
  const out: Query = { cube: q.cube, measures: q.measures };
  const rows = q.rows ?? [];
  const columns = q.columns ?? [];
  if (rows.length) out.rows = rows;
  if (columns.length) out.columns = columns;
  if (q.compare?.length) out.compare = q.compare;
  if (q.where?.length) out.where = q.where;
  if (q.having?.length) out.having = q.having;
  if (q.time && (q.time.from || q.time.to)) out.time = q.time;
  if (q.top && rows.length && (!q.top.field || rows.includes(q.top.field))) out.top = q.top;
  const t = q.totals;
  if (t && (t.grand || t.rows || t.cols || t.colsub)) {
    out.totals = {};
    if (t.grand) out.totals.grand = true;
    if (t.rows) out.totals.rows = true;
    if (t.cols) out.totals.cols = true;
    if (t.colsub) out.totals.colsub = true;
  }
  const measure = (by: string) => q.measures.some((m) => refOf(m).measure === refOf(by).measure);
  const sort = (q.sort ?? []).filter((s) => (rows.includes(s.by) || measure(s.by)) && (!s.members || columns.length > 0));
  if (sort.length) out.sort = sort;
  if (q.limit) out.limit = q.limit;
  return out;
}

// place puts an attribute or a measure on an axis, before the position given or
// at the end, and takes it from where it was.
export function place(q: Query, what: string, axis: Axis, at = -1): Query {
  const lists = { rows: [...(q.rows ?? [])], columns: [...(q.columns ?? [])], measures: [...q.measures] };
  const before = lists[axis].indexOf(what);
  for (const list of Object.values(lists)) {
    const i = list.indexOf(what);
    if (i >= 0) list.splice(i, 1);
  }
  let to = at < 0 ? lists[axis].length : at;
  if (before >= 0 && before < to && at >= 0) to--;
  lists[axis].splice(to, 0, what);
  return tidy({ ...q, ...lists });
}

// remove takes an attribute or a measure off.
export function remove(q: Query, what: string): Query {
  const without = (list?: string[]) => (list ?? []).filter((x) => x !== what);
  return tidy({ ...q, rows: without(q.rows), columns: without(q.columns), measures: without(q.measures) });
}

// keep narrows to members of an attribute, given by their keys, or takes them out.
export function keep(q: Query, field: string, keys: string[], out = false): Query {
  return tidy({ ...q, where: [...(q.where ?? []), { field, op: out ? "not_key_in" : "key_in", values: keys }] });
}

// sortBy sorts rows by a measure, in one column where its members are given.
export function sortBy(q: Query, by: string, desc: boolean, members?: string[]): Query {
  return tidy({ ...q, sort: [{ by, desc, ...(members?.length ? { members } : {}) }] });
}

// sortThen sorts rows that are equal by what they are sorted by already; where they
// are sorted by the same, in the other direction.
export function sortThen(q: Query, s: Sort): Query {
  const same = (x: Sort) => x.by === s.by && JSON.stringify(x.members ?? []) === JSON.stringify(s.members ?? []);
  const list = q.sort ?? [];
  return tidy({ ...q, sort: list.some(same) ? list.map((x) => (same(x) ? s : x)) : [...list, s] });
}

// pivot swaps rows and columns, and their totals.
export function pivot(q: Query): Query {
  const t = q.totals ?? {};
  const sort = (q.sort ?? []).filter((s) => !(q.rows ?? []).includes(s.by) && !s.members);
  return tidy({ ...q, rows: q.columns, columns: q.rows, sort, top: undefined, having: undefined, totals: { grand: t.cols, cols: t.grand, rows: t.colsub, colsub: t.rows } });
}
