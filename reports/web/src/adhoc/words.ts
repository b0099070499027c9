// The texts of the explorer and the workbench in the language of the page.
import { en, type Words } from "./words/en";
import { zh } from "./words/zh";

export const lang = document.documentElement.lang.startsWith("zh") ? "zh" : "en";

export const w: Words = lang === "zh" ? zh : en;

// fill puts values in the places of a text: {n} is a value, {n|row|rows} the word
// that goes with it.
export function fill(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{(\w+)(?:\|([^|}]*)\|([^}]*))?\}/g, (all, name: string, one?: string, many?: string) => {
    if (!(name in values)) return all;
    const value = String(values[name]);
    return one === undefined ? value : value === "1" ? one : (many ?? "");
  });
}
