// make is an element with a class and a text.
export function make<K extends keyof HTMLElementTagNameMap>(tag: K, className: string, text = ""): HTMLElementTagNameMap[K] {
  const e = document.createElement(tag);
  if (className) e.className = className;
  e.textContent = text;
  return e;
}

// button is a button that does something.
export function button(className: string, text: string, does: (e: MouseEvent) => void): HTMLButtonElement {
  const b = make("button", className, text);
  b.type = "button";
  b.addEventListener("click", does);
  return b;
}

// labelled is a field under its name.
export function labelled<E extends HTMLElement>(name: string, field: E): HTMLLabelElement {
  const l = make("label", "field");
  l.append(make("span", "", name), field);
  return l;
}

// option is a choice of a select.
export function option(value: string, text: string, selected = false): HTMLOptionElement {
  const o = make("option", "", text);
  o.value = value;
  o.selected = selected;
  return o;
}

// choose is a select of options.
export function choose(options: [value: string, text: string][], value: string, changed?: (value: string) => void): HTMLSelectElement {
  const s = make("select", "");
  s.append(...options.map(([v, t]) => option(v, t, v === value)));
  if (changed) s.addEventListener("change", () => changed(s.value));
  return s;
}
