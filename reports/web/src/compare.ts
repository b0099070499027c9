// The comparison with the year before: shown or not, and its differences absolute,
// relative or both. Without this script everything is shown.
import { make } from "./make";

export type Comparison = { shown: boolean; differences: "both" | "abs" | "rel" };

export const comparison: Comparison = { shown: true, differences: "both" };

// showColumns hides the columns of tables that are not wanted.
function showColumns() {
  document.querySelectorAll<HTMLTableCellElement>("th[data-c]").forEach((head) => {
    const kind = head.dataset.c;
    const hide = !comparison.shown || (kind !== "py" && comparison.differences !== "both" && comparison.differences !== kind);
    const table = head.closest("table");
    for (const row of table?.rows ?? []) {
      const cell = row.cells[head.cellIndex];
      if (cell) cell.hidden = hide;
    }
  });
  document.documentElement.classList.toggle("alone", !comparison.shown);
}

type Datum = "-" | number | { value: "-" | number; label?: { formatter?: string } };
type Series = { name?: string; data?: Datum[]; itemStyle?: { color?: string } };
export type Option = { series?: Series[]; yAxis?: { min?: number; max?: number }[] };

function numberOf(d: Datum | undefined): number {
  const v = typeof d === "object" ? d.value : d;
  return typeof v === "number" ? v : NaN;
}

// signed writes a percentage with its sign, a true minus for less.
function signed(percent: number): string {
  const text = Math.abs(percent).toFixed(Math.abs(percent) < 10 ? 1 : 0);
  if (Number(text) === 0) return "0%";
  return (percent < 0 ? "−" : "+") + text + "%";
}

const isBefore = (s: Series) => s.itemStyle?.color === "@py";
const isDifference = (s: Series) => s.name === "Δ";

// relative gives the differences of columns as a share of the year before, on a
// scale of their own.
function relative(option: Option) {
  const before = option.series?.find(isBefore);
  const change = option.series?.find(isDifference);
  const scale = option.yAxis?.[1];
  if (!before?.data || !change?.data || !scale) return;
  let low = 0;
  let high = 0;
  change.data = change.data.map((d, i) => {
    const base = numberOf(before.data?.[i]);
    const percent = (numberOf(d) / base) * 100;
    const known = base > 0 && Number.isFinite(percent);
    low = Math.min(low, known ? percent : 0);
    high = Math.max(high, known ? percent : 0);
    if (typeof d !== "object") return known ? percent : "-";
    const copy = { ...d, value: known ? percent : ("-" as const) };
    if (copy.label) copy.label = { ...copy.label, formatter: known ? signed(percent) : "" };
    return copy;
  });
  scale.min = low;
  scale.max = high > low ? high : low + 1;
}

// compared is the option as the reader wants it; the option itself may be changed.
export function compared(option: Option): Option {
  if (!comparison.shown) {
    option.series = option.series?.filter((s) => !isBefore(s) && !isDifference(s));
  } else if (comparison.differences === "rel") {
    relative(option);
  }
  return option;
}

// addComparison puts the switches under the title where there is something to
// compare with.
export function addComparison(changed: () => void) {
  const { compare = "Comparison", both = "both", absolute = "absolute", relative: share = "relative" } = document.body.dataset;
  const meta = document.querySelector(".meta");
  if (!meta || !document.querySelector("th[data-c]")) return;
  const bar = make("div", "compare");
  bar.setAttribute("role", "group");
  bar.setAttribute("aria-label", compare);
  const press = (button: HTMLButtonElement, on: boolean) => button.setAttribute("aria-pressed", String(on));
  const ways = ([["both", both], ["abs", absolute], ["rel", share]] as const).map(([way, text]) => {
    const button = make("button", "way", "Δ " + text);
    button.type = "button";
    button.addEventListener("click", () => {
      comparison.differences = way;
      update();
    });
    return { way, button };
  });
  const shown = make("button", "way", compare);
  shown.type = "button";
  shown.addEventListener("click", () => {
    comparison.shown = !comparison.shown;
    update();
  });
  const mark = () => {
    press(shown, comparison.shown);
    for (const w of ways) {
      press(w.button, comparison.differences === w.way);
      w.button.disabled = !comparison.shown;
    }
  };
  const update = () => {
    mark();
    showColumns();
    changed();
  };
  mark();
  bar.append(shown, ...ways.map((w) => w.button));
  meta.after(bar);
}
