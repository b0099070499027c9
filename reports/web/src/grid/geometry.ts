// Where rows and columns lie: pixels from the beginning of what scrolls.
import type { Column } from "./source";

// A browser lays out no element higher than some tens of millions of pixels:
// beyond this, scrolling goes by shares of the whole.
const most = 12_000_000;

// Axis maps the scroll position to an offset in the content.
export class Axis {
  constructor(readonly total: number, readonly view: number) {}

  get size(): number {
    return Math.min(this.total, most);
  }

  private get factor(): number {
    return this.total <= most ? 1 : (this.total - this.view) / (most - this.view);
  }

  offset(scroll: number): number {
    return scroll * this.factor;
  }

  scroll(offset: number): number {
    return offset / this.factor;
  }
}

// Edges are the left edges of columns, and the right edge of the last.
export function edges(columns: Column[]): number[] {
  const list = [0];
  for (const c of columns) list.push(list[list.length - 1] + c.width);
  return list;
}

// columnAt is the column that an offset lies in.
export function columnAt(lefts: number[], offset: number): number {
  let low = 0;
  let high = lefts.length - 2;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (lefts[middle] <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

// shrink makes fixed columns leave room for the others on a narrow screen.
export function shrink(columns: Column[], fixed: number, width: number): Column[] {
  const taken = columns.slice(0, fixed).reduce((sum, c) => sum + c.width, 0);
  const room = Math.max(width * (fixed < columns.length ? 0.5 : 1), 60 * fixed);
  if (taken <= room) return columns;
  return columns.map((c, i) => (i < fixed ? { ...c, width: Math.floor((c.width * room) / taken) } : c));
}

// staying is how many of the first columns can stay in view and leave room for the
// others: at least the first `least`.
export function staying(columns: Column[], wanted: number, least: number, width: number): number {
  let n = wanted;
  while (n > least && columns.slice(0, n).reduce((sum, c) => sum + c.width, 0) > 0.75 * width) n--;
  return n;
}

// Run is neighbouring columns under one head.
export type Run = { from: number; to: number; text: string };

// runs joins neighbours whose heads are the same down to a level.
export function runs(columns: Column[], from: number, level: number): Run[] {
  const list: Run[] = [];
  for (let i = from; i < columns.length; i++) {
    const last = list[list.length - 1];
    const text = columns[i].heads[level] ?? "";
    const same = last && i > from && columns[i].heads.slice(0, level + 1).every((h, k) => h === columns[i - 1].heads[k]);
    if (same) last.to = i;
    else list.push({ from: i, to: i, text });
  }
  return list;
}
