// The window in which nodes of a hierarchy are chosen: members, those below them
// when they are opened, ticked at any level.
import { ask } from "../adhoc/api";
import type { Dimension, Members } from "../adhoc/answers";
import { openDialog } from "../adhoc/dialog";
import { fill, w } from "../adhoc/words";
import { choose, labelled, make } from "../make";
import type { Desk } from "./desk";
import type { Filter } from "./query";
import { grouped } from "./where";

type Hierarchy = Dimension["hierarchies"][number];

// Node is a member with the members above it, by their keys.
type Node = { level: number; keys: string[]; label: string };

// hierarchiesOf are the hierarchies of a cube that have more than one level.
export function hierarchiesOf(desk: Desk): { dimension: Dimension; hierarchy: Hierarchy }[] {
  return desk.meta.cube.dimensions.flatMap((dimension) => dimension.hierarchies.filter((h) => h.levels.length > 1).map((hierarchy) => ({ dimension, hierarchy })));
}

// nodeDialog lets nodes be chosen, and gives the filter that keeps them.
export function nodeDialog(desk: Desk, hierarchy: Hierarchy, title: string, done: (f: Filter) => void) {
  const tree = new Tree(desk, hierarchy);
  const way = choose(
    [
      ["in", w.is],
      ["not_in", w.isNot],
    ],
    "in",
  );
  const dialog = openDialog(title, w, () => {
    const nodes = tree.chosen();
    if (!nodes.length) return w.needValue;
    done(filterOf(hierarchy, nodes, way.value === "not_in"));
    return "";
  });
  dialog.body.append(labelled(w.operator, way), tree.element);
  tree.begin().catch((e: unknown) => dialog.refuse(e instanceof Error ? e.message : String(e)));
}

// filterOf keeps the nodes, or all but them. Nodes under the same members are one
// condition; what stands below a node is known by the members above it as well, as
// two may have the same name.
function filterOf(h: Hierarchy, nodes: Node[], out: boolean): Filter {
  const op = out ? "not_key_in" : "key_in";
  const bySame = new Map<string, Node[]>();
  for (const n of nodes) {
    const above = JSON.stringify(n.keys.slice(0, -1));
    bySame.set(above, [...(bySame.get(above) ?? []), n]);
  }
  const list = [...bySame.values()].map((same) => {
    const [{ level, keys }] = same;
    const above = h.levels.slice(0, level).map((field, i): Filter => ({ field, op, values: [keys[i]] }));
    return grouped([...above, { field: h.levels[level], op, values: same.map((n) => n.keys[n.keys.length - 1]) }], out);
  });
  return grouped(list, !out);
}

// quiet is a line of a tree that is no member.
function quiet(text: string): HTMLElement {
  const item = make("li", "quiet", text);
  item.setAttribute("role", "none");
  return item;
}

class Tree {
  readonly element = make("ul", "tree");
  private readonly picked = new Map<string, Node>();
  private readonly does = new Map<HTMLElement, { tick(): void; toggle(): void }>();

  constructor(
    private readonly desk: Desk,
    private readonly hierarchy: Hierarchy,
  ) {
    this.element.setAttribute("role", "tree");
    this.element.setAttribute("aria-label", hierarchy.title);
    this.element.setAttribute("aria-multiselectable", "true");
    this.element.addEventListener("keydown", (e) => this.key(e));
  }

  chosen(): Node[] {
    return [...this.picked.values()];
  }

  async begin() {
    await this.open(this.element, []);
    this.element.querySelector<HTMLElement>("[role=treeitem]")?.setAttribute("tabindex", "0");
    this.element.querySelector<HTMLElement>("[role=treeitem]")?.focus();
  }

  // open lists the members below the given ones.
  private async open(list: HTMLElement, above: string[]) {
    const field = this.hierarchy.levels[above.length];
    const where = above.map((key, i): Filter => ({ field: this.hierarchy.levels[i], op: "key_in", values: [key] }));
    const found = await ask<Members>(`cubes/${this.desk.meta.cube.name}/members`, { params: { attribute: field, limit: "500", ...(where.length ? { where: JSON.stringify(where) } : {}) } });
    list.replaceChildren(
      ...found.members.map((m) => {
        this.desk.meta.learn(field, m.key, m.label);
        return this.item({ level: above.length, keys: [...above, m.key], label: m.label });
      }),
    );
    if (found.more) list.append(quiet(fill(w.onlyFirst, { n: found.members.length })));
    if (!found.members.length) list.append(quiet(w.none));
  }

  // item is a member: its line is the item of the tree, the list below it its group.
  private item(node: Node): HTMLElement {
    const item = make("li", "");
    const line = make("div", "node");
    item.setAttribute("role", "none");
    line.setAttribute("role", "treeitem");
    line.setAttribute("aria-level", String(node.level + 1));
    line.setAttribute("aria-selected", "false");
    line.tabIndex = -1;
    const below = node.level + 1 < this.hierarchy.levels.length;
    const open = make("span", "node-open", below ? "▸" : "");
    open.setAttribute("aria-hidden", "true");
    const name = make("span", "node-name");
    name.append(make("span", "node-tick"), make("bdi", "", node.label || "–"));
    if (below) {
      line.setAttribute("aria-expanded", "false");
      open.addEventListener("click", () => this.toggle(item, line, node));
    }
    name.addEventListener("click", () => this.tick(line, node));
    line.append(open, name);
    item.append(line);
    this.does.set(line, { tick: () => this.tick(line, node), toggle: () => this.toggle(item, line, node) });
    return item;
  }

  private tick(line: HTMLElement, node: Node) {
    const id = JSON.stringify(node.keys);
    const on = !this.picked.has(id);
    if (on) this.picked.set(id, node);
    else this.picked.delete(id);
    line.setAttribute("aria-selected", String(on));
    this.focus(line);
  }

  private toggle(item: HTMLElement, line: HTMLElement, node: Node) {
    const open = line.getAttribute("aria-expanded") !== "true";
    line.setAttribute("aria-expanded", String(open));
    let list = item.querySelector<HTMLElement>(":scope > ul");
    if (list) list.hidden = !open;
    if (list || !open) return;
    list = make("ul", "");
    list.setAttribute("role", "group");
    list.append(quiet(w.asking));
    item.append(list);
    const to = list;
    this.open(to, node.keys).catch((e: unknown) => to.replaceChildren(quiet(e instanceof Error ? e.message : String(e))));
  }

  private focus(line: HTMLElement) {
    this.element.querySelector("[tabindex='0']")?.setAttribute("tabindex", "-1");
    line.tabIndex = 0;
    line.focus();
  }

  // key moves as trees do: right opens, left closes or leads to the node above.
  private key(e: KeyboardEvent) {
    const item = (e.target as HTMLElement).closest<HTMLElement>("[role=treeitem]");
    if (!item) return;
    const all = [...this.element.querySelectorAll<HTMLElement>("[role=treeitem]")].filter((x) => x.getClientRects().length > 0);
    const i = all.indexOf(item);
    const expanded = item.getAttribute("aria-expanded");
    const does = this.does.get(item);
    let to: HTMLElement | null | undefined;
    switch (e.key) {
      case "ArrowDown":
        to = all[i + 1];
        break;
      case "ArrowUp":
        to = all[i - 1];
        break;
      case "Home":
        to = all[0];
        break;
      case "End":
        to = all[all.length - 1];
        break;
      case "ArrowRight":
        if (expanded === "false") does?.toggle();
        else if (expanded === "true") to = all[i + 1];
        break;
      case "ArrowLeft":
        if (expanded === "true") does?.toggle();
        else to = item.closest("ul")?.parentElement?.querySelector<HTMLElement>(":scope > .node");
        break;
      case " ":
        does?.tick();
        break;
      default:
        return;
    }
    e.preventDefault();
    if (to) this.focus(to);
  }
}
