// The filters of a question as a tree: groups in which one or all must hold, and
// conditions in them. A path leads from the question to a filter, by positions.
import { fill, w } from "../adhoc/words";
import type { Meta } from "./meta";
import type { Filter } from "./query";

export type Path = number[];

export function isGroup(f: Filter): boolean {
  return f.any !== undefined || f.all !== undefined;
}

export function children(f: Filter): Filter[] {
  return f.any ?? f.all ?? [];
}

// grouped is a group of filters; of one it is that filter.
export function grouped(list: Filter[], any: boolean): Filter {
  return list.length === 1 ? list[0] : any ? { any: list } : { all: list };
}

export function filterAt(where: Filter[], path: Path): Filter | undefined {
  const f = where[path[0]];
  return path.length > 1 && f ? filterAt(children(f), path.slice(1)) : f;
}

// put exchanges the filter at a path, or with undefined takes it away; a group that
// is empty then goes as well. A path one beyond the end adds.
export function put(where: Filter[], path: Path, f: Filter | undefined): Filter[] {
  const [i, ...rest] = path;
  const next = [...where];
  if (!rest.length) {
    if (f) next[i] = f;
    else next.splice(i, 1);
    return next;
  }
  const inner = put(children(where[i]), rest, f);
  if (!inner.length) next.splice(i, 1);
  else next[i] = where[i].any ? { any: inner } : { all: inner };
  return next;
}

// The operators that are shown as another.
const alike: Record<string, string> = { key_in: "in", not_key_in: "not_in", "=": "in", "!=": "not_in" };

// operatorOf is an operator as the window has it.
export function operatorOf(op: string): string {
  return alike[op] ?? op;
}

// operators are those that the window offers for a type.
export function operators(type: string): [string, string][] {
  const ordered: [string, string][] = [
    ["between", w.between],
    [">=", w.atLeast],
    ["<=", w.atMost],
    [">", w.moreThan],
    ["<", w.lessThan],
  ];
  const texts: [string, string][] = [
    ["contains", w.contains],
    ["not_contains", w.containsNot],
    ["starts", w.starts],
    ["ends", w.ends],
  ];
  const members: [string, string][] = [
    ["in", w.is],
    ["not_in", w.isNot],
  ];
  const known: [string, string][] = [
    ["is_null", w.isNull],
    ["not_null", w.notNull],
  ];
  if (type === "boolean") return [...members, ...known];
  return [...members, ...(type === "text" ? [...texts, ordered[0]] : ordered), ...known];
}

// isPlain tells filters that the window can edit.
export function isPlain(f: Filter): boolean {
  return f.field !== undefined && f.op !== undefined && [...operators("text"), ...operators("date")].some(([op]) => op === operatorOf(f.op ?? ""));
}

// every calls with each condition of a list, also those in groups.
export function every(list: Filter[], does: (f: Filter) => void) {
  for (const f of list) {
    if (isGroup(f)) every(children(f), does);
    else does(f);
  }
}

// isNode tells the path to a node of a hierarchy: one member at each level.
export function isNode(f: Filter): boolean {
  return (f.all ?? []).length > 1 && (f.all ?? []).every((x) => x.op === "key_in" && (x.field ?? "").split(".")[0] === (f.all?.[0].field ?? "").split(".")[0]);
}

const signs: Record<string, string> = { ">=": "≥", "<=": "≤", contains: "∋", not_contains: "∌", starts: "^", ends: "$" };

function membersOf(f: Filter, m: Meta): string {
  const byKey = f.op === "key_in" || f.op === "not_key_in";
  const values = (f.values ?? []).map((v) => (byKey ? m.label(f.field ?? "", v) : v));
  return values.length > 3 ? `${values.slice(0, 2).join(", ")} +${values.length - 2}` : values.join(", ");
}

// titleOf is a filter in a few words.
export function titleOf(f: Filter, m: Meta): string {
  if (isNode(f)) return `${m.full(f.all?.[f.all.length - 1].field ?? "")}: ${(f.all ?? []).map((x) => membersOf(x, m)).join(" › ")}`;
  if (isGroup(f)) {
    const list = children(f);
    if (list.length === 1) return titleOf(list[0], m);
    const word = f.any ? w.or : w.and;
    return list.length === 2 ? list.map((x) => (isGroup(x) && !isNode(x) ? `(${titleOf(x, m)})` : titleOf(x, m))).join(` ${word} `) : fill(f.any ? w.anyOf : w.allOf, { n: list.length });
  }
  const name = m.full(f.field ?? "");
  const values = f.values ?? [];
  switch (operatorOf(f.op ?? "")) {
    case "is_null":
      return `${name} ${w.isNull}`;
    case "not_null":
      return `${name} ${w.notNull}`;
    case "between":
      return `${name}: ${values.join(" – ")}`;
    case "not_in":
      return `${name} ≠ ${membersOf(f, m)}`;
    case "in":
      return `${name}: ${membersOf(f, m)}`;
    case "in_set":
      return `${name} ∈ ${m.sets(f.field ?? "", values)}`;
    case "not_in_set":
      return `${name} ∉ ${m.sets(f.field ?? "", values)}`;
    case "all":
      return `${name}: ${w.allMembers}`;
  }
  return `${name} ${signs[f.op ?? ""] ?? f.op} ${values.join(", ")}`;
}
