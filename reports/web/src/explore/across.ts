// The way to finer and coarser levels, and to other cubes.
import { ask } from "../adhoc/api";
import type { Cube } from "../adhoc/answers";
import type { Item } from "../adhoc/menu";
import { w } from "../adhoc/words";
import type { Desk } from "./desk";
import { Meta } from "./meta";

export function acrossMenu(desk: Desk): Item[] {
  const { meta } = desk;
  const { query } = desk.step;
  const levels = [...(query.rows ?? []), ...(query.columns ?? [])].flatMap((field): Item[] => {
    const finer = meta.finer(field);
    const coarser = meta.coarser(field);
    return [
      ...(finer ? [{ text: `${w.drillDown}: ${meta.title(field)} → ${meta.title(finer)}`, does: () => void desk.navigate({ step: "drill_down", field }) }] : []),
      ...(coarser ? [{ text: `${w.drillUp}: ${meta.title(field)} → ${meta.title(coarser)}`, does: () => void desk.navigate({ step: "roll_up", field }) }] : []),
    ];
  });
  const others = desk.cubes.filter((c) => c.name !== query.cube).map((c): Item => ({ text: c.title, does: () => void across(desk, c.name) }));
  return [...levels, { head: w.drillAcross }, ...others];
}

// across asks another cube the same, with its first measure where it has none of
// the same name.
async function across(desk: Desk, to: string) {
  try {
    const other = new Meta(await ask<Cube>(`cubes/${encodeURIComponent(to)}`));
    const same = desk.step.query.measures.filter((m) => other.isMeasure(m));
    const measures = same.length ? same : other.cube.measures.slice(0, 1).map((m) => m.name);
    await desk.navigate({ step: "drill_across", to, measures });
  } catch (e) {
    desk.trouble(e);
  }
}
