// An answer as the content of a grid.
import type { Answer, Column, Row, Value } from "../adhoc/answers";
import { apart, apartOf, exact, shown } from "../adhoc/number";
import { widthOf } from "../adhoc/room";
import { fill, w } from "../adhoc/words";
import type { Cell, Column as GridColumn, Source } from "../grid/source";
import type { Meta } from "./meta";
import type { Query, Sort } from "./query";
import type { Format, Step } from "./trail";

// textOf is a value as people read it in its column.
export function textOf(v: Value, c: Column): string {
  if (v === null) return c.kind === "measure" ? "–" : "";
  if (c.kind !== "measure") return String(v);
  return shown(String(v), c.format ?? "", c.digits);
}

export function exactOf(v: Value): string {
  return v === null ? "" : String(v);
}

// fullText is a value with all its digits, as people read it.
export function fullText(v: string, c: Column): string {
  if (c.kind !== "measure") return v;
  if (c.format !== "percent" && c.format !== "points") return apart(v);
  const n = exact(v);
  return n ? apartOf({ digits: n.digits * 100n, scale: n.scale }) + (c.format === "percent" ? "%" : " pp") : v;
}

// sampleOf is how many rows decide how wide a column is: fewer of many columns.
function sampleOf(rows: number, columns: number): number {
  return Math.min(rows, 300, Math.ceil(30_000 / Math.max(columns, 1)));
}

// formatOf is how the figures of a column are shown: as chosen, else differences
// by their sign.
export function formatOf(c: Column, step: Step): Format | "" {
  const chosen = step.formats[c.name] as Format | "plain" | undefined;
  if (chosen) return chosen === "plain" ? "" : chosen;
  return c.calculation === "delta" || c.calculation === "pct" || c.calculation === "lfl" ? "signs" : "";
}

type Range = { least: number; most: number };

// ranges are the least and largest figure of each measure, totals left out.
function ranges(a: Answer): Map<string, Range> {
  const found = new Map<string, Range>();
  a.columns.forEach((c, i) => {
    if (c.kind !== "measure" || c.total) return;
    const r = found.get(c.name) ?? { least: Infinity, most: -Infinity };
    for (const row of a.rows) {
      if (row.level !== "row") continue;
      const v = row.cells[i];
      if (v === null || v === "" || typeof v === "boolean") continue;
      const n = Number(v); // only for the length of a bar or the depth of a shade
      if (n < r.least) r.least = n;
      if (n > r.most) r.most = n;
    }
    found.set(c.name, r);
  });
  return found;
}

function decorate(cell: Cell, v: Value, c: Column, format: Format | "", range: Range | undefined, row: Row) {
  if (!format || v === null || !range) return;
  const n = Number(v);
  if (Number.isNaN(n)) return;
  if (format === "signs") {
    if (n === 0) return;
    const good = n > 0 !== Boolean(c.lower_is_better);
    cell.className += good ? " good" : " bad";
    cell.text = (n > 0 ? "▲ " : "▼ ") + cell.text;
    return;
  }
  if (row.level !== "row" || c.total) return;
  if (format === "bars") {
    const size = Math.max(Math.abs(range.least), Math.abs(range.most));
    if (size) cell.bar = n / size;
    return;
  }
  const span = range.most - range.least;
  const shade = span > 0 ? Math.min(5, 1 + Math.floor(((n - range.least) / span) * 5)) : 1;
  cell.className += ` h${shade}`;
}

// memberText is what stands in a column of members: the word for a total where
// the row is one.
function memberText(row: Row, column: number, c: Column): string {
  if (row.cells[column] !== null) return textOf(row.cells[column], c);
  return row.level !== "row" && column === row.given ? w.total : "";
}

// sortedOf is how rows are sorted by a column, and after how many others.
function sortedOf(q: Query, c: Column): { sorted: "" | "asc" | "desc"; rank?: number } {
  const list = q.sort ?? [];
  const i = list.findIndex((s) => isSort(s, c));
  if (i < 0) return { sorted: "" };
  return { sorted: list[i].desc ? "desc" : "asc", ...(list.length > 1 ? { rank: i + 1 } : {}) };
}

// isSort tells whether rows are sorted by a column.
export function isSort(s: Sort, c: Column): boolean {
  if (s.by !== c.name) return false;
  const under = s.members ?? [];
  const members = c.total ? [] : (c.members ?? []);
  return c.kind !== "measure" || (under.length === members.length && under.every((m, i) => m === members[i]));
}

// idOf tells a column apart from the others, also in the answer to another question.
function idOf(c: Column): string {
  return c.kind === "measure" ? [c.name, ...(c.keys ?? []), c.total ? "Σ" : ""].join("|") : c.name;
}

function gridColumn(a: Answer, c: Column, i: number, levels: number, meta: Meta, step: Step): GridColumn {
  const isMember = c.kind === "attribute";
  const title = isMember ? c.title : c.title + (c.approximate ? ` (${w.approximate})` : "");
  const members = isMember ? [] : (c.members ?? []);
  const heads = [...members, ...Array<string>(Math.max(0, levels - members.length)).fill(""), title];
  const signs = formatOf(c, step) === "signs" ? 18 : 0;
  let width = Math.max(widthOf(title), widthOf(c.unit ?? "") * 0.85) + 26;
  for (let r = 0; r < sampleOf(a.rows.length, a.columns.length); r++) {
    const text = isMember ? memberText(a.rows[r], i, c) : textOf(a.rows[r].cells[i], c);
    width = Math.max(width, widthOf(text) + 22 + signs);
  }
  if (formatOf(c, step) === "bars") width += 60;
  const m = isMember ? undefined : meta.measure(c.name);
  return {
    id: idOf(c),
    heads,
    unit: c.unit ?? "",
    title: [...(isMember ? [meta.attribute(c.name)?.description] : [m?.description, m?.computed]), w.headHint].filter(Boolean).join("\n"),
    number: !isMember && c.type !== "text",
    width: Math.min(Math.max(width, 64), isMember ? 300 : 260),
    total: Boolean(c.total),
    ...sortedOf(a.query, c),
  };
}

// source is the grid's content of an answer.
export function source(a: Answer, meta: Meta, step: Step): Source {
  const fixed = a.columns.filter((c) => c.kind === "attribute").length;
  const levels = Math.max(0, ...a.columns.map((c) => (c.kind === "attribute" ? 0 : (c.members ?? []).length)));
  const formats = a.columns.map((c) => formatOf(c, step));
  const found = formats.some(Boolean) ? ranges(a) : new Map<string, Range>();
  return {
    rows: a.rows.length,
    columns: a.columns.map((c, i) => gridColumn(a, c, i, levels, meta, step)),
    fixed,
    leads: fixed,
    label: `${w.tableOf}: ${fill(w.rowsOf, { n: a.row_count, m: a.columns.length })}`,
    rowClass: (row) => a.rows[row].level,
    cell: (row, column) => {
      const r = a.rows[row];
      const c = a.columns[column];
      if (column < fixed) {
        const text = memberText(r, column, c);
        const above = a.rows[row - 1];
        const again = column < fixed - 1 && above && r.keys.length > column && r.keys.slice(0, column + 1).every((k, i) => k === above.keys[i]);
        return { text, exact: text, className: again ? "again" : "" };
      }
      const v = r.cells[column];
      const cell: Cell = { text: textOf(v, c), exact: exactOf(v), className: v === null ? "none" : "" };
      decorate(cell, v, c, formats[column], found.get(c.name), r);
      return cell;
    },
  };
}

// listSource is the grid's content of plain rows under plain columns.
export function listSource(columns: Column[], rows: Value[][], label: string): Source {
  const isNumber = (c: Column) => ["decimal", "integer", "double"].includes(c.type) && c.format !== "text";
  return {
    rows: rows.length,
    columns: columns.map((c, i) => {
      let width = Math.max(widthOf(c.title), widthOf(c.unit ?? "") * 0.85) + 26;
      for (let r = 0; r < sampleOf(rows.length, columns.length); r++) width = Math.max(width, widthOf(exactOf(rows[r][i])) + 22);
      return { id: `${i} ${c.name}`, heads: [c.title], unit: c.unit ?? "", title: c.name, number: isNumber(c), width: Math.min(Math.max(width, 56), 340), total: false, sorted: "" as const };
    }),
    fixed: 0,
    leads: 0,
    label,
    rowClass: () => "row",
    cell: (row, column) => {
      const v = rows[row][column];
      return { text: v === null ? "" : exactOf(v), exact: exactOf(v), className: v === null ? "none" : "" };
    },
  };
}
