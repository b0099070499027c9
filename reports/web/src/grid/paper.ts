// A grid on paper: all its cells as a plain table, to a limit.
import { make } from "../make";
import { fill, w } from "../adhoc/words";
import { runs } from "./geometry";
import type { Grid } from "./grid";
import { headRows, type Source } from "./source";

const mostRows = 3000;
const mostColumns = 40;

// onPaper puts a table in the place of a grid before the page is printed, and
// takes it away afterwards.
export function onPaper(grid: Grid) {
  const box = make("div", "on-paper");
  addEventListener("beforeprint", () => {
    const s = grid.content();
    if (s.columns.length && !grid.element.hidden) box.append(...table(s));
    grid.element.after(box);
  });
  addEventListener("afterprint", () => {
    box.replaceChildren();
    box.remove();
  });
}

function table(s: Source): HTMLElement[] {
  const columns = s.columns.slice(0, mostColumns);
  const rows = Math.min(s.rows, mostRows);
  const out = make("table", "");
  const head = make("thead", "");
  const levels = headRows(s);
  for (let level = 0; level < levels; level++) {
    const line = make("tr", "");
    for (const run of runs(columns, 0, level)) {
      const cell = make("th", columns[run.from].number ? "num" : "", run.text);
      cell.colSpan = run.to - run.from + 1;
      if (level === levels - 1 && columns[run.from].unit) cell.append(make("small", "", columns[run.from].unit));
      line.append(cell);
    }
    head.append(line);
  }
  const body = make("tbody", "");
  for (let row = 0; row < rows; row++) {
    const line = make("tr", s.rowClass(row));
    columns.forEach((c, i) => line.append(make("td", c.number ? "num" : "", s.cell(row, i).text)));
    body.append(line);
  }
  out.append(head, body);
  const cut = rows < s.rows || columns.length < s.columns.length;
  return cut ? [out, make("p", "note caution", fill(w.printCut, { n: rows, m: s.rows }))] : [out];
}
