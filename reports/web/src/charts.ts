// The chart library as verso uses it: only the parts the report draws, as one
// file. The drawings in the pages are made without it, in the same places.
import * as echarts from "echarts/core";
import { BarChart, HeatmapChart, LineChart, RadarChart, ScatterChart } from "echarts/charts";
import { GridComponent, MarkAreaComponent, MarkLineComponent, MarkPointComponent, RadarComponent, TooltipComponent } from "echarts/components";
import { LabelLayout } from "echarts/features";
import { SVGRenderer } from "echarts/renderers";

echarts.use([BarChart, HeatmapChart, LineChart, RadarChart, ScatterChart, GridComponent, MarkAreaComponent, MarkLineComponent, MarkPointComponent, RadarComponent,
  TooltipComponent, LabelLayout, SVGRenderer]);

export type Colours = Record<string, string>;
type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

const colourKeys = new Set(["color", "borderColor", "backgroundColor", "shadowColor", "textBorderColor"]);

// paint returns a copy of the option in which every colour written as a name
// ("@ac") is the colour of that name. Only colour keys are touched: a label
// that happens to read "@ac" stays a label.
function paint(value: Json, colours: Colours, isColour: boolean): Json {
  if (typeof value === "string") {
    return isColour && value.startsWith("@") ? (colours[value.slice(1)] ?? "#888888") : value;
  }
  if (Array.isArray(value)) return value.map((v) => paint(v, colours, isColour));
  if (value && typeof value === "object") {
    const copy: { [key: string]: Json } = {};
    for (const [k, v] of Object.entries(value)) copy[k] = paint(v, colours, colourKeys.has(k));
    return copy;
  }
  return value;
}

type Axis = { min?: number; interval?: number; axisLabel?: { texts?: string[]; formatter?: (value: number) => string } };

// write gives the ticks of an axis the texts that stand in the drawing.
function write(axis: Axis) {
  const { min = 0, interval = 1, axisLabel } = axis;
  const texts = axisLabel?.texts;
  if (axisLabel && texts) axisLabel.formatter = (value) => texts[Math.round((value - min) / interval)] ?? "";
}

type Params = { dataIndex?: number };
type Series = { labelLayout?: object; data?: { label?: { offset?: [number, number] } }[] };

// layOut hides labels that touch where there is less room than in the drawing,
// and keeps the others where the option moves them, which the library alone
// forgets then.
function layOut(series: Series) {
  if (!series.labelLayout) return;
  series.labelLayout = ({ dataIndex = -1 }: Params) => {
    const [dx, dy] = series.data?.[dataIndex]?.label?.offset ?? [0, 0];
    return { hideOverlap: true, dx, dy };
  };
}

// show renders an option into an element and returns the chart.
function show(element: HTMLElement, option: Json, colours: Colours, tooltip: (params: unknown) => HTMLElement) {
  const chart = echarts.init(element, null, { renderer: "svg" });
  const painted = paint(option, colours, false) as { tooltip?: object; xAxis?: Axis[]; yAxis?: Axis[]; series?: Series[] };
  painted.series?.forEach(layOut);
  [...(painted.xAxis ?? []), ...(painted.yAxis ?? [])].forEach(write);
  chart.setOption({ ...painted, animation: false, tooltip: { ...painted.tooltip, formatter: tooltip } });
  return chart;
}

const api = { show };
export type Charts = typeof api;
(globalThis as unknown as { versoCharts: Charts }).versoCharts = api;
