// The selected cells of a grid: a rectangle from where it began to the cell that
// the keyboard moves. Rows below zero are heads.

export type Place = { row: number; column: number };
export type Area = { top: number; left: number; bottom: number; right: number };

export function area(a: Place, b: Place): Area {
  return { top: Math.min(a.row, b.row), left: Math.min(a.column, b.column), bottom: Math.max(a.row, b.row), right: Math.max(a.column, b.column) };
}

export function within(a: Area, row: number, column: number): boolean {
  return row >= a.top && row <= a.bottom && column >= a.left && column <= a.right;
}

export type Extent = { heads: number; rows: number; columns: number; page: number };

// move is where a key leads from a place; undefined for other keys.
export function move(from: Place, key: string, jump: boolean, e: Extent): Place | undefined {
  const to = { ...from };
  switch (key) {
    case "ArrowUp":
      to.row = jump ? (from.row > 0 ? 0 : -e.heads) : from.row - 1;
      break;
    case "ArrowDown":
      to.row = jump ? e.rows - 1 : from.row + 1;
      break;
    case "ArrowLeft":
      to.column = jump ? 0 : from.column - 1;
      break;
    case "ArrowRight":
      to.column = jump ? e.columns - 1 : from.column + 1;
      break;
    case "PageUp":
      to.row = Math.max(from.row - e.page, Math.min(0, from.row));
      break;
    case "PageDown":
      to.row = from.row + e.page;
      break;
    case "Home":
      to.column = 0;
      if (jump) to.row = 0;
      break;
    case "End":
      to.column = e.columns - 1;
      if (jump) to.row = e.rows - 1;
      break;
    default:
      return undefined;
  }
  to.row = Math.min(Math.max(to.row, -e.heads), e.rows - 1);
  to.column = Math.min(Math.max(to.column, 0), e.columns - 1);
  return to;
}
