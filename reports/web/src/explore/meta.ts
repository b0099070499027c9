// What a cube has, by name.
import type { Answer, Attribute, Cube, Dimension, Measure } from "../adhoc/answers";
import { w } from "../adhoc/words";
import { refOf, type Query, type Time } from "./query";

export class Meta {
  private readonly attributes = new Map<string, Attribute>();
  private readonly owners = new Map<string, Dimension>();
  private readonly measures = new Map<string, Measure>();
  private readonly labels = new Map<string, string>(); // of members, by attribute and key

  constructor(readonly cube: Cube) {
    for (const d of cube.dimensions) {
      for (const a of d.attributes) {
        this.attributes.set(a.name, a);
        this.owners.set(a.name, d);
      }
    }
    for (const m of cube.measures) this.measures.set(m.name, m);
  }

  attribute(name: string): Attribute | undefined {
    return this.attributes.get(name);
  }

  measure(name: string): Measure | undefined {
    return this.measures.get(refOf(name).measure);
  }

  isMeasure(name: string): boolean {
    return this.measures.has(refOf(name).measure);
  }

  isDate(name: string): boolean {
    return this.owners.get(name)?.date ?? false;
  }

  // label is what a member is called, as far as it was seen; else its key.
  label(field: string, key: string): string {
    return this.labels.get(`${field}\n${key}`) ?? key;
  }

  knows(field: string, key: string): boolean {
    return this.labels.has(`${field}\n${key}`);
  }

  learn(field: string, key: string, label: string) {
    this.labels.set(`${field}\n${key}`, label || "–");
  }

  // learnFrom takes over what the members of an answer are called.
  learnFrom(a: Answer) {
    const rows = a.query.rows ?? [];
    for (const r of a.rows.slice(0, 5000)) r.keys.forEach((key, i) => rows[i] && r.cells[i] !== null && this.learn(rows[i], key, String(r.cells[i])));
    for (const c of a.columns) (c.keys ?? []).forEach((key, i) => !c.total && this.learn((a.query.columns ?? [])[i] ?? "", key, (c.members ?? [])[i] ?? key));
  }

  // dimension is the one of that name, or that an attribute belongs to.
  dimension(name: string): Dimension | undefined {
    return this.owners.get(name) ?? this.cube.dimensions.find((d) => d.name === name);
  }

  // sets are the titles of named sets of a dimension.
  sets(dimension: string, names: string[]): string {
    return names.map((n) => this.cube.sets?.find((s) => s.dimension === dimension && s.name === n)?.title ?? n).join(", ");
  }

  // title is what a field or a measure with its calculation is called.
  title(name: string): string {
    const m = this.measure(name);
    if (!m) return this.attributes.get(name)?.title ?? this.dimension(name)?.title ?? name;
    const r = refOf(name);
    const more = [r.scope && scopeTitle(r.scope), r.calc && calcTitle(r.calc)].filter(Boolean).join(" · ");
    return more ? `${m.title} (${more})` : m.title;
  }

  // full is the title with its dimension before it, where it does not say it.
  full(name: string): string {
    const d = this.owners.get(name);
    const title = this.title(name);
    return !d || title.toLowerCase().includes(d.title.toLowerCase()) ? title : `${d.title}: ${title}`;
  }

  // finer is the next level below an attribute, coarser the one above.
  finer(name: string): string | undefined {
    return this.level(name, 1);
  }

  coarser(name: string): string | undefined {
    return this.level(name, -1);
  }

  private level(name: string, by: number): string | undefined {
    for (const h of this.owners.get(name)?.hierarchies ?? []) {
      const i = h.levels.indexOf(name);
      if (i >= 0 && h.levels[i + by]) return h.levels[i + by];
    }
    return undefined;
  }

  hasDates(): boolean {
    return this.cube.dimensions.some((d) => d.date);
  }
}

export function calcTitle(calc: string): string {
  const titles: Record<string, string> = {
    delta: "Δ",
    pct: "Δ%",
    "share.row": w.share_row,
    "share.column": w.share_column,
    "share.parent": w.share_parent,
    "share.total": w.share_total,
    running: w.running,
    rank: w.rank,
    index: w.index,
  };
  return titles[calc] ?? calc;
}

export function scopeTitle(scope: string): string {
  const titles: Record<string, string> = { py: w.vsYear, pp: w.vsPeriod, pw: w.vsWeek, ytd: w.yearToDate, roll12m: w.rolling };
  return scope
    .split(".")
    .map((s) => titles[s] ?? s)
    .join(" · ");
}

// wholeMonth is the month that a day begins or ends; "" for other days.
function wholeMonth(day: string | undefined, end: boolean): string {
  const m = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day ?? "");
  if (!m) return "";
  const last = new Date(Date.UTC(Number(m[1]), Number(m[2]), 0)).getUTCDate();
  return Number(m[3]) === (end ? last : 1) ? `${m[1]}-${m[2]}` : "";
}

export function timeTitle(t: Time | undefined): string {
  if (!t || (!t.from && !t.to)) return w.allTime;
  const year = /^(\d{4})-01-01 (\d{4})-12-31$/.exec(`${t.from} ${t.to}`);
  if (year) return year[1] === year[2] ? year[1] : `${year[1]} – ${year[2]}`;
  const [from, to] = [wholeMonth(t.from, false), wholeMonth(t.to, true)];
  if (from && to) return from === to ? from : `${from} – ${to}`;
  return `${t.from ?? "…"} – ${t.to ?? "…"}`;
}

// worth asking: a question that the server can answer.
export function askable(q: Query): boolean {
  return q.measures.length > 0;
}
