// What the question is made of, in rows of chips: rows, columns, measures,
// filters. A chip has a menu, can be dragged, and moved by the keyboard.
import { addDrop, dragged } from "../adhoc/drag";
import { openMenu } from "../adhoc/menu";
import { w } from "../adhoc/words";
import { button, make } from "../make";
import type { Actions } from "./actions";
import type { Desk } from "./desk";
import { havingTitle, topTitle } from "./filters";
import { place, remove, tidy, type Axis } from "./query";
import { titleOf } from "./where";

type Place = Axis | "filters";

export class Shelves {
  readonly element = make("section", "shelves");
  private readonly lists = new Map<Place, HTMLElement>();

  constructor(
    private readonly desk: Desk,
    private readonly actions: Actions,
  ) {
    this.element.setAttribute("aria-label", w.question);
    const titles: [Place, string][] = [
      ["rows", w.rows],
      ["columns", w.columns],
      ["measures", w.measures],
      ["filters", w.filters],
    ];
    for (const [at, title] of titles) this.element.append(this.shelf(at, title));
  }

  private shelf(at: Place, title: string): HTMLElement {
    const box = make("div", "shelf");
    const head = make("h2", "", title);
    head.id = `shelf-${at}`;
    const list = make("ul", "chips");
    list.setAttribute("aria-labelledby", head.id);
    box.append(head, list);
    this.lists.set(at, list);
    const mark = make("li", "mark");
    addDrop({
      element: box,
      over: (x, y) => {
        const before = this.chips(at)[this.position(at, x, y)]?.parentElement ?? null;
        list.insertBefore(mark, before);
        box.classList.add("over");
      },
      out: () => {
        mark.remove();
        box.classList.remove("over");
      },
      take: (what, x, y) => this.take(what, at, this.position(at, x, y)),
    });
    return box;
  }

  private chips(at: Place): HTMLElement[] {
    return [...(this.lists.get(at)?.querySelectorAll<HTMLElement>(".chip") ?? [])];
  }

  // position is where in the list a thing would be dropped.
  private position(at: Place, x: number, y: number): number {
    const boxes = this.chips(at).map((c) => c.getBoundingClientRect());
    const i = boxes.findIndex((b) => y < b.bottom && x < b.left + b.width / 2);
    return i < 0 ? boxes.length : i;
  }

  private take(what: string, at: Place, to: number) {
    const { meta, step } = this.desk;
    const isMeasure = meta.isMeasure(what);
    if (at === "filters") this.actions.filter(what);
    else if (isMeasure !== (at === "measures")) this.actions.put(what);
    else this.desk.change(place(step.query, what, at, to));
  }

  show() {
    const focused = (document.activeElement as HTMLElement | null)?.dataset.chip;
    const { meta, step } = this.desk;
    const q = step.query;
    const fill = (at: Place, chips: HTMLElement[]) => {
      const list = this.lists.get(at);
      list?.replaceChildren(...chips);
      if (!chips.length) list?.append(make("li", "quiet", at === "filters" ? "–" : w.dropHere));
    };
    for (const at of ["rows", "columns", "measures"] as const) {
      fill(at, (q[at] ?? []).map((name) => this.chip(at, name, at === "measures" ? meta.title(name) : meta.full(name), meta.measure(name)?.description ?? meta.attribute(name)?.description ?? "")));
    }
    fill("filters", [
      ...(q.where ?? []).map((f, i) => this.filterChip(i, titleOf(f, meta))),
      ...(q.top ? [this.rankingChip("top", topTitle(q.top, (n) => meta.title(n), (n) => meta.full(n), q.rows ?? []), () => this.desk.change(tidy({ ...q, top: undefined })))] : []),
      ...(q.having ?? []).map((h, i) => this.rankingChip(`having-${i}`, havingTitle(h, (n) => meta.title(n)), () => this.desk.change(tidy({ ...q, having: (q.having ?? []).filter((_, k) => k !== i) })))),
    ]);
    if (focused) this.element.querySelector<HTMLElement>(`[data-chip="${CSS.escape(focused)}"]`)?.focus();
  }

  private chip(at: Axis, name: string, title: string, description: string): HTMLElement {
    const item = make("li", "");
    const b = button("chip", title, () => openMenu(b.getBoundingClientRect(), title, this.actions.ofChip(name, at)));
    b.dataset.chip = `${at}/${name}`;
    b.setAttribute("aria-haspopup", "menu");
    b.title = description;
    dragged(b, name, title);
    b.addEventListener("keydown", (e) => this.key(e, at, name));
    item.append(b, this.cross(title, () => this.desk.change(remove(this.desk.step.query, name))));
    return item;
  }

  private cross(title: string, does: () => void): HTMLElement {
    const x = button("cross", "×", does);
    x.setAttribute("aria-label", `${w.remove}: ${title}`);
    return x;
  }

  private filterChip(i: number, title: string): HTMLElement {
    const item = make("li", "");
    const off = () => {
      const q = this.desk.step.query;
      this.desk.change(tidy({ ...q, where: (q.where ?? []).filter((_, k) => k !== i) }));
    };
    const b = button("chip filter", title, () => this.actions.editFilter(i));
    b.dataset.chip = `filters/${i}`;
    b.title = title;
    b.addEventListener("keydown", (e) => {
      if (e.key === "Delete" || e.key === "Backspace") off();
    });
    item.append(b, this.cross(title, off));
    return item;
  }

  private rankingChip(name: string, title: string, off: () => void): HTMLElement {
    const item = make("li", "");
    const b = button("chip filter", title, () => this.actions.ranking());
    b.dataset.chip = `filters/${name}`;
    b.title = title;
    b.addEventListener("keydown", (e) => {
      if (e.key === "Delete" || e.key === "Backspace") off();
    });
    item.append(b, this.cross(title, off));
    return item;
  }

  // key moves a chip on its shelf or to the other axis, or takes it off.
  private key(e: KeyboardEvent, at: Axis, name: string) {
    const q = this.desk.step.query;
    const i = (q[at] ?? []).indexOf(name);
    const n = (q[at] ?? []).length;
    if (e.key === "Delete" || e.key === "Backspace") this.desk.change(remove(q, name));
    else if (e.altKey && e.key === "ArrowLeft" && i > 0) this.desk.change(place(q, name, at, i - 1));
    else if (e.altKey && e.key === "ArrowRight" && i < n - 1) this.desk.change(place(q, name, at, i + 2));
    else if (e.altKey && (e.key === "ArrowUp" || e.key === "ArrowDown") && at !== "measures") {
      const other = at === "rows" ? "columns" : "rows";
      this.desk.change(place(q, name, other));
      this.element.querySelector<HTMLElement>(`[data-chip="${CSS.escape(`${other}/${name}`)}"]`)?.focus();
    } else return;
    e.preventDefault();
  }
}
