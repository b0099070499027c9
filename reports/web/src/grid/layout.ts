// How a reader has arranged the columns of a grid: their widths, their order, which
// are hidden and how many stay in view.
import type { Column, Source } from "./source";

export type Layout = {
  widths?: Record<string, number>; // pixels, by the column's id
  order?: string[]; // ids; columns that are not among them stand where they stood
  hidden?: string[];
  frozen?: number; // columns that stay in view after those of the members
};

export const leastWidth = 36; // pixels

// Arranged is a source with its columns as the reader wants them; from tells which
// column of the source each is.
export type Arranged = Source & { from: number[] };

export function arranged(s: Source, l: Layout): Arranged {
  const from = ordered(s, l);
  const columns = from.map((i): Column => ({ ...s.columns[i], width: l.widths?.[s.columns[i].id] ?? s.columns[i].width }));
  return { ...s, from, columns, fixed: Math.min(s.fixed + (l.frozen ?? 0), columns.length), cell: (row, column) => s.cell(row, from[column]) };
}

// ordered are the positions of the columns that are shown. Those of the members
// come first and are always there.
function ordered(s: Source, l: Layout): number[] {
  const hidden = new Set(l.hidden ?? []);
  const at = new Map((l.order ?? []).map((id, i) => [id, i]));
  const rest = s.columns.map((_, i) => i).slice(s.fixed);
  const known = rest.filter((i) => at.has(s.columns[i].id)).sort((a, b) => (at.get(s.columns[a].id) ?? 0) - (at.get(s.columns[b].id) ?? 0));
  let next = 0;
  const all = rest.map((i) => (at.has(s.columns[i].id) ? known[next++] : i));
  return [...s.columns.keys()].slice(0, s.fixed).concat(all.filter((i) => !hidden.has(s.columns[i].id)));
}

// hiddenOf is how many columns of a source are hidden.
export function hiddenOf(s: Source, l: Layout): number {
  const hidden = new Set(l.hidden ?? []);
  return s.columns.filter((c, i) => i >= s.fixed && hidden.has(c.id)).length;
}

// widened gives a column a width; with none its own again.
export function widened(l: Layout, id: string, width?: number): Layout {
  const { [id]: _, ...widths } = l.widths ?? {};
  return tidied({ ...l, widths: width === undefined ? widths : { ...widths, [id]: Math.max(Math.round(width), leastWidth) } });
}

// moved puts a shown column before another, or at the end.
export function moved(l: Layout, a: Arranged, from: number, to: number): Layout {
  const ids = a.columns.map((c) => c.id);
  const [id] = ids.splice(from, 1);
  ids.splice(to > from ? to - 1 : to, 0, id);
  return tidied({ ...l, order: ids.slice(a.leads) });
}

export function hidden(l: Layout, ids: string[]): Layout {
  return tidied({ ...l, hidden: [...new Set([...(l.hidden ?? []), ...ids])] });
}

export function tidied(l: Layout): Layout {
  const out: Layout = {};
  if (Object.keys(l.widths ?? {}).length) out.widths = l.widths;
  if (l.order?.length) out.order = l.order;
  if (l.hidden?.length) out.hidden = l.hidden;
  if (l.frozen) out.frozen = l.frozen;
  return out;
}
