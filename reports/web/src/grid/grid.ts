// A grid of any size: only the cells in view are elements, and these are used
// again as it scrolls in either direction. Heads and the first columns stay.
import { make } from "../make";
import type { Item } from "../adhoc/menu";
import { Axis, columnAt, edges, runs, shrink, staying, type Run } from "./geometry";
import { columnItems, holdEdge, holdHead, keyed, type Held } from "./heads";
import { arranged, hiddenOf, moved, widened, type Arranged, type Layout } from "./layout";
import { area, move, within, type Area, type Place } from "./selection";
import { headRows, nothing, tsv, type Column, type Source } from "./source";

const rowHeight = 27;
const headHeight = 25;
const lastHeadHeight = 40;
const spare = 2; // rows and columns drawn beyond the edge

// On is what a grid tells of. Places have the columns of the source.
export type On = {
  moved?(place: Place): void; // another cell is the current one
  menu?(place: Place, at: DOMRect): void; // what can be done with it is asked for
  sort?(place: Place, add: boolean): void; // a head was clicked twice
  arranged?(l: Layout): void; // the reader has arranged the columns
  reorder?(column: number, before: number): boolean; // a column was put before another, or at the end; true: that is seen to
};

type Slot = { row: number; stamp: number; element: HTMLElement; shift: HTMLElement; fixed: HTMLElement[]; cells: HTMLElement[]; held: number[] };

let grids = 0;

export class Grid implements Held {
  readonly element = make("div", "grid");
  private readonly size = make("div", "grid-size");
  private readonly sheet = make("div", "grid-sheet");
  private readonly headBox = make("div", "grid-heads");
  private readonly body = make("div", "grid-body");
  private readonly id = `grid${++grids}`;
  private given: Source = nothing;
  private source: Arranged = arranged(nothing, {});
  private layout: Layout = {};
  private fixed = 0; // columns that stay in view
  private columns: Column[] = [];
  private lefts: number[] = [0];
  private fixedWidth = 0;
  private headLevels: Run[][] = [];
  private slots: Slot[] = [];
  private stamp = 0; // grows with every change that all cells must show
  private headStamp = "";
  private asked = 0;
  private current: Place = { row: 0, column: 0 };
  private began: Place = { row: 0, column: 0 };
  private vertical = new Axis(0, 0);
  private horizontal = new Axis(0, 0);

  constructor(private readonly on: On = {}) {
    this.element.tabIndex = 0;
    this.element.setAttribute("role", "grid");
    this.element.setAttribute("aria-multiselectable", "true");
    for (const e of [this.size, this.sheet]) e.setAttribute("role", "presentation");
    this.headBox.setAttribute("role", "rowgroup");
    this.body.setAttribute("role", "rowgroup");
    this.sheet.append(this.body, this.headBox);
    this.size.append(this.sheet);
    this.element.append(this.size);
    this.element.addEventListener("scroll", () => this.ask(), { passive: true });
    this.element.addEventListener("keydown", (e) => this.key(e));
    this.element.addEventListener("copy", (e) => this.copy(e));
    this.element.addEventListener("pointerdown", (e) => this.press(e));
    this.element.addEventListener("contextmenu", (e) => this.context(e));
    this.element.addEventListener("dblclick", (e) => this.twice(e));
    new ResizeObserver(() => this.fit()).observe(this.element);
  }

  // show exchanges the content; the current cell stays where it can.
  show(given: Source, keep = false, layout: Layout = {}) {
    this.given = given;
    this.layout = layout;
    this.source = arranged(given, layout);
    const { source } = this;
    this.headStamp = "";
    const last = { row: source.rows - 1, column: source.columns.length - 1 };
    const { row, column } = keep ? this.current : { row: 0, column: 0 };
    this.current = { row: Math.max(Math.min(row, last.row), 0), column: Math.max(Math.min(column, last.column), 0) };
    this.began = this.current;
    if (!keep) this.element.scrollTo(0, 0);
    this.element.setAttribute("aria-label", source.label);
    this.fit();
    this.tell();
  }

  // arrange shows the columns in another way, and tells so.
  arrange(layout: Layout) {
    this.layout = layout;
    this.source = arranged(this.given, layout);
    this.current.column = Math.max(0, Math.min(this.current.column, this.source.columns.length - 1));
    this.began = this.current;
    this.fit();
    this.on.arranged?.(layout);
  }

  content(): Source {
    return this.source;
  }

  // place is the current cell, with the column of the source.
  place(): Place {
    return this.placed(this.current);
  }

  private placed(p: Place): Place {
    return { row: p.row, column: this.source.from[p.column] ?? p.column };
  }

  // items are what can be done with the current column, or with those selected.
  items(): Item[] {
    const { left, right } = this.selected();
    return columnItems(this, this.given, this.source, this.layout, left, right);
  }

  // seen are the columns of the source that are shown, in the order in which they
  // are; undefined where they are as the source has them.
  seen(): number[] | undefined {
    const { from } = this.source;
    return from.length === this.given.columns.length && from.every((at, i) => at === i) ? undefined : from;
  }

  // hidden is how many columns are.
  hidden(): number {
    return hiddenOf(this.given, this.layout);
  }

  // width gives a shown column a width in pixels, or with none its own.
  width(column: number, width?: number) {
    this.arrange(widened(this.layout, this.source.columns[column].id, width));
  }

  widthOf(column: number): number {
    return this.columns[column].width;
  }

  // edgesInView are the left edges of the shown columns in the window, and the
  // right edge of the last.
  edgesInView(): number[] {
    const box = this.element.getBoundingClientRect();
    const left = this.horizontal.offset(this.element.scrollLeft);
    return this.lefts.map((x, i) => box.left + (i < this.fixed ? x : x - left));
  }

  // reorder puts a shown column before another.
  reorder(column: number, before: number) {
    if (before === column || before === column + 1) return;
    const source = (i: number) => this.source.from[i] ?? this.given.columns.length;
    if (this.on.reorder?.(source(column), source(before))) return;
    if (column < this.source.leads || before < this.source.leads) return;
    this.arrange(moved(this.layout, this.source, column, before));
    this.go({ row: -1, column: before > column ? before - 1 : before });
  }

  selected(): Area {
    return area(this.began, this.current);
  }

  // at is the element of a cell in view.
  at(p: Place): HTMLElement | null {
    return document.getElementById(this.idOf(p.row, p.column));
  }

  private idOf(row: number, column: number): string {
    return `${this.id}-${row}-${column}`;
  }

  private heads(): number {
    return headRows(this.source);
  }

  private headsHeight(): number {
    const n = this.heads();
    return n ? (n - 1) * headHeight + lastHeadHeight : 0;
  }

  private fit() {
    const s = this.source;
    const width = this.element.clientWidth;
    const height = this.element.clientHeight;
    this.columns = shrink(s.columns, s.leads, width);
    this.fixed = staying(this.columns, s.fixed, s.leads, width);
    this.lefts = edges(this.columns);
    this.fixedWidth = this.lefts[this.fixed] ?? 0;
    this.headLevels = Array.from({ length: this.heads() }, (_, i) => runs(this.columns, this.fixed, i));
    this.vertical = new Axis(s.rows * rowHeight + this.headsHeight(), height);
    this.horizontal = new Axis(this.lefts[this.lefts.length - 1], width);
    this.size.style.height = `${this.vertical.size}px`;
    this.element.style.setProperty("--high", `${this.vertical.size + 18}px`);
    this.size.style.width = `${this.horizontal.size}px`;
    this.sheet.style.width = `${width}px`;
    this.sheet.style.height = `${height}px`;
    this.element.setAttribute("aria-rowcount", String(s.rows + this.heads()));
    this.element.setAttribute("aria-colcount", String(s.columns.length));
    this.stamp++;
    this.headStamp = "";
    this.draw();
  }

  private ask() {
    if (!this.asked) this.asked = requestAnimationFrame(() => this.draw());
  }

  private draw() {
    cancelAnimationFrame(this.asked);
    this.asked = 0;
    const s = this.source;
    const top = this.vertical.offset(this.element.scrollTop);
    const left = this.horizontal.offset(this.element.scrollLeft);
    const heads = this.headsHeight();
    const first = Math.max(0, Math.floor(top / rowHeight) - spare);
    const end = Math.min(s.rows, Math.ceil((top + this.element.clientHeight - heads) / rowHeight) + spare);
    const from = Math.max(this.fixed, columnAt(this.lefts, left + this.fixedWidth) - spare);
    const to = Math.min(this.columns.length, columnAt(this.lefts, left + this.element.clientWidth) + 1 + spare);
    this.drawHeads(left, from, to);
    this.body.style.transform = `translateY(${heads}px)`;
    const chosen = this.selected();
    const room = Math.max(0, end - first);
    this.stock(room, Math.max(0, to - from));
    for (let row = first; row < end; row++) {
      const slot = this.slots[row % this.slots.length];
      this.drawRow(slot, row, from, to, chosen);
      slot.element.style.transform = `translateY(${row * rowHeight - top}px)`;
      slot.shift.style.transform = `translateX(${-left}px)`;
    }
    for (const slot of this.slots) slot.element.hidden = slot.row < first || slot.row >= end;
    this.point();
  }

  // stock sees to as many elements as are needed, and rather keeps more.
  private stock(rows: number, columns: number) {
    if (rows > this.slots.length || (this.slots[0] && this.slots[0].cells.length < columns) || (this.slots[0] && this.slots[0].fixed.length !== this.fixed)) {
      const wide = Math.max(columns, this.slots[0]?.cells.length ?? 0);
      const high = Math.max(rows, this.slots.length);
      this.body.replaceChildren();
      this.slots = Array.from({ length: high }, () => this.slot(wide));
      this.body.append(...this.slots.map((s) => s.element));
    }
  }

  private slot(columns: number): Slot {
    const element = make("div", "grid-row");
    const shift = make("div", "grid-shift");
    element.setAttribute("role", "row");
    shift.setAttribute("role", "presentation");
    const cells = Array.from({ length: columns }, () => make("div", "cell"));
    const fixed = Array.from({ length: this.fixed }, () => make("div", "cell"));
    shift.append(...cells);
    element.append(...fixed, shift);
    return { row: -1, stamp: -1, element, shift, cells, fixed, held: cells.map(() => -1) };
  }

  private drawRow(slot: Slot, row: number, from: number, to: number, chosen: Area) {
    const all = slot.row !== row || slot.stamp !== this.stamp;
    if (all) {
      slot.row = row;
      slot.stamp = this.stamp;
      slot.element.className = `grid-row ${this.source.rowClass(row)}`;
      slot.element.setAttribute("aria-rowindex", String(row + this.heads() + 1));
      slot.fixed.forEach((e, column) => this.drawCell(e, row, column, chosen));
      slot.held.fill(-1);
    }
    const n = slot.cells.length;
    const kept = new Set<number>();
    for (let column = from; column < to; column++) {
      const k = column % n;
      kept.add(k);
      if (slot.held[k] === column) continue;
      slot.held[k] = column;
      this.drawCell(slot.cells[k], row, column, chosen);
    }
    for (let k = 0; k < n; k++) {
      if (kept.has(k)) continue;
      slot.held[k] = -1;
      if (!slot.cells[k].hidden) slot.cells[k].hidden = true;
    }
  }

  private drawCell(e: HTMLElement, row: number, column: number, chosen: Area) {
    const c = this.source.cell(row, column);
    const col = this.columns[column];
    const isFixed = column < this.fixed;
    const on = within(chosen, row, column) ? (row === this.current.row && column === this.current.column ? " now" : " on") : "";
    e.className = `cell ${col.number ? "num " : ""}${isFixed ? "pin " : ""}${col.total ? "all " : ""}${c.className}${on}`;
    e.textContent = c.text;
    e.hidden = false;
    e.id = this.idOf(row, column);
    e.setAttribute("role", column < this.source.leads ? "rowheader" : "gridcell");
    e.setAttribute("aria-colindex", String(column + 1));
    e.setAttribute("aria-selected", String(on !== ""));
    e.style.left = `${this.lefts[column]}px`;
    e.style.width = `${col.width}px`;
    if (c.bar) e.append(bar(c.bar));
  }

  private drawHeads(left: number, from: number, to: number) {
    const stamp = [left, from, to, this.stamp].join(" ");
    if (stamp === this.headStamp) return;
    this.headStamp = stamp;
    const chosen = this.selected();
    this.headBox.replaceChildren(
      ...this.headLevels.map((level, i) => {
        const last = i === this.headLevels.length - 1;
        const row = i - this.headLevels.length;
        const line = make("div", `head-row${last ? " last" : ""}`);
        line.setAttribute("role", "row");
        line.setAttribute("aria-rowindex", String(i + 1));
        line.style.height = `${last ? lastHeadHeight : headHeight}px`;
        for (let c = 0; c < this.fixed; c++) line.append(this.head(row, c, { from: c, to: c, text: this.columns[c].heads[i] ?? "" }, 0, last, chosen));
        for (const run of level) {
          if (run.to >= from && run.from < to) line.append(this.head(row, run.from, run, left, last, chosen));
        }
        return line;
      }),
    );
  }

  // head is one head, whose text stays in view as long as its columns do.
  private head(row: number, column: number, run: Run, left: number, last: boolean, chosen: Area): HTMLElement {
    const col = this.columns[column];
    const isFixed = column < this.fixed;
    const on = run.to >= chosen.left && run.from <= chosen.right && row >= chosen.top && row <= chosen.bottom;
    const now = row === this.current.row && this.current.column >= run.from && this.current.column <= run.to;
    const e = make("div", `cell top ${isFixed ? "pin " : ""}${last && col.number ? "num " : ""}${now ? "now" : on ? "on" : ""}`);
    e.setAttribute("role", run.text ? "columnheader" : "gridcell");
    e.setAttribute("aria-colindex", String(column + 1));
    if (run.to > run.from) e.setAttribute("aria-colspan", String(run.to - run.from + 1));
    e.id = this.idOf(row, now ? this.current.column : column);
    e.dataset.column = String(column);
    e.dataset.row = String(row);
    const x = this.lefts[run.from] - (isFixed ? 0 : left);
    const width = this.lefts[run.to + 1] - this.lefts[run.from];
    e.style.left = `${x}px`;
    e.style.width = `${width}px`;
    if (!isFixed && !(last && col.number)) e.style.paddingLeft = `${Math.min(Math.max(this.fixedWidth - x, 0), Math.max(width - 40, 0)) + 8}px`;
    e.append(make("span", "", run.text));
    if (last) {
      if (col.sorted) e.setAttribute("aria-sort", col.sorted === "asc" ? "ascending" : "descending");
      if (col.title) e.title = col.title;
      if (col.rank) e.append(make("sup", "", String(col.rank)));
      if (col.unit) e.append(make("small", "", col.unit));
      e.append(make("i", "grip"));
    }
    return e;
  }

  // point names the current cell for those who hear the page.
  private point() {
    const id = this.idOf(this.current.row, this.current.column);
    if (document.getElementById(id)) this.element.setAttribute("aria-activedescendant", id);
    else this.element.removeAttribute("aria-activedescendant");
  }

  // go makes a cell the current one and brings it into view.
  go(to: Place, extend = false) {
    this.current = to;
    if (!extend) this.began = to;
    this.reveal();
    this.stamp++;
    this.draw();
    this.tell();
  }

  private tell() {
    this.on.moved?.(this.place());
  }

  private reveal() {
    const { row, column } = this.current;
    const e = this.element;
    if (row >= 0) {
      const top = this.vertical.offset(e.scrollTop);
      const room = e.clientHeight - this.headsHeight();
      if (row * rowHeight < top) e.scrollTop = this.vertical.scroll(row * rowHeight);
      else if ((row + 1) * rowHeight > top + room) e.scrollTop = this.vertical.scroll((row + 1) * rowHeight - room);
    }
    if (column >= this.fixed && column < this.columns.length) {
      const left = this.horizontal.offset(e.scrollLeft);
      if (this.lefts[column] - this.fixedWidth < left) e.scrollLeft = this.horizontal.scroll(this.lefts[column] - this.fixedWidth);
      else if (this.lefts[column + 1] > left + e.clientWidth) e.scrollLeft = this.horizontal.scroll(this.lefts[column + 1] - e.clientWidth);
    }
  }

  private key(e: KeyboardEvent) {
    const jump = e.ctrlKey || e.metaKey;
    const page = Math.max(1, Math.floor((this.element.clientHeight - this.headsHeight()) / rowHeight) - 1);
    const extent = { heads: this.heads(), rows: this.source.rows, columns: this.source.columns.length, page };
    const to = extent.columns && !e.altKey ? move(this.current, e.key, jump, extent) : undefined;
    if (to) {
      this.go(to, e.shiftKey);
    } else if (extent.columns && keyed(this, e, this.current.column)) {
      // the column is another way now
    } else if (jump && e.key.toLowerCase() === "a" && extent.columns) {
      this.began = { row: -extent.heads, column: 0 };
      this.current = { row: extent.rows - 1, column: extent.columns - 1 };
      this.stamp++;
      this.draw();
    } else if (e.key === "Enter" || e.key === " " || e.key === "ContextMenu" || (e.key === "F10" && e.shiftKey)) {
      this.openMenu();
    } else {
      return;
    }
    e.preventDefault();
  }

  // openMenu asks for what can be done with the current cell.
  openMenu() {
    if (!this.source.columns.length) return;
    const cell = this.at(this.current) ?? this.element;
    this.on.menu?.(this.place(), cell.getBoundingClientRect());
  }

  private copy(e: ClipboardEvent) {
    if (!this.source.columns.length || String(getSelection() ?? "")) return;
    e.clipboardData?.setData("text/plain", this.text());
    e.preventDefault();
  }

  // text is the selection as a spreadsheet takes it, with all digits.
  text(heads = false): string {
    const a = this.selected();
    return tsv(this.source, heads ? -this.heads() : a.top, a.left, a.bottom, a.right, heads && a.top >= 0 ? a.top : undefined);
  }

  private placeOf(target: EventTarget | null): Place | undefined {
    const cell = (target as HTMLElement | null)?.closest<HTMLElement>(".cell");
    const m = cell?.id.match(/-(-?\d+)-(\d+)$/);
    return m ? { row: Number(m[1]), column: Number(m[2]) } : undefined;
  }

  private press(e: PointerEvent) {
    const p = this.placeOf(e.target);
    if (!p || e.button !== 0) return;
    this.element.focus({ preventScroll: true });
    if ((e.target as HTMLElement).closest(".grip")) {
      e.preventDefault();
      return holdEdge(this, e, p.column);
    }
    this.go(p, e.shiftKey);
    if (e.pointerType === "touch") return;
    e.preventDefault();
    if (p.row === -1 && !e.shiftKey) return holdHead(this, e, p.column);
    const drag = (m: PointerEvent) => {
      const to = this.placeOf(document.elementFromPoint(m.clientX, m.clientY));
      if (to && (to.row !== this.current.row || to.column !== this.current.column)) this.go(to, true);
    };
    addEventListener("pointermove", drag);
    addEventListener("pointerup", () => removeEventListener("pointermove", drag), { once: true });
  }

  private context(e: MouseEvent) {
    const p = this.placeOf(e.target);
    if (!p || !this.on.menu) return;
    e.preventDefault();
    if (!within(this.selected(), p.row, p.column)) this.go(p);
    this.on.menu(this.placed(p), new DOMRect(e.clientX, e.clientY, 0, 0));
  }

  // twice sorts by a head, or gives a column its own width at the edge of one.
  private twice(e: MouseEvent) {
    const p = this.placeOf(e.target);
    if (!p || p.row !== -1) return;
    if ((e.target as HTMLElement).closest(".grip")) this.width(p.column);
    else this.on.sort?.(this.placed(p), e.shiftKey);
  }
}

// bar is a bar from the middle to the right or left, or from the left where no
// value is below zero (then the sign is +).
function bar(share: number): HTMLElement {
  const b = make("i", share < 0 ? "bar less" : "bar");
  b.style.width = `${Math.min(Math.abs(share), 1) * 100}%`;
  return b;
}
