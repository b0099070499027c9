// The chart of a table: periods from left to right as columns, other members as
// bars from the largest; actual dark, what it is compared with light, shares of
// more than one column as lines.
import { colours } from "../theme";
import { make } from "../make";
import { charts } from "./parts";
import { fill, w } from "./words";

export type Series = { name: string; role: "ac" | "py" | "pl" | ""; values: (number | null)[]; texts: string[] };

// Figure is what a chart draws. Numbers place and size things; what is written
// are the texts.
export type Figure = { title: string; names: string[]; time: boolean; series: Series[]; left: number };

const mostBars = 30;
const mostPeriods = 120;
const mostSeries = 6;
const palette = ["@ac", "@accent", "@accent2", "@good", "@bad", "@py"];

function colourOf(s: Series, i: number, alone: boolean): string {
  if (s.role === "ac") return alone || i === 0 ? "@ac" : palette[i % palette.length];
  if (s.role) return "@py";
  return palette[i % palette.length];
}

function clip(f: Figure): { figure: Figure; note: string } {
  const most = f.time ? mostPeriods : mostBars;
  const notes: string[] = [];
  if (f.names.length > most) notes.push(fill(w.chartCut, { n: most, m: f.names.length }));
  if (f.series.length > mostSeries) notes.push(fill(w.chartCut, { n: mostSeries, m: f.series.length }));
  const series = f.series.slice(0, mostSeries).map((s) => ({ ...s, values: s.values.slice(0, most), texts: s.texts.slice(0, most) }));
  return { figure: { ...f, names: f.names.slice(0, most), series }, note: notes.join(" ") };
}

const text = { color: "@ink2", fontSize: 12 };
const none = { show: false };

function option(f: Figure, width: number) {
  const alone = f.series.filter((s) => s.role !== "py").length === 1;
  const lines = f.time && (f.names.length > 16 || f.series.length > 2);
  const names = { type: "category", data: f.names, axisTick: none, axisLine: { lineStyle: { color: "@ink3" } }, axisLabel: { ...text, width: f.time ? 80 : Math.min(190, width * 0.35), overflow: "truncate", ...(f.time ? {} : { interval: 0 }) }, inverse: !f.time };
  const values = { type: "value", axisLabel: none, splitLine: none, axisLine: none };
  const series = f.series.map((s, i) => ({
    name: s.name,
    type: lines ? "line" : "bar",
    data: s.values.map((v, k) => ({ value: v, label: label(f, s, i, k, lines) })),
    itemStyle: { color: colourOf(s, i, alone) },
    lineStyle: { color: colourOf(s, i, alone), width: s.role === "py" ? 1.4 : 2 },
    barGap: f.series.length === 2 && f.series[1].role === "py" ? "-70%" : "10%",
    barMaxWidth: f.time ? 44 : 22,
    barCategoryGap: "32%",
    symbol: "none",
    z: s.role === "py" ? 1 : 2,
    connectNulls: false,
  }));
  return { grid: { left: 8, right: f.time ? 24 : 80, top: 22, bottom: 4, containLabel: true }, tooltip: { trigger: "axis", axisPointer: { type: lines ? "line" : "shadow" }, confine: true }, xAxis: [f.time ? names : values], yAxis: [f.time ? values : names], series };
}

// label writes the figure beside its bar where there is room, and the name of a
// line at its end.
function label(f: Figure, s: Series, i: number, k: number, lines: boolean): object {
  const roomy = !lines && i === 0 && s.values[k] !== null && (!f.time || f.names.length <= 16);
  if (!roomy) return { show: false };
  const negative = (s.values[k] ?? 0) < 0;
  const position = f.time ? (negative ? "bottom" : "top") : negative ? "left" : "right";
  return { show: true, position, formatter: short(s.texts[k]), color: "@ink", fontSize: 11.5, textBorderColor: "@surface", textBorderWidth: 2.5 };
}

// short leaves out the decimals of a large number.
function short(t: string): string {
  return /^\D?[\d,]{4,}\.\d+$/.test(t) ? t.replace(/\.\d+$/, "") : t;
}

// draw draws a figure into a box and returns what takes it away again.
export async function draw(box: HTMLElement, whole: Figure): Promise<() => void> {
  const library = await charts();
  const { figure, note } = clip(whole);
  const place = make("div", "chart-plot");
  const height = figure.time ? 280 : Math.min(90 + figure.names.length * (figure.series.length > 1 ? 30 : 25), 620);
  place.style.height = `${height}px`;
  place.setAttribute("role", "img");
  place.setAttribute("aria-label", `${w.chartOf} ${figure.title}`);
  box.replaceChildren(make("h3", "", figure.title), legend(figure), place);
  if (note) box.append(make("p", "quiet", note));
  const tip = (params: unknown): HTMLElement => {
    const first = (Array.isArray(params) ? params[0] : params) as { dataIndex: number } | undefined;
    const out = make("div", "tip");
    if (!first) return out;
    out.append(make("p", "tip-title", figure.names[first.dataIndex]));
    for (const s of figure.series) {
      const line = make("p", "tip-line");
      line.append(make("span", "", s.name), make("b", "", s.texts[first.dataIndex]));
      out.append(line);
    }
    return out;
  };
  const chart = library.show(place, option(figure, box.clientWidth) as never, colours(), tip);
  const watch = new ResizeObserver(() => chart.resize());
  watch.observe(place);
  return () => {
    watch.disconnect();
    chart.dispose();
    box.replaceChildren();
  };
}

function legend(f: Figure): HTMLElement {
  const list = make("ul", "legend");
  const alone = f.series.filter((s) => s.role !== "py").length === 1;
  f.series.forEach((s, i) => {
    const item = make("li", "");
    const key = make("span", "key");
    key.style.background = `var(--${colourOf(s, i, alone).slice(1)})`;
    item.append(key, make("span", "", s.name));
    list.append(item);
  });
  return list;
}
