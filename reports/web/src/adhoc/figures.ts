// A chart with its tools: the form, and the picture as a file. The explorer and the
// workbench have one each.
import { button, choose, make } from "../make";
import { saveAs } from "./api";
import { draw, type Drawn } from "./chart";
import { pngOf, svgOf } from "./picture";
import { forms, type Figure, type Form } from "./plot";
import { w } from "./words";

export type Told = { formed(f?: Form): void; trouble(e: unknown): void };

export class FigureBox {
  readonly element = make("section", "figure");
  private drawn: Drawn | undefined;
  private turn = 0;

  constructor(private readonly on: Told) {
    this.element.setAttribute("aria-label", w.chart);
    this.element.tabIndex = 0;
    this.element.hidden = true;
  }

  hide() {
    this.turn++;
    this.drawn?.close();
    this.drawn = undefined;
    this.element.replaceChildren();
    this.element.hidden = true;
  }

  // show draws a figure in the form asked for; foot stands below the picture in a
  // file, whose name begins with name.
  async show(f: Figure | undefined, form: Form | undefined, name: string, foot: string) {
    this.hide();
    const turn = this.turn;
    this.element.hidden = false;
    this.element.append(this.tools(form, name, foot, f !== undefined));
    if (!f) {
      this.element.append(make("p", "quiet", w.chartNone));
      return;
    }
    try {
      const drawn = await draw(this.element, f);
      if (turn !== this.turn) drawn.close();
      else this.drawn = drawn;
    } catch (e) {
      this.on.trouble(e);
    }
  }

  private tools(form: Form | undefined, name: string, foot: string, drawable: boolean): HTMLElement {
    const bar = make("div", "figure-tools");
    const titles = { columns: w.formColumns, lines: w.formLines, bars: w.formBars, multiples: w.formMultiples };
    const select = choose([["", w.formAuto], ...forms.map((f): [string, string] => [f, titles[f]])], form ?? "", (v) => this.on.formed(forms.find((f) => f === v)));
    select.setAttribute("aria-label", w.form);
    bar.append(select);
    if (drawable) bar.append(button("plain", "SVG", () => void this.save(name, foot, false)), button("plain", "PNG", () => void this.save(name, foot, true)));
    return bar;
  }

  private async save(name: string, foot: string, png: boolean) {
    if (!this.drawn) return;
    try {
      const svg = svgOf(this.element, this.drawn, foot);
      if (png) saveAs(await pngOf(svg), `${name}.png`);
      else saveAs(new Blob([svg], { type: "image/svg+xml" }), `${name}.svg`);
    } catch (e) {
      this.on.trouble(e);
    }
  }
}
