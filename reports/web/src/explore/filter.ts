// The window in which a filter is made: members to tick, or a condition.
import { ask } from "../adhoc/api";
import type { Members } from "../adhoc/answers";
import { openDialog } from "../adhoc/dialog";
import { fill, w } from "../adhoc/words";
import { choose, labelled, make } from "../make";
import type { Desk } from "./desk";
import type { Filter } from "./query";

const byKeys: Record<string, string> = { in: "key_in", not_in: "not_key_in" };

function operators(type: string): [string, string][] {
  const ordered: [string, string][] = [
    [">=", w.atLeast],
    ["<=", w.atMost],
    ["between", w.between],
  ];
  const texts: [string, string][] = [
    ["contains", w.contains],
    ["not_contains", w.containsNot],
    ["starts", w.starts],
  ];
  return [["in", w.is], ["not_in", w.isNot], ...(type === "text" ? texts : type === "boolean" ? [] : ordered), ["is_null", w.isNull], ["not_null", w.notNull]];
}

// The operators that the window shows as another.
const alike: Record<string, string> = { key_in: "in", not_key_in: "not_in", "=": "in", "!=": "not_in" };

// isPlain tells filters that the window can edit.
export function isPlain(f: Filter): boolean {
  return f.op !== undefined && (f.op in alike || [...operators("text"), ...operators("date")].some(([op]) => op === f.op));
}

// filterDialog edits a filter and gives the one made.
export function filterDialog(desk: Desk, f: Filter, done: (f: Filter) => void) {
  const field = f.field ?? "";
  let op = alike[f.op ?? ""] ?? f.op ?? "in";
  const byKey = f.op === "key_in" || f.op === "not_key_in" || !(f.values ?? []).length;
  const picker = new Picker(desk, field, f.values ?? [], byKey);
  const values = make("div", "values");
  const inputs = () => [...values.querySelectorAll("input")].map((i) => i.value.trim());
  const draw = () => {
    values.replaceChildren();
    if (op === "in" || op === "not_in") values.append(picker.element);
    else if (op === "between") values.append(labelled(w.from, make("input", "")), labelled(w.to, make("input", "")));
    else if (!op.endsWith("null")) values.append(labelled(w.value, make("input", "")));
    values.querySelectorAll<HTMLInputElement>("label.field input").forEach((i, k) => (i.value = (f.op === op && f.values?.[k]) || ""));
  };
  const dialog = openDialog(desk.meta.full(field), w, () => {
    if (op === "in" || op === "not_in") {
      const chosen = picker.chosen();
      if (!chosen.length) return w.needValue;
      done({ field, op: picker.byKey ? byKeys[op] : op, values: chosen });
      return "";
    }
    const typed = op.endsWith("null") ? [] : inputs();
    if (typed.some((v) => !v)) return w.needValue;
    done({ field, op, ...(typed.length ? { values: typed } : {}) });
    return "";
  });
  const type = desk.meta.attribute(field)?.type ?? "text";
  const select = choose(operators(type), op, (v) => {
    op = v;
    draw();
  });
  dialog.body.append(labelled(w.operator, select), values);
  draw();
  picker.find();
  values.querySelector("input")?.focus();
}

// Picker lists members to tick, those that are ticked first.
class Picker {
  readonly element = make("fieldset", "picker");
  private readonly search = make("input", "");
  private readonly list = make("ul", "ticks");
  private readonly told = make("p", "quiet");
  private readonly picked = new Map<string, string>(); // key or value → shown
  private timer = 0;
  private turn = 0;

  constructor(
    private readonly desk: Desk,
    private readonly field: string,
    values: string[],
    readonly byKey: boolean,
  ) {
    values.forEach((v) => this.picked.set(v, v));
    this.search.type = "search";
    this.search.placeholder = w.findMember;
    this.search.setAttribute("aria-label", w.findMember);
    this.search.addEventListener("input", () => {
      clearTimeout(this.timer);
      this.timer = window.setTimeout(() => this.find(), 150);
    });
    this.search.addEventListener("keydown", (e) => {
      if (e.key === "Enter") e.preventDefault();
      if (e.key === "ArrowDown") this.list.querySelector("input")?.focus();
    });
    this.told.setAttribute("aria-live", "polite");
    this.element.append(make("legend", "", w.members), this.search, this.list, this.told);
  }

  chosen(): string[] {
    return [...this.picked.keys()];
  }

  find() {
    const turn = ++this.turn;
    const params = { attribute: this.field, search: this.search.value, limit: "200" };
    ask<Members>(`cubes/${this.desk.meta.cube.name}/members`, { params })
      .then((m) => {
        if (turn === this.turn) this.show(m);
      })
      .catch((e: unknown) => {
        this.told.textContent = e instanceof Error ? e.message : String(e);
      });
  }

  private show(m: Members) {
    const idOf = (x: { key: string; label: string }) => (this.byKey ? x.key : x.label);
    const found = new Set(m.members.map(idOf));
    m.members.forEach((x) => this.picked.has(idOf(x)) && this.picked.set(idOf(x), x.label));
    const rows = [
      ...[...this.picked].filter(([id]) => !found.has(id) && !this.search.value).map(([id, label]) => this.tick(id, label)),
      ...m.members.map((x) => this.tick(idOf(x), x.label)),
    ];
    this.list.replaceChildren(...rows);
    this.tell(m.more ? w.moreMembers : rows.length ? "" : w.none);
  }

  private tell(more = "") {
    this.told.textContent = [fill(w.chosen, { n: this.picked.size }), more].filter(Boolean).join(" · ");
  }

  private tick(id: string, label: string): HTMLElement {
    const item = make("li", "");
    const line = make("label", "tick");
    const box = make("input", "");
    box.type = "checkbox";
    box.checked = this.picked.has(id);
    box.addEventListener("change", () => {
      if (box.checked) this.picked.set(id, label);
      else this.picked.delete(id);
      this.tell();
    });
    box.addEventListener("keydown", (e) => {
      const boxes = [...this.list.querySelectorAll("input")];
      const to = boxes[boxes.indexOf(box) + (e.key === "ArrowDown" ? 1 : e.key === "ArrowUp" ? -1 : NaN)];
      if (e.key === "ArrowUp" && !to) this.search.focus();
      to?.focus();
      if (e.key.startsWith("Arrow")) e.preventDefault();
    });
    const text = make("bdi", "", label || "–");
    line.append(box, text);
    item.append(line);
    return item;
  }
}
