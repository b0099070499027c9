// Light or dark: the reader's choice, or the system's.
import type { Colours } from "./charts";
import { make } from "./make";

const root = document.documentElement;
const store = "verso-theme";

function stored(): string | null {
  try {
    return localStorage.getItem(store);
  } catch {
    return null; // storage is switched off: the theme follows the system
  }
}

// applyTheme sets the theme chosen before; it is called before the page is drawn.
export function applyTheme() {
  const chosen = stored();
  if (chosen === "light" || chosen === "dark") root.dataset.theme = chosen;
}

function isDark(): boolean {
  return root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

// colours are those of the theme, by name.
export function colours(): Colours {
  const style = getComputedStyle(root);
  return new Proxy({} as Colours, { get: (_, name) => style.getPropertyValue("--" + String(name)).trim() });
}

// addThemeSwitch adds the button that changes it, and calls when it has changed.
export function addThemeSwitch(changed: () => void) {
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", changed);
  const tools = document.querySelector(".tools");
  if (!tools) return;
  const button = make("button", "theme");
  button.type = "button";
  const label = document.body.dataset.themeName ?? "Theme";
  button.setAttribute("aria-label", label);
  button.title = label;
  button.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    try {
      localStorage.setItem(store, root.dataset.theme);
    } catch {
      // the choice lasts for this page
    }
    changed();
  });
  tools.append(button);
}
