// The lines behind a cell, in a window of their own.
import { ask, download } from "../adhoc/api";
import type { Facts } from "../adhoc/answers";
import { openDialog } from "../adhoc/dialog";
import { openMenu } from "../adhoc/menu";
import { apart } from "../adhoc/number";
import { fill, w } from "../adhoc/words";
import { Grid } from "../grid/grid";
import { button, make } from "../make";
import type { CellRef } from "./actions";
import type { Desk } from "./desk";
import { copyText } from "./panel";
import { listSource } from "./pivot";

const formats = ["xlsx", "csv", "parquet", "arrow"] as const;
const most = 1000; // lines shown; files hold all

export async function showFacts(desk: Desk, cell: CellRef) {
  try {
    const body = { query: desk.step.query, cell: { row: cell.row, column: cell.column, ref: cell.ref } };
    const found = await ask<Facts>("facts", { json: { ...body, limit: most } });
    const dialog = openDialog(`${w.facts}: ${cell.title}`, { ok: w.ok, cancel: w.close }, undefined, true);
    const copy = () => void copyText(grid.text(), desk);
    const grid: Grid = new Grid({ menu: (_, at) => openMenu(at, w.actions, [{ text: w.copy, hint: "Ctrl C", does: copy }, ...grid.items()]) });
    const notes = make("ul", "notes");
    notes.append(make("li", "quiet", fill(w.rowsCount, { n: apart(String(found.total)) })), ...found.notes.map((n) => make("li", "note caution", n.text)));
    const files = make("p", "files");
    for (const f of formats) {
      files.append(
        button("plain", w[f], () => {
          download("facts", { ...body, format: f }, {}, `facts.${f}`).catch((e: unknown) => dialog.refuse(e instanceof Error ? e.message : String(e)));
        }),
      );
    }
    dialog.body.append(notes, grid.element, files);
    grid.show(listSource(found.columns, found.rows, w.facts));
    grid.element.focus();
  } catch (e) {
    desk.trouble(e);
  }
}
