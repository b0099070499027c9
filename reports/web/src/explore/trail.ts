// The questions of this visit, in order, to go back and forth.
import type { Form } from "../adhoc/plot";
import type { Layout } from "../grid/layout";
import type { Query } from "./query";

export type Format = "bars" | "heat" | "signs";

// Step is a question and how its answer is shown.
export type Step = { query: Query; formats: Record<string, Format>; chart: boolean; form?: Form; layout?: Layout };

export class Trail {
  private list: Step[] = [];
  private at = -1;

  constructor(private readonly most = 200) {}

  // push adds a step after the present one; those that were undone are gone. A
  // step that is the same as the present one is none.
  push(s: Step): boolean {
    if (JSON.stringify(this.now()) === JSON.stringify(s)) return false;
    this.list = [...this.list.slice(0, this.at + 1), s].slice(-this.most);
    this.at = this.list.length - 1;
    return true;
  }

  now(): Step | undefined {
    return this.list[this.at];
  }

  all(): { steps: Step[]; at: number } {
    return { steps: this.list, at: this.at };
  }

  can(by: number): boolean {
    return this.at + by >= 0 && this.at + by < this.list.length;
  }

  // to goes to a step of the trail, the nearest that is the same; false: there is none.
  to(s: Step): boolean {
    const text = JSON.stringify(s);
    const same = this.list.map((x, i) => (JSON.stringify(x) === text ? i : -1)).filter((i) => i >= 0);
    if (!same.length) return false;
    this.at = same.reduce((best, i) => (Math.abs(i - this.at) < Math.abs(best - this.at) ? i : best));
    return true;
  }

  go(by: number): Step | undefined {
    if (!this.can(by)) return undefined;
    this.at += by;
    return this.now();
  }
}
