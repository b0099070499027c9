// How a figure is drawn: the option of the chart library. Periods go from left to
// right as columns or lines, members as bars from the largest; actual dark, what it
// is compared with light, a plan as an outline, shares of more than one column as
// lines.
import { exact, rounded } from "./number";
import { widthOf } from "./room";
import { lang } from "./words";

export type Series = { name: string; role: "ac" | "py" | "pl" | ""; values: (number | null)[]; texts: string[] };

// The forms that a reader may choose instead of the one that goes with the data.
export const forms = ["columns", "lines", "bars", "multiples"] as const;
export type Form = (typeof forms)[number];

// Figure is what a chart draws. Numbers place and size things; what is written
// are the texts. Time has the names from left to right; lines is said where the
// number of names does not decide.
export type Figure = { title: string; names: string[]; time: boolean; lines?: boolean; series: Series[]; percent?: boolean; gap?: Gap; panels?: Panel[]; more?: number; span?: Span };

// Panel is one of small multiples, all on the scale of the figure where it has one.
export type Panel = { title: string; series: Series[]; percent?: boolean };

// Gap is the differences between the first series and the second, drawn beside
// them on the same scale: good or bad by their sign.
export type Gap = { name: string; values: (number | null)[]; texts: string[]; lower: boolean };

const palette = ["@ac", "@accent", "@accent2", "@good", "@bad", "@py"];

export function colourOf(s: Series, i: number, alone: boolean): string {
  if (s.role === "ac") return alone || i === 0 ? "@ac" : palette[i % palette.length];
  if (s.role) return "@py";
  return palette[i % palette.length];
}

const compact = new Intl.NumberFormat(lang === "zh" ? "zh-CN" : "en-GB", { notation: "compact" });

const text = { color: "@ink2", fontSize: 12 };
const none = { show: false };

// isLines tells figures of too many columns to be drawn as such.
export function isLines(f: Figure): boolean {
  return f.lines ?? (f.time && (f.names.length > 16 || f.series.length > 2));
}

export function option(f: Figure, width: number) {
  const alone = f.series.filter((s) => s.role !== "py").length === 1;
  const lines = isLines(f);
  const names = { type: "category", data: f.names, axisTick: none, axisLine: { lineStyle: { color: "@ink3" } }, axisLabel: { ...text, ...(f.span && f.time ? { fontSize: 11 } : {}), width: f.time ? 80 : Math.min(190, width * 0.35, f.names.reduce((most, n) => Math.max(most, widthOf(n)), 20) + 4), overflow: "truncate", ...(f.time ? {} : { interval: 0 }) }, inverse: !f.time };
  // Lines have no figures beside them: then the axis has.
  const tick = { ...text, formatter: (v: number) => (f.percent ? `${+(v * 100).toFixed(1)}%` : f.span ? compact.format(v) : v.toLocaleString("en-US")) };
  const values = { type: "value", ...f.span, ...(f.span ? { splitNumber: 3 } : {}), axisLabel: lines ? tick : none, splitLine: lines ? { lineStyle: { color: "@grid" } } : none, axisLine: none };
  const series: object[] = f.series.map((s, i) => ({
    name: s.name,
    type: lines ? "line" : "bar",
    data: s.values.map((v, k) => ({ value: v, label: label(f, i, k, lines) })),
    itemStyle: s.role === "pl" && !lines ? { color: "@surface", borderColor: "@ac", borderWidth: 1.5 } : { color: colourOf(s, i, alone) },
    lineStyle: { color: s.role === "pl" ? "@ac" : colourOf(s, i, alone), width: s.role ? (s.role === "ac" ? 2 : 1.4) : 2, type: s.role === "pl" ? "dashed" : "solid" },
    barGap: f.series.length === 2 && /^p[yl]$/.test(f.series[1].role) ? "-70%" : "10%",
    labelLayout: { hideOverlap: true },
    barMaxWidth: f.time ? 44 : 22,
    barCategoryGap: "32%",
    symbol: "none",
    z: s.role === "py" || s.role === "pl" ? 1 : 2,
    connectNulls: false,
  }));
  const tooltip = { trigger: "axis", axisPointer: { type: lines ? "line" : "shadow" }, confine: true };
  const plain = { left: 8, right: f.time ? 24 : 80, top: 22, bottom: 4, containLabel: true };
  if (!f.gap || lines || (!f.time && width < narrow)) return { grid: [plain], tooltip, xAxis: [f.time ? names : values], yAxis: [f.time ? values : names], series };
  const main = spanOf(f.series.flatMap((s) => s.values));
  const gap = spanOf(f.gap.values);
  series.push(gapSeries(f, f.gap, lines));
  const across = [names, { ...names, gridIndex: 1, axisLabel: none }];
  const along = [{ ...values, ...main, axisLabel: none, splitLine: none }, { ...values, ...gap, axisLabel: none, splitLine: none, gridIndex: 1 }];
  return { grid: panels(f, width, names.axisLabel.width, main, gap), tooltip, xAxis: f.time ? across : along, yAxis: f.time ? along : across, series };
}

export const narrow = 600; // pixels; there is no room for two panels side by side
export const timeHeight = 350; // pixels, of a chart with two panels one above the other

export type Span = { min: number; max: number };

// roundSpan is a span that ends at round numbers, as axes do.
export function roundSpan(s: Span): Span {
  const unit = 10 ** Math.floor(Math.log10(s.max - s.min));
  const step = [0.1, 0.2, 0.5, 1].map((k) => k * unit).find((k) => (s.max - s.min) / k <= 20) ?? unit;
  return { min: Math.floor(s.min / step) * step, max: Math.ceil(s.max / step) * step };
}

export function spanOf(values: (number | null)[]): Span {
  const known = values.filter((v): v is number => v !== null);
  const span = { min: known.reduce((a, b) => Math.min(a, b), 0), max: known.reduce((a, b) => Math.max(a, b), 0) };
  return span.max > span.min ? span : { min: 0, max: 1 };
}

// panels shares the room so that a unit is as long in one panel as in the other.
function panels(f: Figure, width: number, names: number, main: Span, gap: Span): object[] {
  const share = (gap.max - gap.min) / (gap.max - gap.min + main.max - main.min);
  if (f.time) {
    const [top, between, foot] = [22, 38, 28];
    const room = timeHeight - top - between - foot;
    return [
      { left: 8, right: 24, top: top + room * share + between, height: room * (1 - share) },
      { left: 8, right: 24, top, height: room * share },
    ];
  }
  const label = 78;
  const left = names + 16;
  const room = Math.min(width, widest) - left - 3 * label;
  return [
    { left, width: room * (1 - share), top: 22, bottom: 8 },
    { left: left + room * (1 - share) + 2 * label, width: room * share, top: 22, bottom: 8 },
  ];
}

const widest = 1000; // pixels, as in the style sheet

// gapSeries draws the differences, with their figures where there is room.
function gapSeries(f: Figure, gap: Gap, lines: boolean): object {
  const data = gap.values.map((value, k) => {
    const less = (value ?? 0) < 0;
    const position = f.time ? (less ? "bottom" : "top") : less ? "left" : "right";
    const shown = !lines && value !== null && (!f.time || f.names.length <= 16);
    return { value, itemStyle: { color: less === gap.lower ? "@good" : "@bad" }, label: { show: shown, position, formatter: short(gap.texts[k]), color: "@ink2", fontSize: 11 } };
  });
  return { name: gap.name, type: "bar", data, labelLayout: { hideOverlap: true }, xAxisIndex: 1, yAxisIndex: 1, barMaxWidth: f.time ? 30 : 13, barCategoryGap: "40%" };
}

// label writes the figure of the first series where there is room: beside its bar,
// or beside that of what it is compared with where this is longer.
function label(f: Figure, i: number, k: number, lines: boolean): object {
  const [first, second] = f.series;
  const value = first.values[k];
  const roomy = !lines && value !== null && (!f.time || f.names.length <= 16);
  const before = f.series.length === 2 && second.role !== "ac" && second.role !== "" ? (second.values[k] ?? 0) : 0;
  const longer = (value ?? 0) < 0 ? before < (value ?? 0) : before > (value ?? 0);
  if (!roomy || i !== (longer ? 1 : 0)) return { show: false };
  const negative = (value ?? 0) < 0;
  const position = f.time ? (negative ? "bottom" : "top") : negative ? "left" : "right";
  return { show: true, position, formatter: short(first.texts[k]), color: "@ink", fontSize: 11.5, textBorderColor: "@surface", textBorderWidth: 2.5 };
}

// short rounds a large number to whole units.
function short(t: string): string {
  const n = /^[−-]?\d[\d,]{3,}\.\d+$/.test(t) ? exact(t.replace(/,/g, "").replace("−", "-")) : undefined;
  return n ? rounded(n, 0) : t;
}

