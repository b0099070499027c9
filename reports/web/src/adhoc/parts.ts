// Parts of the program that are loaded when they are first needed.
import type { Charts } from "../charts";
import type { Editors } from "../editor";

type Loaded = { versoCharts?: Charts; versoEditor?: Editors };

const wanted = new Map<string, Promise<void>>();

function load(name: string): Promise<void> {
  let p = wanted.get(name);
  if (!p) {
    p = new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = document.body.dataset[name] ?? "";
      script.addEventListener("load", () => resolve());
      script.addEventListener("error", () => reject(new Error(`${name}: ${script.src}`)));
      document.head.append(script);
    });
    wanted.set(name, p);
  }
  return p;
}

export async function charts(): Promise<Charts> {
  await load("charts");
  return (globalThis as unknown as Loaded).versoCharts as Charts;
}

export async function editors(): Promise<Editors> {
  await load("editor");
  return (globalThis as unknown as Loaded).versoEditor as Editors;
}
