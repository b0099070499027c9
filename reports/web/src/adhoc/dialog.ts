// A question to the reader in a window of its own.
import { button, make } from "../make";

export type Dialog = { body: HTMLElement; close(): void; refuse(text: string): void };

// openDialog shows a form; does is called on its OK, and a text that it returns
// is what is in the way of it, "" nothing.
export function openDialog(title: string, words: { ok: string; cancel: string }, does?: () => string, wide = false): Dialog {
  const before = document.activeElement as HTMLElement | null;
  const dialog = make("dialog", wide ? "dialog wide-dialog" : "dialog");
  const form = make("form", "");
  const head = make("h2", "", title);
  head.id = "dialog-title";
  dialog.setAttribute("aria-labelledby", head.id);
  const body = make("div", "dialog-body");
  const trouble = make("p", "trouble");
  trouble.setAttribute("role", "alert");
  const foot = make("div", "dialog-foot");
  const close = () => dialog.close();
  foot.append(button("plain", words.cancel, close));
  if (does) {
    const ok = make("button", "strong", words.ok);
    ok.type = "submit";
    foot.append(ok);
  }
  form.method = "dialog";
  form.append(head, body, trouble, foot);
  form.addEventListener("submit", (e) => {
    e.preventDefault();
    const problem = does?.();
    if (problem) trouble.textContent = problem;
    else close();
  });
  dialog.append(form);
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (before?.isConnected) before.focus({ preventScroll: true });
  });
  (document.querySelector("main") ?? document.body).append(dialog);
  dialog.showModal();
  return { body, close, refuse: (text) => (trouble.textContent = text) };
}
