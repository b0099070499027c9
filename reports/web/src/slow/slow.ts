// The page of slow questions: which kinds take most time, where their answers come
// from, and which rollups would help.
import { ask, me } from "../adhoc/api";
import { frame, showMe, tell, troubleBox } from "../adhoc/frame";
import { apart } from "../adhoc/number";
import { fill, lang, w } from "../adhoc/words";
import { button, make } from "../make";
import { timeText } from "../adhoc/time";

type Source = "cache" | "rollup" | "facts" | "sql";
type Shape = { text: string; kind: string; asked: number; users: number; sources: Partial<Record<Source, number>>; total_ms: number | string; median_ms: number | string; max_ms: number | string; rollup?: string; rejected?: string[]; last: string };
type Shapes = { shapes: Shape[]; row_count: number; remembered_since: string; everybody: boolean };
type Slow = { slow: { time: string; user: string; kind: string; text: string; ms: number | string; rows: number; source: Source; rollup?: string; outcome: string }[]; min_ms: number };
type Advice = { advice: { name: string; by: string[]; cells: number; bytes: number | string; asked: number; saves_ms: number | string; serves: string[]; left: string[] }[]; how: string };

const sources: Source[] = ["cache", "rollup", "facts", "sql"];

function sourceTitle(s: Source): string {
  return { cache: w.cached, rollup: w.aRollup, facts: w.theFacts, sql: "SQL" }[s];
}

// opener leads to where the question can be asked again.
function opener(kind: string, text: string): HTMLElement {
  const short = text.replace(/\s+/g, " ").trim();
  const shown = short.length > 160 ? short.slice(0, 159) + "…" : short;
  const door = kind.split("/").pop() ?? "";
  if (door !== "query" && door !== "sql") return make("span", "", shown);
  const a = make("a", "", shown);
  a.href = door === "sql" ? `/sql?${new URLSearchParams({ sql: text, lang })}` : `/explore?${new URLSearchParams({ ask: text, lang })}`;
  a.title = short;
  return a;
}

function moment(text: string): string {
  const at = new Date(text);
  return Number.isNaN(at.getTime()) ? text : at.toLocaleString(lang === "zh" ? "zh-CN" : "en-GB", { dateStyle: "short", timeStyle: "short" });
}

type Cell = string | HTMLElement;

function table(title: string, heads: { text: string; number?: boolean }[], rows: Cell[][]): HTMLElement {
  const box = make("div", "scroll");
  box.tabIndex = 0;
  box.setAttribute("role", "region");
  box.setAttribute("aria-label", title);
  const out = make("table", "");
  const head = make("tr", "");
  for (const h of heads) {
    const th = make("th", h.number ? "num" : "", h.text);
    th.scope = "col";
    head.append(th);
  }
  const thead = make("thead", "");
  thead.append(head);
  const body = make("tbody", "");
  for (const r of rows) {
    const line = make("tr", "");
    r.forEach((c, i) => {
      const cell = make("td", heads[i].number ? "num" : "");
      cell.append(c);
      line.append(cell);
    });
    body.append(line);
  }
  out.append(thead, body);
  box.append(out);
  return box;
}

// shareBar shows where answers came from, and says it.
function shareBar(s: Shape): HTMLElement {
  const box = make("span", "from");
  const bar = make("span", "from-bar");
  bar.setAttribute("aria-hidden", "true");
  const told: string[] = [];
  for (const k of sources) {
    const n = s.sources[k] ?? 0;
    if (!n) continue;
    const part = make("i", `from-${k}`);
    part.style.flexGrow = String(n);
    bar.append(part);
    told.push(`${sourceTitle(k)} ${n}`);
  }
  box.append(bar, make("span", "", told.join(", ")));
  return box;
}

function shapesTable(found: Shapes): HTMLElement {
  const rows = found.shapes.map((s): Cell[] => {
    const reasons = [...new Set((s.rejected ?? []).map((r) => r.replace(/^\w+: /, "")))];
    const why = make("span", "quiet", s.rollup ? fill(w.fromRollup, { r: s.rollup }) : reasons.slice(0, 2).join("; "));
    why.title = (s.rejected ?? []).join("\n");
    return [opener(s.kind, s.text), apart(String(s.asked)), apart(String(s.users)), shareBar(s), timeText(s.total_ms), timeText(s.median_ms), timeText(s.max_ms), moment(s.last), why];
  });
  const heads = [{ text: w.aQuestion }, { text: w.asked, number: true }, { text: w.people, number: true }, { text: w.answeredFrom }, { text: w.inAll, number: true }, { text: w.usually, number: true }, { text: w.atMostTime, number: true }, { text: w.lastAsked }, { text: w.whyFacts }];
  return table(w.slowShapes, heads, rows);
}

function slowTable(found: Slow): HTMLElement {
  const heads = [{ text: w.aQuestion }, { text: w.lastAsked }, { text: w.who }, { text: w.answeredFrom }, { text: w.rows, number: true }, { text: w.timeTaken, number: true }];
  return table(w.slowest, heads, found.slow.map((s): Cell[] => [opener(s.kind, s.text), moment(s.time), s.user, s.rollup ?? sourceTitle(s.source), apart(String(s.rows)), timeText(s.ms)]));
}

function adviceList(found: Advice): HTMLElement {
  if (!found.advice.length) return make("p", "quiet", w.adviceNone);
  const box = make("div", "");
  for (const x of found.advice) {
    const one = make("div", "advice");
    const size = fill(w.adviceSize, { n: apart(String(x.cells)), m: (Number(x.bytes) / 1e6).toFixed(1), a: x.asked, t: timeText(x.saves_ms) });
    const list = make("ul", "steps");
    for (const q of x.serves) {
      const item = make("li", "");
      item.textContent = q.replace(/\(\)/g, "(…)"); // its values are not kept
      list.append(item);
    }
    one.append(make("h3", "", x.name), make("p", "", x.by.join(", ")), make("p", "quiet", size), list);
    if (x.left.length) one.append(make("p", "note", x.left.join("; ")));
    box.append(one);
  }
  box.append(make("p", "quiet", w.adviceHow), make("pre", "code", `verso rollup apply ${found.advice.map((x) => x.name).join(" ")}\nverso rollup build`));
  return box;
}

async function show(main: HTMLElement, admin: boolean) {
  const page = make("div", "slow");
  main.prepend(page);
  const [shapes, slow] = await Promise.all([ask<Shapes>("log/shapes"), ask<Slow>("log/slow", { params: { limit: "50", min_ms: "50" } })]);
  page.append(make("p", "quiet", fill(shapes.everybody ? w.slowAll : w.slowMine, { d: moment(shapes.remembered_since) })), troubleBox(), make("h2", "", w.slowShapes));
  page.append(shapes.shapes.length ? shapesTable(shapes) : make("p", "quiet", w.nothingAsked));
  if (admin) {
    const place = make("div", "");
    place.setAttribute("aria-live", "polite");
    const go = button("strong", w.adviceAsk, () => {
      go.disabled = true;
      place.replaceChildren(make("p", "quiet", w.asking));
      ask<Advice>("log/advice", { method: "POST" })
        .then((found) => place.replaceChildren(adviceList(found)))
        .catch((e: unknown) => {
          place.replaceChildren();
          tell(e);
        })
        .finally(() => (go.disabled = false));
    });
    page.append(make("h2", "", w.advice), make("p", "quiet", w.adviceWhat), go, place);
  }
  page.append(make("h2", "", fill(w.slowest, {})), slow.slow.length ? slowTable(slow) : make("p", "quiet", fill(w.noneSlow, { n: slow.min_ms })));
}

async function begin() {
  const main = frame(() => undefined);
  try {
    const who = await me();
    showMe(who);
    await show(main, Boolean(who.person.admin));
    document.body.dataset.ready = "true";
  } catch (e) {
    tell(e);
  }
}

void begin();
