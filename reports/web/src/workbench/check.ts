// Statements are checked while they are typed: the server reads and plans them, and
// runs none. What is wrong is underlined at its place, with what to do about it.
import { ask } from "../adhoc/api";
import type { Value, Wrong } from "../adhoc/answers";
import type { Marked, Piece } from "../editor";

export type Uses = {
  pieces(): Piece[];
  values(sql: string): Record<string, Value> | undefined;
  mark(list: Marked[]): void;
  tell(wrong: Wrong | undefined, p: Piece | undefined): void; // the first error, none where all is well
  idle(): boolean; // nothing runs: a run shows its own errors
};

type Checked = { statements: { error?: Wrong }[] };

const pause = 450; // milliseconds without a key
const kept = 200; // statements whose errors are remembered
const most = 8; // statements checked at a time, those at the end last

export class Checker {
  private timer = 0;
  private asking: AbortController | undefined;
  private readonly known = new Map<string, Wrong | null>();

  constructor(private readonly uses: Uses) {}

  // typed says that the text has changed.
  typed() {
    clearTimeout(this.timer);
    this.asking?.abort();
    this.timer = window.setTimeout(() => void this.check(), pause);
  }

  private async check() {
    if (!this.uses.idle()) return;
    const mine = new AbortController();
    this.asking = mine;
    const pieces = this.uses.pieces().filter((p) => p.text.trim());
    const asked = pieces.map((p) => ({ p, body: this.body(p) }));
    for (const { p, body } of asked.filter(({ body }) => !this.known.has(body)).slice(0, most)) {
      try {
        const found = await ask<Checked>("sql/check", { json: { sql: p.text, ...parametersOf(this.uses.values(p.text)) }, signal: mine.signal });
        this.remember(body, found.statements[0]?.error ?? null);
      } catch {
        return; // it was typed on, or the server does not check now; running says what is wrong
      }
    }
    if (mine.signal.aborted || !this.uses.idle()) return;
    this.uses.mark(asked.map(({ p, body }) => ({ from: p.from, marks: marksOf(this.known.get(body)) })));
    const first = asked.find(({ body }) => this.known.get(body));
    this.uses.tell((first && this.known.get(first.body)) ?? undefined, first?.p);
  }

  private body(p: Piece): string {
    return JSON.stringify([p.text, this.uses.values(p.text)]);
  }

  private remember(body: string, wrong: Wrong | null) {
    this.known.set(body, wrong);
    const [first] = this.known.keys();
    if (this.known.size > kept && first !== undefined) this.known.delete(first);
  }
}

function parametersOf(values: Record<string, Value> | undefined): object {
  return values ? { parameters: values } : {};
}

function marksOf(wrong: Wrong | null | undefined): Marked["marks"] {
  if (!wrong) return [];
  return [{ line: wrong.line ?? 1, column: wrong.column ?? 1, message: [wrong.message, wrong.hint ?? ""].filter(Boolean).join("\n") }];
}
