// The list of all fields of a cube, to pick from by pointer or keyboard.
import { dragged } from "../adhoc/drag";
import { openMenu } from "../adhoc/menu";
import { w } from "../adhoc/words";
import { button, choose, make } from "../make";
import type { Actions } from "./actions";
import type { Desk } from "./desk";

export class Fields {
  readonly element = make("section", "fields");
  private readonly list = make("div", "field-list");
  private readonly search = make("input", "");
  private readonly cubes = make("div", "");
  private readonly opened = new Set<string>();

  constructor(
    private readonly desk: Desk,
    private readonly actions: Actions,
  ) {
    this.element.setAttribute("aria-label", w.fields);
    this.search.type = "search";
    this.search.placeholder = w.find;
    this.search.setAttribute("aria-label", w.find);
    this.search.addEventListener("input", () => this.show());
    this.element.append(this.cubes, this.search, this.list);
    this.element.addEventListener("keydown", (e) => this.key(e));
  }

  show() {
    const { desk } = this;
    const cube = choose(desk.cubes.map((c) => [c.name, c.title]), desk.meta.cube.name, (name) => this.actions.openCube(name));
    cube.setAttribute("aria-label", w.cube);
    cube.title = desk.meta.cube.description;
    this.cubes.replaceChildren(cube);
    const words = this.search.value.trim().toLowerCase();
    const has = (...texts: string[]) => !words || texts.some((t) => t.toLowerCase().includes(words));
    const groups: HTMLElement[] = [];
    const measures = desk.meta.cube.measures.filter((m) => has(m.title, m.name));
    if (measures.length) groups.push(this.group(w.measures, "", measures.map((m) => this.field(m.name, m.title, m.description, true)), true));
    for (const d of desk.meta.cube.dimensions) {
      const found = d.attributes.filter((a) => has(a.title, a.name, d.title));
      if (found.length) groups.push(this.group(d.title, d.description, found.map((a) => this.field(a.name, a.title, a.description, false)), Boolean(words)));
    }
    this.list.replaceChildren(...groups);
    if (!groups.length) this.list.append(make("p", "quiet", w.noFields));
  }

  private group(title: string, description: string, fields: HTMLElement[], open: boolean): HTMLElement {
    const box = make("details", "group");
    box.open = open || this.opened.has(title);
    const head = make("summary", "", title);
    if (description) head.title = description;
    box.addEventListener("toggle", () => (box.open ? this.opened.add(title) : this.opened.delete(title)));
    const list = make("ul", "");
    list.append(...fields);
    box.append(head, list);
    return box;
  }

  private field(name: string, title: string, description: string, isMeasure: boolean): HTMLElement {
    const item = make("li", "");
    const used = this.actions.isUsed(name);
    const b = button(`pick${used ? " used" : ""}`, title, () => this.actions.toggle(name));
    b.dataset.field = name;
    b.setAttribute("aria-pressed", String(used));
    if (description) b.title = description;
    dragged(b, name, title);
    b.addEventListener("contextmenu", (e) => {
      e.preventDefault();
      this.menu(name, title, b);
    });
    const more = button("more", "⋯", () => this.menu(name, title, more));
    more.setAttribute("aria-label", `${title}: ${w.actions}`);
    more.tabIndex = -1;
    item.append(b, more);
    item.classList.toggle("measure", isMeasure);
    return item;
  }

  private menu(name: string, title: string, at: HTMLElement) {
    openMenu(at.getBoundingClientRect(), title, this.actions.ofField(name));
  }

  // key moves among the fields; a letter does what the menu offers.
  private key(e: KeyboardEvent) {
    const at = e.target as HTMLElement;
    if (at.matches("input, select")) {
      if (e.key === "ArrowDown" && at === this.search) this.focusFirst();
      return;
    }
    const all = [...this.list.querySelectorAll<HTMLElement>("summary, details[open] .pick")];
    const i = all.indexOf(at);
    const name = at.dataset.field;
    if (e.key === "ArrowDown") all[i + 1]?.focus();
    else if (e.key === "ArrowUp") (all[i - 1] ?? this.search).focus();
    else if (e.key === "Home") all[0]?.focus();
    else if (e.key === "End") all[all.length - 1]?.focus();
    else if (name && (e.key === "ContextMenu" || (e.key === "F10" && e.shiftKey) || e.key === "ArrowRight")) this.menu(name, at.textContent ?? "", at);
    else return;
    e.preventDefault();
  }

  private focusFirst() {
    (this.list.querySelector<HTMLElement>("details[open] .pick") ?? this.list.querySelector<HTMLElement>("summary"))?.focus();
  }

  // again gives the focus back to a field after the list was drawn anew.
  again(draw: () => void) {
    const name = (document.activeElement as HTMLElement | null)?.dataset.field;
    const top = this.list.scrollTop;
    const inside = this.list.contains(document.activeElement);
    draw();
    this.list.scrollTop = top;
    if (inside && name) this.list.querySelector<HTMLElement>(`.pick[data-field="${CSS.escape(name)}"]`)?.focus({ preventScroll: true });
  }
}
