// What a question would take, known before it is asked.
import { ask } from "./api";
import type { Cost } from "./answers";
import { apart } from "./number";
import { timeText } from "./time";
import { fill, w } from "./words";
import type { Query } from "../explore/query";

const dearRows = 50_000_000; // of the facts
const dearTime = 5_000; // milliseconds that such questions usually take

// costOf is undefined where it cannot be known: asking says what is wrong.
export function costOf(query: Query, signal: AbortSignal): Promise<Cost | undefined> {
  return ask<Cost>("cost", { json: query, signal }).catch(() => undefined);
}

// isDear tells questions that are better asked on purpose.
export function isDear(c: Cost): boolean {
  if (c.source === "cache") return false;
  return (c.source === "facts" && c.rows > dearRows) || Number(c.past?.median_ms ?? 0) > dearTime;
}

// isWorthSaying tells questions that are not answered at once.
export function isWorthSaying(c: Cost): boolean {
  return c.source !== "cache" && (c.rows > 1_000_000 || Number(c.past?.median_ms ?? 0) > 250);
}

export function costText(c: Cost): string {
  const rows = apart(String(c.rows));
  const from = c.source === "cache" ? w.costKnown : c.source === "rollup" ? fill(w.costRollup, { n: rows, r: c.rollup ?? "" }) : fill(w.costFacts, { n: rows });
  return c.past && c.source !== "cache" ? `${from}, ${fill(w.costUsually, { t: timeText(c.past.median_ms) })}` : from;
}
