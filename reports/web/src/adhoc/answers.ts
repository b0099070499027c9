// What the server answers, as its own document describes it.
import type { Filter, Query, Time } from "../explore/query";

export type Value = string | number | boolean | null;
export type Note = { kind: string; text: string };

export type Column = {
  name: string;
  title: string;
  kind: string; // attribute, measure or fact
  type: string;
  unit?: string;
  format?: string;
  digits?: number;
  members?: string[];
  keys?: string[];
  level?: number;
  total?: boolean;
  measure?: string;
  scope?: string;
  calculation?: string;
  lower_is_better?: boolean;
  approximate?: boolean;
  calculated?: boolean;
};

export type Row = { level: "row" | "subtotal" | "others" | "total"; given: number; keys: string[]; cells: Value[]; calculated?: boolean };

export type Answer = {
  text: string;
  query: Query;
  generation: string;
  as_of: string;
  facts: number;
  took_ms: number | string;
  cached: boolean;
  rollup?: string;
  notes: Note[];
  columns: Column[];
  rows: Row[];
  row_count: number;
  offset: number;
  more: boolean;
  cursor?: string;
};

export type Me = {
  person: { name: string; by?: string; admin?: boolean };
  rights: { sql: boolean; facts: boolean; told?: string };
  as_of: string;
  company: string;
  currency: string;
  languages: string[];
};

export type CubeHead = { name: string; title: string; description: string };

export type Attribute = { name: string; title: string; description: string; type: string; level?: string };
export type Dimension = { name: string; title: string; description: string; date?: boolean; attributes: Attribute[]; hierarchies: { name: string; title: string; levels: string[] }[] };
export type Measure = { name: string; title: string; description: string; additive: string; computed: string; unit?: string; format: string; lower_is_better?: boolean };

export type Cube = CubeHead & { dimensions: Dimension[]; measures: Measure[]; scenarios: string[]; scopes: string[]; calculations: string[]; sets?: NamedSet[] };

export type NamedSet = { dimension: string; name: string; title: string };

export type Members = { members: { key: string; label: string }[]; more: boolean; notes: Note[] };

export type Wrong = { code: string; message: string; hint?: string; line?: number; column?: number };

export type Checked = {
  ok: boolean;
  text?: string;
  json?: Query;
  sql?: string;
  args?: Value[];
  rollup?: string;
  cost?: { source: string; rows: number };
  errors: Wrong[];
  completions: Completion[];
};

export type Completion = { text: string; kind?: string; title?: string; from?: number; to?: number };

export type Why = {
  measure: string;
  unit: string;
  before: Value;
  after: Value;
  delta: Value;
  words: string[];
  before_time?: Time;
  after_time?: Time;
  where?: Filter[];
  columns: Column[];
  rows: Row[];
  notes: Note[];
  bridge?: { columns: Column[]; rows: Row[] };
};

export type Facts = { columns: Column[]; rows: Value[][]; total: number; more: boolean; notes: Note[] };

// Cost is what a question would read, known before it is asked.
export type Cost = { source: "cache" | "rollup" | "facts"; table: string; rows: number; rollup?: string; past: { asked: number; median_ms: number | string; max_ms: number | string } | null };

export type Item = { id: string; kind: string; title: string; content: unknown; shared: boolean; owner: string; updated: string; version: number };
