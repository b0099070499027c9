// What a grid shows: columns with their heads, and cells on demand.

export type Column = {
  id: string; // tells it apart from the others, also in another answer
  heads: string[]; // one for each row of heads, from the outermost; equal neighbours are drawn as one
  unit: string; // below the last head
  title: string; // the definition, shown on the last head
  number: boolean; // right-aligned
  width: number; // pixels
  total: boolean;
  sorted: "" | "asc" | "desc";
  rank?: number; // among several that it is sorted by, from 1; none: the only one
};

export type Cell = {
  text: string; // as shown
  exact: string; // as copied
  className: string;
  bar?: number; // length as a share of the column's largest, with its sign
};

// Source gives a grid its content. The first `fixed` columns stay in view, the
// first `leads` of them say what the row is about.
export type Source = {
  rows: number;
  columns: Column[];
  fixed: number;
  leads: number;
  label: string;
  cell(row: number, column: number): Cell;
  rowClass(row: number): string;
};

export const nothing: Source = {
  rows: 0,
  columns: [],
  fixed: 0,
  leads: 0,
  label: "",
  cell: () => ({ text: "", exact: "", className: "" }),
  rowClass: () => "",
};

// headRows is how many rows of heads the columns have.
export function headRows(s: Source): number {
  return s.columns.reduce((n, c) => Math.max(n, c.heads.length), 0);
}

// tsv is a part of a source as text for a spreadsheet; rows below zero are heads.
// With body, rows from 0 to it are left out.
export function tsv(s: Source, top: number, left: number, bottom: number, right: number, body = 0): string {
  const heads = headRows(s);
  const lines: string[] = [];
  for (let row = top; row <= bottom; row = row === -1 ? Math.max(body, 0) : row + 1) {
    const line: string[] = [];
    for (let c = left; c <= right; c++) {
      line.push(plain(row < 0 ? (s.columns[c].heads[heads + row] ?? "") : s.cell(row, c).exact));
    }
    lines.push(line.join("\t"));
  }
  return lines.join("\n");
}

function plain(text: string): string {
  return /["\t\r\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
}
