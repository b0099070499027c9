// The windows for ranking, time, comparison and totals.
import { ask } from "../adhoc/api";
import type { Checked } from "../adhoc/answers";
import { openDialog } from "../adhoc/dialog";
import type { Item } from "../adhoc/menu";
import { w } from "../adhoc/words";
import { choose, labelled, make } from "../make";
import type { Desk } from "./desk";
import { scopeTitle } from "./meta";
import { tidy, type Having, type Top, type Totals } from "./query";

function check(name: string, on: boolean): [HTMLLabelElement, HTMLInputElement] {
  const line = make("label", "tick");
  const box = make("input", "");
  box.type = "checkbox";
  box.checked = on;
  line.append(box, make("span", "", name));
  return [line, box];
}

// rankingDialog keeps the first members by a measure, or rows by a condition.
export function rankingDialog(desk: Desk, by = "") {
  const q = desk.step.query;
  const t = q.top;
  const number = make("input", "");
  number.inputMode = "numeric";
  number.value = t ? String(t.n) : q.rows?.length ? "10" : "";
  const [percentLine, percent] = check(w.percent, t?.percent ?? false);
  const [othersLine, others] = check(w.others, t ? Boolean(t.others) : true);
  const side = choose([["top", w.largest], ["bottom", w.smallest]], t?.bottom ? "bottom" : "top");
  const field = choose((q.rows ?? []).map((r) => [r, desk.meta.full(r)]), t?.field ?? q.rows?.[0] ?? "");
  const measures: [string, string][] = [...new Set([...q.measures, by])].filter(Boolean).map((m) => [m, desk.meta.title(m)]);
  const measure = choose(measures, by || t?.by || q.measures[0] || "");
  const having = q.having?.[0];
  const op = choose([["", w.noCondition], [">", ">"], [">=", "≥"], ["<", "<"], ["<=", "≤"]], having?.op ?? "");
  const of = choose(measures, having?.by ?? (by || q.measures[0] || ""));
  const limit = make("input", "");
  limit.value = having?.values?.[0] ?? "";
  const dialog = openDialog(w.ranking, w, () => {
    const typed = number.value.trim();
    let top: Top | undefined;
    if (typed && q.rows?.length) {
      if (!/^[1-9]\d{0,6}$/.test(typed)) return w.needNumber;
      top = { n: Number(typed), by: measure.value };
      if (percent.checked) top.percent = true;
      if (others.checked) top.others = true;
      if (side.value === "bottom") top.bottom = true;
      if (field.value !== q.rows[0]) top.field = field.value;
    }
    let keep: Having[] = [];
    if (op.value) {
      if (!limit.value.trim()) return w.needValue;
      keep = [{ by: of.value, op: op.value, values: [limit.value.trim()] }];
    }
    desk.change(tidy({ ...q, top, having: keep }));
    return "";
  });
  const condition = make("div", "line");
  condition.append(labelled(w.condition, of), labelled(w.operator, op), labelled(w.value, limit));
  const first = make("div", "line");
  first.append(labelled(w.ranking, side), labelled(w.howMany, number), labelled(w.ofField, field), labelled(w.by, measure));
  dialog.body.append(first, percentLine, othersLine, condition);
  number.select();
}

const periods: [string, string][] = [
  ["ytd", w.yearNow],
  ["previous year", w.yearBefore],
  ["last 12 months", w.months12],
  ["this quarter", w.quarterNow],
  ["this month", w.monthNow],
];

// timeMenu offers the usual periods; the server knows which days they are.
export function timeMenu(desk: Desk): Item[] {
  const q = desk.step.query;
  const usual = periods.map(([text, title]): Item => ({
    text: title,
    does: () => {
      const measure = q.measures[0] ?? desk.meta.cube.measures[0].name;
      void period(desk, text, measure);
    },
  }));
  return [
    { text: w.allTime, checked: !q.time, does: () => desk.change(tidy({ ...q, time: undefined })) },
    ...usual,
    { text: w.custom, does: () => timeDialog(desk) },
  ];
}

// period asks the server which days a period is, by a question that has it.
async function period(desk: Desk, text: string, measure: string) {
  try {
    const found = await checkText(`${desk.step.query.cube} show ${measure} time ${text}`);
    if (found.json?.time) desk.change(tidy({ ...desk.step.query, time: found.json.time }));
    else desk.trouble(found.errors[0]);
  } catch (e) {
    desk.trouble(e);
  }
}

// checkText has the server read a question as text.
export function checkText(text: string, at?: number, signal?: AbortSignal): Promise<Checked> {
  return ask<Checked>("query/check", { text, signal, params: at === undefined ? {} : { at: String(at) } });
}

function timeDialog(desk: Desk) {
  const q = desk.step.query;
  const day = (value?: string) => {
    const i = make("input", "");
    i.type = "date";
    i.value = value ?? "";
    return i;
  };
  const from = day(q.time?.from);
  const to = day(q.time?.to);
  const dialog = openDialog(w.time, w, () => {
    if (!from.value && !to.value) return w.needValue;
    desk.change(tidy({ ...q, time: { ...(q.time?.field ? { field: q.time.field } : {}), from: from.value || undefined, to: to.value || undefined } }));
    return "";
  });
  dialog.body.append(labelled(w.from, from), labelled(w.to, to));
}

// compareMenu offers what every measure can be compared with.
export function compareMenu(desk: Desk): Item[] {
  const q = desk.step.query;
  const now = q.compare ?? [];
  const all = [...(desk.meta.hasDates() ? ["py", "pp", "pw"] : []), ...desk.meta.cube.scenarios];
  return all.map((s): Item => ({
    text: scopeTitle(s),
    checked: now.includes(s),
    does: () => desk.change(tidy({ ...q, compare: now.includes(s) ? now.filter((x) => x !== s) : [...now, s] })),
  }));
}

// totalsMenu offers the totals.
export function totalsMenu(desk: Desk): Item[] {
  const q = desk.step.query;
  const now = q.totals ?? {};
  const one = (key: keyof Totals, text: string): Item => ({ text, checked: Boolean(now[key]), does: () => desk.change(tidy({ ...q, totals: { ...now, [key]: !now[key] } })) });
  return [one("grand", w.grandTotal), one("rows", w.rowTotals), one("cols", w.colTotal), one("colsub", w.colSub)];
}
