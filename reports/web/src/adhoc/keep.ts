// Something is saved under a title: a view, filters, statements. What one has saved
// under the same title is saved anew.
import { ask } from "./api";
import type { Item, Me } from "./answers";
import { openDialog } from "./dialog";
import { w } from "./words";
import { labelled, make } from "../make";

export type Kept = { kind: "view" | "filters" | "sql"; heading: string; title: string; content: unknown };

const longest = 200; // characters of a title

// keepDialog asks for the title and saves; done is told it.
export function keepDialog(k: Kept, me: Me, done: (title: string) => void, trouble: (e: unknown) => void) {
  const title = make("input", "");
  title.maxLength = longest;
  title.value = k.title.slice(0, 120);
  const shared = make("input", "");
  shared.type = "checkbox";
  const line = make("label", "tick");
  line.append(shared, make("span", "", w.shared));
  const dialog = openDialog(k.heading, w, () => {
    const name = title.value.trim();
    if (!name) return w.needValue;
    keep(k, name, shared.checked, me)
      .then(() => done(name))
      .catch(trouble);
    return "";
  });
  dialog.body.append(labelled(w.title, title), line);
  title.select();
}

async function keep(k: Kept, title: string, shared: boolean, me: Me) {
  const { saved } = await ask<{ saved: Item[] }>("saved");
  const before = saved.find((s) => s.kind === k.kind && s.title === title && s.owner === me.person.name);
  const json = { kind: k.kind, title, content: k.content, shared };
  if (before) await ask<Item>(`saved/${before.id}`, { method: "PUT", json: { ...json, version: before.version } });
  else await ask<Item>("saved", { json });
}
