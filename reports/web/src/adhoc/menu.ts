// A menu that opens at a place, for the pointer and the keyboard.
import { make } from "../make";

export type Item = { text: string; does: () => void; hint?: string; checked?: boolean; off?: boolean } | { head: string };

let close: (() => void) | undefined;

// openMenu shows the items beside a rectangle and gives the focus back when it
// closes.
export function openMenu(at: DOMRect, label: string, items: Item[]) {
  close?.();
  const before = document.activeElement as HTMLElement | null;
  const box = make("div", "menu");
  box.setAttribute("role", "menu");
  box.setAttribute("aria-label", label);
  box.tabIndex = -1;
  const rows: HTMLElement[] = [];
  for (const item of items) {
    if ("head" in item) {
      const head = make("div", "menu-head", item.head);
      head.setAttribute("role", "presentation");
      box.append(head);
      continue;
    }
    const row = make("div", "menu-item");
    row.append(make("span", "", item.text));
    if (item.hint) row.append(make("small", "", item.hint));
    row.setAttribute("role", item.checked === undefined ? "menuitem" : "menuitemcheckbox");
    if (item.checked !== undefined) row.setAttribute("aria-checked", String(item.checked));
    row.tabIndex = -1;
    if (item.off) {
      row.setAttribute("aria-disabled", "true");
    } else {
      row.addEventListener("click", () => {
        done();
        item.does();
      });
    }
    rows.push(row);
    box.append(row);
  }
  const outside = (e: Event) => {
    if (!box.contains(e.target as Node)) done(false);
  };
  const done = (back = true) => {
    removeEventListener("pointerdown", outside, true);
    removeEventListener("blur", outside);
    box.remove();
    close = undefined;
    if (back) before?.focus({ preventScroll: true });
  };
  close = done;
  addEventListener("pointerdown", outside, true);
  box.addEventListener("keydown", (e) => keys(e, rows, done));
  (document.querySelector("dialog[open]") ?? document.querySelector("main") ?? document.body).append(box);
  put(box, at);
  (rows[0] ?? box).focus({ preventScroll: true });
}

function keys(e: KeyboardEvent, rows: HTMLElement[], done: () => void) {
  const at = rows.indexOf(document.activeElement as HTMLElement);
  const to = (i: number) => rows[(i + rows.length) % rows.length]?.focus();
  switch (e.key) {
    case "ArrowDown":
      to(at + 1);
      break;
    case "ArrowUp":
      to(at - 1);
      break;
    case "Home":
      to(0);
      break;
    case "End":
      to(-1);
      break;
    case "Enter":
    case " ":
      rows[at]?.click();
      break;
    case "Escape":
    case "Tab":
      done();
      break;
    default: {
      const letter = e.key.toLowerCase();
      const found = [...rows.slice(at + 1), ...rows].find((r) => e.key.length === 1 && r.textContent?.toLowerCase().startsWith(letter));
      if (!found) return;
      found.focus();
    }
  }
  e.preventDefault();
  e.stopPropagation();
}

// put places the box below the rectangle, or where it is in the window.
function put(box: HTMLElement, at: DOMRect) {
  const { width, height } = box.getBoundingClientRect();
  const x = Math.max(8, Math.min(at.left, innerWidth - width - 8));
  const below = at.bottom + 3;
  const y = below + height < innerHeight - 8 ? below : Math.max(8, at.top - height - 3);
  box.style.left = `${x}px`;
  box.style.top = `${y}px`;
}
