// What the chart of an answer draws: its first measure by the row members, with
// what it is compared with; with members on the columns one series, or one small
// chart, for each.
import type { Answer, Column, Row } from "../adhoc/answers";
import { roundSpan, spanOf, type Figure, type Form, type Panel, type Series } from "../adhoc/plot";
import { w } from "../adhoc/words";
import type { Meta } from "./meta";
import { textOf } from "./pivot";

const mostPanels = 12;

type Picked = { c: Column; i: number };

function roleOf(c: Column): Series["role"] {
  if (!c.scope) return "ac";
  const against = c.scope.split(".").pop() ?? "";
  if (against === "plan" || against === "target") return "pl";
  return against.startsWith("p") ? "py" : "ac";
}

function isNumber(c: Column): boolean {
  return c.kind === "measure" && c.type !== "text" && c.type !== "date" && !c.total;
}

function titleOf(c: Column, meta: Meta): string {
  const called = meta.title(c.name);
  return c.unit && !called.includes(c.unit) ? `${called}, ${c.unit}` : called;
}

// figure is what is drawn; form is what the reader chose instead of what goes with
// the data.
export function figure(a: Answer, meta: Meta, form?: Form): Figure | undefined {
  const first = a.columns.find((c) => isNumber(c));
  if (!first) return undefined;
  const onRows = a.columns.some((c) => c.kind === "attribute");
  const rows = a.rows.filter((r) => !onRows || r.level === "row" || r.level === "others");
  if (!rows.length) return undefined;
  const picked = pick(a, first);
  if (!onRows) return formed(across(a, picked, titleOf(first, meta), meta), form);
  const names = namesOf(a, rows);
  const values = (i: number) => rows.map((r) => (r.cells[i] === null ? null : Number(r.cells[i])));
  const seriesOf = ({ c, i }: Picked, name: string): Series => ({ name, role: roleOf(c), values: values(i), texts: rows.map((r) => textOf(r.cells[i], c)) });
  const time = a.query.rows?.length === 1 && meta.isDate(a.query.rows[0]) && Boolean(meta.attribute(a.query.rows[0])?.level);
  const base: Figure = { title: titleOf(first, meta), names, time, series: [], percent: first.format === "percent" };
  const members = new Set(picked.map(({ c }) => JSON.stringify(c.keys ?? []))).size;
  if (form === "multiples" || (!form && members > 2 && (a.query.columns ?? []).length > 0)) {
    const made = panels(a, base, picked, meta, seriesOf);
    if (made) return made;
  }
  const mixed = picked.some((p) => p.c.name !== first.name);
  base.series = picked.map((p) => seriesOf(p, [...(p.c.members ?? []), mixed || !p.c.members?.length ? meta.title(p.c.name) : ""].filter(Boolean).join(" · ")));
  const gap = picked.length === 2 ? a.columns.findIndex((c) => c.measure === first.measure && c.calculation === "delta" && c.scope === picked[1].c.scope && !c.members?.length) : -1;
  if (gap < 0 || roleOf(picked[1].c) === "ac") return formed(base, form);
  const c = a.columns[gap];
  return formed({ ...base, gap: { name: meta.title(c.name), values: values(gap), texts: rows.map((r) => textOf(r.cells[gap], c)), lower: Boolean(c.lower_is_better) } }, form);
}

// namesOf are what the rows are called: by their last member alone where it tells
// them apart.
function namesOf(a: Answer, rows: Row[]): string[] {
  const parts = rows.map((r) => r.keys.map((_, i) => textOf(r.cells[i], a.columns[i])));
  const last = parts.map((p) => p[p.length - 1] ?? w.total);
  const dated = /^[\d\W]+$/; // a month or a day needs its year
  if (new Set(last).size === last.length && !last.every((t) => dated.test(t))) return last;
  return parts.map((p) => p.join(" · ") || w.total);
}

// pick is the first measure and it again at the other scopes without a calculation;
// with members on the columns the first measure under each.
function pick(a: Answer, first: Column): Picked[] {
  const beside = (c: Column) => !c.members?.length && !first.calculation && c.measure === first.measure && !c.calculation && roleOf(c) !== "ac";
  return a.columns.map((c, i) => ({ c, i })).filter(({ c }) => c.kind === "measure" && !c.total && (c.name === first.name || beside(c)));
}

// formed has the form that the reader chose.
function formed(f: Figure, form?: Form): Figure {
  if (!form || form === "multiples") return f;
  return { ...f, time: form !== "bars", lines: form === "lines", ...(form === "lines" ? { gap: undefined } : {}) };
}

// panels are small multiples: by the members of the columns, all on one scale, or
// else by measures, each on its own.
function panels(a: Answer, base: Figure, picked: Picked[], meta: Meta, seriesOf: (p: Picked, name: string) => Series): Figure | undefined {
  const made: Panel[] = [];
  const byMembers = (a.query.columns ?? []).length > 0;
  const all = a.columns.map((c, i) => ({ c, i })).filter(({ c }) => isNumber(c) && !c.calculation);
  const heads = byMembers ? picked.map(({ c }) => c) : all.map(({ c }) => c).filter((c) => roleOf(c) === "ac");
  for (const head of heads) {
    const same = all.filter(({ c }) => c.measure === head.measure && (c.name === head.name || roleOf(c) !== "ac") && JSON.stringify(c.keys ?? []) === JSON.stringify(head.keys ?? []));
    const title = byMembers ? (head.members ?? []).join(" · ") : titleOf(head, meta);
    made.push({ title, series: same.map((p) => seriesOf(p, meta.title(p.c.name))), percent: head.format === "percent" });
  }
  if (made.length < 2) return undefined;
  const shown = made.slice(0, mostPanels);
  const span = byMembers ? roundSpan(spanOf(shown.flatMap((p) => p.series.flatMap((s) => s.values)))) : undefined;
  return { ...base, title: byMembers ? base.title : "", series: shown[0].series, panels: shown, more: made.length - shown.length, span };
}

// across draws the columns of an answer without row members.
function across(a: Answer, picked: Picked[], title: string, meta: Meta): Figure {
  const row = a.rows[0];
  const byName = new Map<string, Picked[]>();
  for (const p of picked) byName.set(p.c.name, [...(byName.get(p.c.name) ?? []), p]);
  const names = (byName.get(picked[0].c.name) ?? []).map(({ c }) => (c.members ?? []).join(" · ") || meta.title(c.name));
  const series = [...byName].map(([name, list]): Series => ({
    name: meta.title(name),
    role: roleOf(list[0].c),
    values: list.map(({ i }) => (row.cells[i] === null ? null : Number(row.cells[i]))),
    texts: list.map(({ c, i }) => textOf(row.cells[i], c)),
  }));
  const field = a.query.columns?.[0] ?? "";
  return { title, names, time: meta.isDate(field) && a.query.columns?.length === 1, series, percent: picked[0].c.format === "percent" };
}
