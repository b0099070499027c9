// What can be told of a statement from its text.

// code is a statement without what is quoted in it and its comments.
function code(sql: string): string {
  return sql.replace(/'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/|\$\$[\s\S]*?\$\$/g, " ");
}

// parameters are the names written as $name, each once, in their order.
export function parameters(sql: string): string[] {
  return [...new Set([...code(sql).matchAll(/\$([A-Za-z_]\w*)/g)].map((m) => m[1]))];
}

// valueOf is what was typed for a parameter: a number, true, false, nothing, or a
// text.
export function valueOf(typed: string): string | number | boolean | null {
  const t = typed.trim();
  if (t === "" || t.toLowerCase() === "null") return null;
  if (/^-?\d{1,15}$/.test(t) || /^-?\d{1,9}\.\d{1,6}$/.test(t)) return Number(t);
  if (t === "true" || t === "false") return t === "true";
  return t;
}

// brief is the beginning of a statement on one line.
export function brief(sql: string, most = 60): string {
  const line = sql.replace(/\s+/g, " ").trim();
  return line.length > most ? line.slice(0, most - 1) + "…" : line;
}
