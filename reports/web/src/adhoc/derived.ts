// The columns of the queries that a statement names: those of WITH, and those in
// brackets with a name behind.

// blank is a text in which what is quoted and comments are spaces, in the same
// places.
function blank(sql: string): string {
  return sql.replace(/'(?:[^']|'')*'|--[^\n]*|\/\*[\s\S]*?\*\//g, (m) => " ".repeat(m.length));
}

// closing is the place of the bracket that closes the one at a place; the end where
// none does.
function closing(text: string, open: number): number {
  let depth = 0;
  for (let i = open; i < text.length; i++) {
    if (text[i] === "(") depth++;
    else if (text[i] === ")" && --depth === 0) return i;
  }
  return text.length;
}

function opening(text: string, close: number): number {
  let depth = 0;
  for (let i = close; i >= 0; i--) {
    if (text[i] === ")") depth++;
    else if (text[i] === "(" && --depth === 0) return i;
  }
  return -1;
}

// named is the query that has a name; "" where none has.
function named(text: string, name: string): string {
  const given = new RegExp(`\\b${name}\\s+AS\\s+(?:NOT\\s+)?(?:MATERIALIZED\\s+)?\\(`, "i").exec(text);
  if (given) {
    const open = given.index + given[0].length - 1;
    return text.slice(open + 1, closing(text, open));
  }
  const behind = new RegExp(`\\)\\s*(?:AS\\s+)?${name}\\b`, "i").exec(text);
  if (!behind) return "";
  const open = opening(text, behind.index);
  const inner = text.slice(open + 1, behind.index);
  return open >= 0 && /^\s*(SELECT|WITH)\b/i.test(inner) ? inner : "";
}

// listed are the items of the list behind the query's own SELECT.
function listed(query: string): string[] {
  const items: string[] = [];
  let depth = 0;
  let from = -1;
  for (const m of query.matchAll(/[(),]|\b(?:SELECT|FROM|UNION|INTERSECT|EXCEPT)\b/gi)) {
    const word = m[0].toUpperCase();
    if (word === "(") depth++;
    else if (word === ")") depth--;
    else if (depth > 0) continue;
    else if (word === "SELECT") from = m.index + 6;
    else if (from >= 0) {
      items.push(query.slice(from, m.index));
      if (word !== ",") return items;
      from = m.index + 1;
    }
  }
  return from < 0 ? items : [...items, query.slice(from)];
}

// derived are the columns of the query that a statement calls by a name; tables
// says those of a table, for what takes all of one.
export function derived(sql: string, name: string, tables: (table: string) => string[] | undefined): string[] {
  const query = named(blank(sql), name);
  if (!query) return [];
  const found = listed(query).flatMap((item): string[] => {
    const text = item.trim().replace(/^DISTINCT\s+/i, "");
    if (/(^|\.)\*$/.test(text)) {
      const table = /\bFROM\s+([\w.]+)/i.exec(query)?.[1] ?? "";
      return tables(table) ?? (table && table !== name ? derived(sql, table, tables) : []);
    }
    const last = /(?:^|[\s.])"?(\w+)"?$/.exec(text)?.[1];
    return last && /^\D/.test(last) ? [last] : [];
  });
  return [...new Set(found)];
}
