// The chart of a table, drawn into the page: one, or small multiples.
import { colours } from "../theme";
import { make } from "../make";
import { charts } from "./parts";
import { colourOf, isLines, narrow, option, timeHeight, type Figure, type Series } from "./plot";
import { fill, w } from "./words";

const mostBars = 30;
const mostPeriods = 120;
const mostSeries = 6;

// clip leaves out what there is no room for, and says so.
function clip(f: Figure): { figure: Figure; note: string } {
  const most = f.time ? mostPeriods : mostBars;
  const notes: string[] = [];
  if (f.names.length > most) notes.push(fill(w.chartCut, { n: most, m: f.names.length }));
  if (!f.panels && f.series.length > mostSeries) notes.push(fill(w.chartCut, { n: mostSeries, m: f.series.length }));
  const cut = (s: Series) => ({ ...s, values: s.values.slice(0, most), texts: s.texts.slice(0, most) });
  const series = f.series.slice(0, mostSeries).map(cut);
  const panels = f.panels?.map((p) => ({ ...p, series: p.series.map(cut) }));
  const gap = f.gap && { ...f.gap, values: f.gap.values.slice(0, most), texts: f.gap.texts.slice(0, most) };
  if (f.more) notes.push(fill(w.chartCut, { n: f.panels?.length ?? 0, m: (f.panels?.length ?? 0) + f.more }));
  return { figure: { ...f, names: f.names.slice(0, most), series, gap, panels }, note: notes.join(" ") };
}

// Drawn is a chart on the page.
export type Drawn = { close(): void; pictures(): { place: HTMLElement; svg: string }[] };

// draw draws a figure into a box, below what is there.
export async function draw(box: HTMLElement, whole: Figure): Promise<Drawn> {
  const library = await charts();
  const { figure, note } = clip(whole);
  if (figure.title) box.append(make("h3", "", figure.title));
  box.append(legend(figure, box.clientWidth));
  const plots = figure.panels ? multiples(box, figure, library) : [plot(box, figure, library)];
  if (note) box.append(make("p", "quiet", note));
  return { close: () => plots.forEach((p) => p.close()), pictures: () => plots.flatMap((p) => p.picture() ?? []) };
}

type Library = Awaited<ReturnType<typeof charts>>;
type Plot = { close(): void; picture(): { place: HTMLElement; svg: string } | undefined };

function heightOf(f: Figure): number {
  if (f.time) return f.span || f.panels ? 170 : f.gap && !isLines(f) ? timeHeight : 280;
  const bar = f.series.length > 1 ? 30 : f.panels || f.span ? 21 : 25;
  return Math.min((f.panels || f.span ? 40 : 90) + f.names.length * bar, 620);
}

// multiples draws one small chart for each panel.
function multiples(box: HTMLElement, f: Figure, library: Library): Plot[] {
  const list = make("div", f.time ? "multiples" : "multiples wide");
  box.append(list);
  return (f.panels ?? []).map((p) => {
    const one = make("div", "multiple");
    one.append(make("h4", "chart-name", p.title));
    list.append(one);
    const { panels: _, gap: __, ...rest } = f;
    return plot(one, { ...rest, title: `${f.title}: ${p.title}`, series: p.series, percent: p.percent ?? f.percent }, library, heightOf({ ...f, series: p.series }));
  });
}

function plot(box: HTMLElement, figure: Figure, library: Library, height = heightOf(figure)): Plot {
  const place = make("div", "chart-plot");
  place.style.height = `${height}px`;
  place.setAttribute("role", "img");
  place.setAttribute("aria-label", `${w.chartOf} ${figure.title}`);
  box.append(place);
  const tip = (params: unknown): HTMLElement => {
    const first = (Array.isArray(params) ? params[0] : params) as { dataIndex: number } | undefined;
    const out = make("div", "tip");
    if (!first) return out;
    out.append(make("p", "tip-title", figure.names[first.dataIndex]));
    for (const s of [...figure.series, ...(figure.gap ? [figure.gap] : [])]) {
      const line = make("p", "tip-line");
      line.append(make("span", "", s.name), make("b", "", s.texts[first.dataIndex]));
      out.append(line);
    }
    return out;
  };
  let width = 0;
  let chart: ReturnType<Library["show"]> | undefined;
  const watch = new ResizeObserver(() => {
    if (place.clientWidth === width) return;
    width = place.clientWidth;
    chart?.dispose();
    chart = library.show(place, option(figure, width) as never, colours(), tip);
  });
  watch.observe(place);
  return {
    close: () => {
      watch.disconnect();
      chart?.dispose();
    },
    picture: () => (chart ? { place, svg: chart.renderToSVGString() } : undefined),
  };
}

function legend(f: Figure, width: number): HTMLElement {
  const list = make("ul", "legend");
  const alone = f.series.filter((s) => s.role !== "py").length === 1;
  const series = f.panels?.[0]?.series ?? f.series;
  if (f.panels && series.length < 2) return list;
  series.forEach((s, i) => {
    const item = make("li", "");
    const key = make("span", "key");
    if (s.role === "pl") key.classList.add("k-pl");
    else key.style.background = `var(--${colourOf(s, i, alone).slice(1)})`;
    item.append(key, make("span", "", s.name));
    list.append(item);
  });
  if (f.gap && !isLines(f) && (f.time || width >= narrow)) {
    const item = make("li", "");
    item.append(make("span", "key k-diff"), make("span", "", f.gap.name));
    list.append(item);
  }
  return list;
}
