// Builds dist/: charts.js (the chart library), app.js (what a page does) and
// app.css (styles, with the palette written out as CSS variables and classes); for
// ad hoc work explore.js, workbench.js, slow.js, editor.js (the text editor) and work.css.
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";

const palette = JSON.parse(readFileSync("palette.json", "utf8"));

function variables(theme) {
  return Object.entries(palette[theme])
    .map(([name, value]) => `--${name}:${value};`)
    .join("");
}

// The classes give the drawings their colours, in either theme.
function classes() {
  return Object.keys(palette.light)
    .map((n) => `.f-${n}{fill:var(--${n})}.s-${n}{stroke:var(--${n})}`)
    .join("\n");
}

function theme() {
  const light = `color-scheme:light;${variables("light")}`;
  const dark = `color-scheme:dark;${variables("dark")}`;
  return [
    `:root{${light}}`,
    `@media screen and (prefers-color-scheme:dark){:root:not([data-theme="light"]){${dark}}}`,
    `@media screen{:root[data-theme="dark"]{${dark}}}`,
    classes(),
  ].join("\n");
}

mkdirSync("dist", { recursive: true });
const common = { bundle: true, minify: true, format: "iife", target: "es2019", charset: "utf8", legalComments: "none", logLevel: "warning" };
const define = { "process.env.NODE_ENV": '"production"' };
const scripts = { charts: "charts.ts", app: "app.ts", explore: "explore/explore.ts", workbench: "workbench/workbench.ts", slow: "slow/slow.ts", editor: "editor.ts" };
// The editor and the pages for ad hoc work ask for whole numbers of any size.
const newer = ["explore", "workbench", "slow", "editor"];
for (const [name, entry] of Object.entries(scripts)) {
  await build({ ...common, ...(newer.includes(name) ? { target: "es2020" } : {}), entryPoints: ["src/" + entry], outfile: `dist/${name}.js`, define });
}
async function styles(name, head) {
  const contents = head + readFileSync(`src/${name}`, "utf8");
  const built = await build({ stdin: { contents, loader: "css" }, minify: true, write: false, charset: "utf8", logLevel: "warning" });
  writeFileSync("dist/" + name, built.outputFiles[0].text);
}
await styles("app.css", theme() + "\n");
await styles("work.css", "");

// The manifest comes last: where it stands, the build is complete.
const files = ["app.css", "work.css", ...Object.keys(scripts).map((name) => name + ".js")].map((name) => {
  const data = readFileSync("dist/" + name);
  return { name, bytes: data.length, sha256: createHash("sha256").update(data).digest("hex") };
});
writeFileSync("dist/manifest.json", JSON.stringify({ files }, null, 2) + "\n");
