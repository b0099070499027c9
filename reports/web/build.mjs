// Builds dist/: charts.js (the chart library), app.js (what a page does) and
// app.css (styles, with the palette written out as CSS variables and classes).
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
await build({ ...common, entryPoints: ["src/charts.ts"], outfile: "dist/charts.js", define: { "process.env.NODE_ENV": '"production"' } });
await build({ ...common, entryPoints: ["src/app.ts"], outfile: "dist/app.js" });
const styles = await build({ stdin: { contents: theme() + "\n" + readFileSync("src/app.css", "utf8"), loader: "css" }, minify: true, write: false, charset: "utf8", logLevel: "warning" });
writeFileSync("dist/app.css", styles.outputFiles[0].text);

// The manifest comes last: where it stands, the build is complete.
const files = ["app.css", "app.js", "charts.js"].map((name) => {
  const data = readFileSync("dist/" + name);
  return { name, bytes: data.length, sha256: createHash("sha256").update(data).digest("hex") };
});
writeFileSync("dist/manifest.json", JSON.stringify({ files }, null, 2) + "\n");
