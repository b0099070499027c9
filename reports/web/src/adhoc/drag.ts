// Dragging with the pointer: something is taken from one place and dropped on
// another. A finger scrolls instead; what can be dragged has a menu as well.
import { make } from "../make";

export type Drop = { element: HTMLElement; over(x: number, y: number): void; out(): void; take(what: string, x: number, y: number): void };

const drops = new Set<Drop>();

export function addDrop(d: Drop) {
  drops.add(d);
}

// dragged makes an element stand for a thing that can be dragged.
export function dragged(e: HTMLElement, what: string, text: string) {
  e.addEventListener("pointerdown", (down) => {
    if (down.button !== 0 || down.pointerType === "touch") return;
    let ghost: HTMLElement | undefined;
    let over: Drop | undefined;
    const move = (m: PointerEvent) => {
      if (!ghost && Math.hypot(m.clientX - down.clientX, m.clientY - down.clientY) < 6) return;
      if (!ghost) {
        ghost = make("div", "ghost", text);
        document.body.append(ghost);
        document.body.classList.add("dragging");
      }
      ghost.style.transform = `translate(${m.clientX + 10}px,${m.clientY + 8}px)`;
      const under = document.elementFromPoint(m.clientX, m.clientY);
      const next = [...drops].find((d) => d.element.contains(under));
      if (next !== over) over?.out();
      over = next;
      over?.over(m.clientX, m.clientY);
      m.preventDefault();
    };
    const end = (m: PointerEvent) => {
      removeEventListener("pointermove", move);
      removeEventListener("pointerup", end);
      removeEventListener("pointercancel", end);
      if (!ghost) return;
      ghost.remove();
      document.body.classList.remove("dragging");
      // What was dragged was not clicked.
      const swallow = (c: Event) => c.stopPropagation();
      addEventListener("click", swallow, true);
      setTimeout(() => removeEventListener("click", swallow, true), 0);
      over?.out();
      if (m.type === "pointerup") over?.take(what, m.clientX, m.clientY);
    };
    addEventListener("pointermove", move);
    addEventListener("pointerup", end);
    addEventListener("pointercancel", end);
  });
}
