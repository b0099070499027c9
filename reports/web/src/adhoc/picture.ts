// A chart as a file: the drawing with its title and legend, as they stand on the
// page.
import type { Drawn } from "./chart";

const scale = 2; // pixels of a PNG for each of the page

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c] ?? c);
}

// words are the texts of an element that stands in a picture, line by line.
function words(e: HTMLElement, left: number, top: number): string {
  const style = getComputedStyle(e);
  const box = e.getBoundingClientRect();
  const size = parseFloat(style.fontSize);
  const y = box.top - top + box.height / 2 + size * 0.35;
  return `<text x="${(box.left - left).toFixed(1)}" y="${y.toFixed(1)}" font-size="${size}" font-weight="${style.fontWeight}" fill="${style.color}">${escaped(e.textContent ?? "")}</text>`;
}

function key(e: HTMLElement, left: number, top: number): string {
  const style = getComputedStyle(e);
  const box = e.getBoundingClientRect();
  const border = parseFloat(style.borderTopWidth) || 0;
  const line = border ? ` stroke="${style.borderTopColor}" stroke-width="${border}"` : "";
  const fill = style.backgroundColor === "rgba(0, 0, 0, 0)" ? "none" : style.backgroundColor;
  return `<rect x="${(box.left - left + border / 2).toFixed(1)}" y="${(box.top - top + border / 2).toFixed(1)}" width="${box.width - border}" height="${box.height - border}" fill="${fill}"${line}/>`;
}

// svgOf is the chart in a box as one SVG, with a foot line.
export function svgOf(box: HTMLElement, drawn: Drawn, foot: string): string {
  const pad = 14;
  const parts = [...box.querySelectorAll<HTMLElement>("h3, .chart-name, .legend li > span:not(.key)")];
  const plots = drawn.pictures();
  const places = [...parts, ...plots.map((p) => p.place)].map((e) => e.getBoundingClientRect());
  const left = Math.min(...places.map((b) => b.left)) - pad;
  const top = Math.min(...places.map((b) => b.top)) - pad;
  const width = Math.ceil(Math.max(...places.map((b) => b.right)) - left + pad);
  const height = Math.ceil(Math.max(...places.map((b) => b.bottom)) - top + pad + 18);
  const style = getComputedStyle(box);
  const surface = getComputedStyle(document.body).backgroundColor;
  const drawings = plots.map(({ place, svg }) => {
    const b = place.getBoundingClientRect();
    // The library's styles are for the pointer.
    return svg.replace(/<style[\s\S]*?<\/style>/g, "").replace(/^<svg/, `<svg x="${(b.left - left).toFixed(1)}" y="${(b.top - top).toFixed(1)}"`);
  });
  const keys = [...box.querySelectorAll<HTMLElement>(".legend .key")].map((e) => key(e, left, top));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${escaped(style.fontFamily)}">`,
    `<rect width="100%" height="100%" fill="${surface}"/>`,
    ...parts.map((e) => words(e, left, top)),
    ...keys,
    ...drawings,
    `<text x="${pad}" y="${height - pad + 2}" font-size="11" fill="${style.color}" opacity="0.75">${escaped(foot)}</text>`,
    "</svg>",
  ].join("\n");
}

// pngOf paints an SVG.
export async function pngOf(svg: string): Promise<Blob> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = image.width * scale;
  canvas.height = image.height * scale;
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((done, fail) => canvas.toBlob((b) => (b ? done(b) : fail(new Error("PNG"))), "image/png"));
}
