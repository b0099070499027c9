// Rows of a result in another order, by the digits of their numbers.
import type { Value } from "../adhoc/answers";
import { exact } from "../adhoc/number";

export type Order = { column: number; desc: boolean };

// compare puts values in their order: numbers by all their digits, nothing last.
function compare(a: Value, b: Value, number: boolean): number {
  const x = number ? exact(String(a)) : undefined;
  const y = number ? exact(String(b)) : undefined;
  if (!x || !y) return number && (x || y) ? (x ? -1 : 1) : String(a).localeCompare(String(b));
  const scale = Math.max(x.scale, y.scale);
  const p = x.digits * 10n ** BigInt(scale - x.scale);
  const q = y.digits * 10n ** BigInt(scale - y.scale);
  return p < q ? -1 : p > q ? 1 : 0;
}

// sortedRows are the rows by the orders given; equal ones stay as they came.
export function sortedRows(rows: Value[][], numbers: boolean[], orders: Order[]): Value[][] {
  if (!orders.length) return rows;
  return [...rows].sort((a, b) => {
    for (const { column, desc } of orders) {
      const [x, y] = [a[column], b[column]];
      if (x === null || y === null) {
        if (x !== y) return x === null ? 1 : -1;
        continue;
      }
      const c = compare(x, y, numbers[column]);
      if (c) return desc ? -c : c;
    }
    return 0;
  });
}
