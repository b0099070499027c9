// What the parts of the explorer share: the question, its answer, and how both
// are changed.
import type { Answer, CubeHead, Me } from "../adhoc/answers";
import type { Meta } from "./meta";
import type { Query } from "./query";
import type { Format, Step, Trail } from "./trail";

export interface Desk {
  readonly me: Me;
  readonly cubes: CubeHead[];
  readonly meta: Meta;
  readonly step: Step;
  readonly trail: Trail;
  readonly answer: Answer | undefined;

  // change asks another question.
  change(q: Query): void;
  // restore shows a step of this visit, or one that was saved.
  restore(s: Step): void;
  // format shows the figures of a measure in another way.
  format(measure: string, f: Format | ""): void;
  // step to the next question on the server, which knows the hierarchies.
  navigate(body: Record<string, unknown>): Promise<void>;
  // say tells something that has happened.
  say(text: string): void;
  // trouble shows an error.
  trouble(e: unknown): void;
}
