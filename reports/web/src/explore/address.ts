// The address of a question: a link shows it as it was, with how it is shown and the
// page of the report that led to it.
import { forms } from "../adhoc/plot";
import { tidy, type Query } from "./query";
import { checkText } from "./settings";
import type { Step } from "./trail";

export function paramsOf(s: Step, from: string): URLSearchParams {
  const params = new URLSearchParams({ q: JSON.stringify(s.query) });
  if (Object.keys(s.formats).length) params.set("show", JSON.stringify(s.formats));
  if (s.chart) params.set("chart", s.form ?? "1");
  if (s.layout) params.set("columns", JSON.stringify(s.layout));
  if (from) params.set("from", from);
  return params;
}

// stepOf is the step that an address shows, its question as JSON or as text; problem
// is what is wrong with it. Without a question it is the empty one of a cube.
export async function stepOf(params: URLSearchParams, cube: string): Promise<{ step: Step; problem: unknown }> {
  let query: Query = { cube, measures: [] };
  let problem: unknown = null;
  try {
    const typed = params.get("ask");
    if (typed) {
      const found = await checkText(typed);
      if (found.json) query = tidy(found.json);
      problem = found.errors[0] ?? null;
    } else if (params.get("q")) {
      query = tidy({ ...query, ...(JSON.parse(params.get("q") ?? "") as Query) });
    }
  } catch (e) {
    problem = e;
  }
  const chart = params.get("chart");
  const form = forms.find((f) => f === chart);
  return { step: { query, formats: parsed(params.get("show"), {}), chart: chart === "1" || form !== undefined, form, layout: parsed(params.get("columns"), undefined) }, problem };
}

// pageOf is a page of this server's report; "" for what is none.
export function pageOf(from: string): string {
  return /^\/(?:[\w.-]+\/)*[\w.-]+\.html(?:#[\w.-]+)?$/.test(from) ? from : "";
}

// parsed is what a part of the address says; what is not JSON says nothing.
function parsed<T>(text: string | null, otherwise: T): T {
  try {
    return text ? (JSON.parse(text) as T) : otherwise;
  } catch {
    return otherwise;
  }
}
