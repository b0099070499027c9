// What the chart of an answer draws: its first measure by the row members, with
// what it is compared with, or one series for each column.
import type { Answer, Column } from "../adhoc/answers";
import type { Figure, Series } from "../adhoc/chart";
import { w } from "../adhoc/words";
import type { Meta } from "./meta";
import { textOf } from "./pivot";

function roleOf(c: Column): Series["role"] {
  if (!c.scope) return "ac";
  const against = c.scope.split(".").pop() ?? "";
  return against.startsWith("p") ? (against === "plan" ? "pl" : "py") : "ac";
}

export function figure(a: Answer, meta: Meta): Figure | undefined {
  const attributes = a.columns.filter((c) => c.kind === "attribute").length;
  const first = a.columns.find((c) => c.kind === "measure" && c.type !== "text" && c.type !== "date");
  if (!first) return undefined;
  // The first measure, and it again at the other scopes without a calculation.
  // With members on the columns these are the series, each once.
  const beside = (c: Column) => !c.members?.length && !first.calculation && c.measure === first.measure && !c.calculation && roleOf(c) !== "ac";
  const wanted = (c: Column) => c.kind === "measure" && !c.total && (c.name === first.name || beside(c));
  const picked = a.columns.map((c, i) => ({ c, i })).filter(({ c }) => wanted(c));
  const onRows = attributes > 0;
  const rows = a.rows.filter((r) => (onRows ? r.level === "row" || r.level === "others" : true));
  if (!rows.length || !picked.length) return undefined;
  const called = meta.title(first.name);
  const title = first.unit && !called.includes(first.unit) ? `${called}, ${first.unit}` : called;
  if (!onRows) return across(a, picked, title, meta);
  const names = rows.map((r) => r.keys.map((_, i) => textOf(r.cells[i], a.columns[i])).join(" · ") || w.total);
  const series = picked.map(({ c, i }): Series => ({
    name: [...(c.members ?? []), picked.some((p) => p.c.name !== first.name) || !c.members?.length ? meta.title(c.name) : ""].filter(Boolean).join(" · "),
    role: roleOf(c),
    values: rows.map((r) => (r.cells[i] === null ? null : Number(r.cells[i]))),
    texts: rows.map((r) => textOf(r.cells[i], c)),
  }));
  const time = a.query.rows?.length === 1 && meta.isDate(a.query.rows[0]) && Boolean(meta.attribute(a.query.rows[0])?.level);
  const gap = picked.length === 2 ? a.columns.findIndex((c) => c.measure === first.measure && c.calculation === "delta" && c.scope === picked[1].c.scope && !c.members?.length) : -1;
  if (gap < 0 || roleOf(picked[1].c) !== "py") return { title, names, time, series, percent: first.format === "percent" };
  const c = a.columns[gap];
  const values = rows.map((r) => (r.cells[gap] === null ? null : Number(r.cells[gap])));
  return { title, names, time, series, percent: first.format === "percent", gap: { name: meta.title(c.name), values, texts: rows.map((r) => textOf(r.cells[gap], c)), lower: Boolean(c.lower_is_better) } };
}

// across draws the columns of an answer without row members.
function across(a: Answer, picked: { c: Column; i: number }[], title: string, meta: Meta): Figure {
  const row = a.rows[0];
  const byName = new Map<string, { c: Column; i: number }[]>();
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
