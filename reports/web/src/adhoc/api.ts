// The server's answers, typed, and its refusals as errors.
import type { Me } from "./answers";
import { parse } from "./number";
import { lang, w } from "./words";

const root = "/api/v1/";

// Refusal is an error that the server tells of.
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly hint = "",
    readonly line = 0,
    readonly column = 0,
  ) {
    super(message);
  }
}

type Told = { error?: { code?: string; message?: string; hint?: string; line?: number; column?: number } };

async function refusal(r: Response): Promise<Refusal> {
  const text = (await r.text()).trim();
  let told: Told = {};
  try {
    told = JSON.parse(text) as Told;
  } catch {
    if (text && r.headers.get("Content-Type")?.startsWith("text/plain")) told = { error: { message: text } };
  }
  const e = told.error ?? {};
  return new Refusal(r.status, e.code ?? "", e.message ?? `${r.status} ${r.statusText}`, e.hint, e.line, e.column);
}

let token = ""; // shows that a request comes from a page of this server

function csrf(): string {
  const found = document.cookie.split("; ").find((c) => c.startsWith("verso_csrf="));
  return found ? decodeURIComponent(found.slice("verso_csrf=".length)) : token;
}

// me is who asks. Somebody who has logged in has a session, whose token goes with
// every request that changes something.
export async function me(): Promise<Me> {
  const who = await ask<Me>("me");
  if (hasSession(who)) {
    const session = await fetch("/session", { credentials: "same-origin" });
    if (session.ok) token = ((await session.json()) as { csrf?: string }).csrf ?? "";
  }
  return who;
}

// hasSession tells people who have logged in from those who are let in otherwise.
export function hasSession(who: Me): boolean {
  return who.person.by === "password" || who.person.by === "oidc";
}

// logOut ends the session and shows where to log in.
export async function logOut() {
  await fetch("/logout", { method: "POST", headers: { "X-Csrf-Token": csrf() }, credentials: "same-origin", redirect: "manual" });
  location.assign("/login");
}

type Options = { method?: string; json?: unknown; text?: string; signal?: AbortSignal; params?: Record<string, string> };

// call sends a request; anything but success is a Refusal.
export async function call(path: string, o: Options = {}): Promise<Response> {
  const params = new URLSearchParams({ ...o.params, lang });
  const headers: Record<string, string> = {};
  const init: RequestInit = { method: o.method ?? (o.json === undefined && o.text === undefined ? "GET" : "POST"), headers, signal: o.signal, credentials: "same-origin" };
  if (o.json !== undefined) {
    headers["Content-Type"] = "application/json";
    init.body = JSON.stringify(o.json);
  }
  if (o.text !== undefined) {
    headers["Content-Type"] = "text/plain; charset=utf-8";
    init.body = o.text;
  }
  if (init.method !== "GET" && csrf()) headers["X-Csrf-Token"] = csrf();
  const r = await fetch(`${root}${path}?${params}`, init).catch((e: unknown) => {
    throw o.signal?.aborted ? e : new Refusal(0, "unreachable", w.gone);
  });
  if (!r.ok) throw await refusal(r);
  return r;
}

// ask is call for an answer in JSON, with all digits of its numbers.
export async function ask<T>(path: string, o: Options = {}): Promise<T> {
  const r = await call(path, o);
  return (r.status === 204 ? undefined : parse(await r.text())) as T;
}

// download sends a request and saves what comes back as a file.
export async function download(path: string, json: unknown, params: Record<string, string>, name: string) {
  const r = await call(path, { json, params });
  saveAs(await r.blob(), name);
}

// saveAs gives the reader a file.
export function saveAs(data: Blob, name: string) {
  const url = URL.createObjectURL(data);
  const a = document.createElement("a");
  a.href = url;
  a.download = name;
  document.body.append(a);
  a.click();
  a.remove();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
