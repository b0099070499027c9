// The frame of both pages: the way back to the report, languages, theme, and
// what has gone wrong or happened.
import { addThemeSwitch, applyTheme } from "../theme";
import { button, make } from "../make";
import { hasSession, logOut, type Refusal } from "./api";
import type { Me } from "./answers";
import { fill, w } from "./words";

applyTheme();

const said = make("p", "said-aloud");
const trouble = make("div", "trouble-box");

// frame completes the page's head and returns its main part.
export function frame(themeChanged: () => void): HTMLElement {
  document.documentElement.classList.add("js");
  addThemeSwitch(themeChanged);
  const main = document.querySelector("main") as HTMLElement;
  said.setAttribute("role", "status");
  trouble.setAttribute("role", "alert");
  main.append(trouble, said);
  return main;
}

// showMe writes the company and the day into the head.
export function showMe(me: Me) {
  const brand = document.querySelector(".brand bdi");
  if (brand && me.company) brand.textContent = me.company;
  const day = document.querySelector(".as-of");
  if (day) day.textContent = `${w.asOf} ${me.as_of}`;
  if (!me.rights.sql) document.querySelector('header nav a[href^="/sql"]:not([aria-current])')?.parentElement?.remove();
  if (!me.person.admin) document.querySelector('header nav a[href^="/explore/slow"]:not([aria-current])')?.parentElement?.remove();
  if (hasSession(me)) document.querySelector(".tools")?.prepend(make("bdi", "as-of", me.person.name), button("theme-text", w.logOut, () => void logOut()));
}

let timer = 0;

// say tells something in passing.
export function say(text: string) {
  said.textContent = text;
  said.classList.add("is-shown");
  clearTimeout(timer);
  timer = window.setTimeout(() => said.classList.remove("is-shown"), 3500);
}

// tell shows an error until the next question; null takes it away.
export function tell(e: unknown) {
  trouble.replaceChildren();
  if (e === null || (e instanceof DOMException && e.name === "AbortError")) return;
  const line = make("p", "banner bad");
  const r = e as Partial<Refusal> & { message?: string };
  const message = r.message ?? String(e);
  line.append(make("span", "", message));
  if (r.line && r.column) line.prepend(make("span", "", fill(w.line, { l: r.line, c: r.column }) + ": "));
  if (r.hint) line.append(make("span", "hint", " " + r.hint));
  if (r.status === 401) {
    const a = make("a", "", w.logIn);
    a.href = `/login?next=${encodeURIComponent(location.pathname + location.search)}`;
    line.append(" ", a);
  }
  trouble.append(line);
}

// troubleBox is where errors stand; a page may put it where it belongs.
export function troubleBox(): HTMLElement {
  return trouble;
}
