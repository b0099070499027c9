// The window in which nodes of a hierarchy are chosen: members, those below them
// when they are opened, ticked at any level.
import { ask } from "../adhoc/api";
import type { Dimension, Members } from "../adhoc/answers";
import { openDialog } from "../adhoc/dialog";
import { fill, w } from "../adhoc/words";
import { button, choose, labelled, make } from "../make";
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

class Tree {
  readonly element = make("ul", "tree");
  private readonly picked = new Map<string, Node>();

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
    if (found.more) list.append(make("li", "quiet", fill(w.onlyFirst, { n: found.members.length })));
    if (!found.members.length) list.append(make("li", "quiet", w.none));
  }

  private item(node: Node): HTMLElement {
    const item = make("li", "node");
    const line = make("div", "node-line");
    item.setAttribute("role", "treeitem");
    item.setAttribute("aria-level", String(node.level + 1));
    item.setAttribute("aria-selected", "false");
    item.setAttribute("aria-label", node.label || "–");
    item.tabIndex = -1;
    const tick = make("span", "node-tick");
    const below = node.level + 1 < this.hierarchy.levels.length;
    const more = button("node-open", "▸", () => this.toggle(item, node));
    more.tabIndex = -1;
    more.setAttribute("aria-hidden", "true");
    if (!below) more.style.visibility = "hidden";
    else item.setAttribute("aria-expanded", "false");
    const name = make("span", "node-name");
    name.append(tick, make("bdi", "", node.label || "–"));
    name.addEventListener("click", () => this.tick(item, node));
    line.append(more, name);
    item.append(line);
    item.addEventListener("node", (e) => {
      if (e.target !== item) return;
      if ((e as CustomEvent<string>).detail === "tick") this.tick(item, node);
      else if (below) this.toggle(item, node);
    });
    return item;
  }

  private tick(item: HTMLElement, node: Node) {
    const id = JSON.stringify(node.keys);
    const on = !this.picked.has(id);
    if (on) this.picked.set(id, node);
    else this.picked.delete(id);
    item.setAttribute("aria-selected", String(on));
    this.focus(item);
  }

  private toggle(item: HTMLElement, node: Node) {
    const open = item.getAttribute("aria-expanded") !== "true";
    item.setAttribute("aria-expanded", String(open));
    let list = item.querySelector<HTMLElement>(":scope > ul");
    if (list) list.hidden = !open;
    if (list || !open) return;
    list = make("ul", "");
    list.setAttribute("role", "group");
    list.append(make("li", "quiet", w.asking));
    item.append(list);
    const to = list;
    this.open(to, node.keys).catch((e: unknown) => to.replaceChildren(make("li", "trouble", e instanceof Error ? e.message : String(e))));
  }

  private focus(item: HTMLElement) {
    this.element.querySelector("[tabindex='0']")?.setAttribute("tabindex", "-1");
    item.tabIndex = 0;
    item.focus();
  }

  // key moves as trees do: right opens, left closes or leads to the node above.
  private key(e: KeyboardEvent) {
    const item = (e.target as HTMLElement).closest<HTMLElement>("[role=treeitem]");
    if (!item) return;
    const all = [...this.element.querySelectorAll<HTMLElement>("[role=treeitem]")].filter((x) => x.getClientRects().length > 0);
    const i = all.indexOf(item);
    const expanded = item.getAttribute("aria-expanded");
    const tell = (what: string) => item.dispatchEvent(new CustomEvent("node", { detail: what }));
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
        if (expanded === "false") tell("open");
        else if (expanded === "true") to = all[i + 1];
        break;
      case "ArrowLeft":
        if (expanded === "true") tell("open");
        else to = item.parentElement?.closest<HTMLElement>("[role=treeitem]");
        break;
      case " ":
        tell("tick");
        break;
      default:
        return;
    }
    e.preventDefault();
    if (to) this.focus(to);
  }
}
