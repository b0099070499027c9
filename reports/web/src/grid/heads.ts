// What is done with the heads of a grid: columns made wider, moved, hidden and kept
// in view, by pointer, keyboard or menu.
import type { Item } from "../adhoc/menu";
import { fill, w } from "../adhoc/words";
import { make } from "../make";
import { hidden, hiddenOf, tidied, type Arranged, type Layout } from "./layout";
import type { Source } from "./source";

// Held is a grid whose heads are held. Columns are the shown ones, from 0.
export interface Held {
  readonly element: HTMLElement;
  width(column: number, width?: number): void;
  widthOf(column: number): number;
  edgesInView(): number[];
  reorder(column: number, before: number): void;
  arrange(l: Layout): void;
}

const step = 24; // pixels, of a key

// columnItems are what can be done with the selected columns.
export function columnItems(g: Held, given: Source, shown: Arranged, l: Layout, left: number, right: number): Item[] {
  const own = left >= shown.leads; // the columns of members stay
  const n = hiddenOf(given, l);
  const frozen = Math.max(0, right + 1 - shown.leads);
  const ids = shown.columns.slice(Math.max(left, shown.leads), right + 1).map((c) => c.id);
  return [
    { head: w.column },
    { text: w.wider, hint: "Alt →", does: () => g.width(right, g.widthOf(right) + step) },
    { text: w.narrower, hint: "Alt ←", does: () => g.width(right, g.widthOf(right) - step) },
    { text: w.ownWidth, does: () => g.width(right) },
    { text: w.moveBefore, hint: "Alt ⇧ ←", off: left <= (own ? shown.leads : 0), does: () => g.reorder(left, left - 1) },
    { text: w.moveAfter, hint: "Alt ⇧ →", off: right + 1 >= (own ? shown.columns.length : shown.leads), does: () => g.reorder(left, left + 2) },
    { text: w.freeze, checked: own && l.frozen === frozen, off: !own && !l.frozen, does: () => g.arrange(tidied({ ...l, frozen: l.frozen === frozen ? 0 : frozen })) },
    { text: w.hideColumn, off: !ids.length || ids.length === shown.columns.length - shown.leads, does: () => g.arrange(hidden(l, ids)) },
    ...(n ? [{ text: fill(w.showHidden, { n }), does: () => g.arrange(tidied({ ...l, hidden: [] })) }] : []),
  ];
}

// keyed does what a key with Alt means for a column; false: nothing.
export function keyed(g: Held, e: KeyboardEvent, column: number): boolean {
  const by = e.key === "ArrowLeft" ? -1 : e.key === "ArrowRight" ? 1 : 0;
  if (!by || !e.altKey) return false;
  if (e.shiftKey) g.reorder(column, by < 0 ? column - 1 : column + 2);
  else g.width(column, g.widthOf(column) + by * step);
  return true;
}

// holdEdge makes a column as wide as the pointer is moved.
export function holdEdge(g: Held, e: PointerEvent, column: number) {
  const width = g.widthOf(column);
  const from = e.clientX;
  const guide = line();
  const put = (x: number) => (guide.style.left = `${x}px`);
  const box = g.element.getBoundingClientRect();
  guide.style.top = `${box.top}px`;
  guide.style.height = `${box.height}px`;
  put(from);
  follow(e, (m) => put(m.clientX), (m) => {
    guide.remove();
    if (m && Math.abs(m.clientX - from) > 2) g.width(column, width + m.clientX - from);
  });
}

// holdHead moves a column with the pointer: a line shows where it will stand.
export function holdHead(g: Held, e: PointerEvent, column: number) {
  let guide: HTMLElement | undefined;
  let to = column;
  const box = g.element.getBoundingClientRect();
  follow(
    e,
    (m) => {
      if (!guide && Math.abs(m.clientX - e.clientX) < 8) return;
      if (!guide) {
        guide = line();
        guide.style.top = `${box.top}px`;
        guide.style.height = `${box.height}px`;
        document.body.classList.add("dragging");
      }
      const edges = g.edgesInView();
      to = 0;
      edges.forEach((x, i) => {
        if (Math.abs(x - m.clientX) < Math.abs(edges[to] - m.clientX)) to = i;
      });
      guide.style.left = `${Math.min(Math.max(edges[to], box.left), box.right - 2)}px`;
    },
    (m) => {
      document.body.classList.remove("dragging");
      guide?.remove();
      if (guide && m) g.reorder(column, to);
    },
  );
}

function line(): HTMLElement {
  const guide = make("div", "guide");
  document.body.append(guide);
  return guide;
}

// follow calls with every move of a pointer until it is let go; a pointer that was
// taken away gives none at the end.
function follow(e: PointerEvent, moved: (m: PointerEvent) => void, done: (m?: PointerEvent) => void) {
  const move = (m: PointerEvent) => {
    if (m.pointerId === e.pointerId) moved(m);
  };
  const end = (m: PointerEvent) => {
    if (m.pointerId !== e.pointerId) return;
    removeEventListener("pointermove", move);
    removeEventListener("pointerup", end);
    removeEventListener("pointercancel", end);
    done(m.type === "pointerup" ? m : undefined);
  };
  addEventListener("pointermove", move);
  addEventListener("pointerup", end);
  addEventListener("pointercancel", end);
}
