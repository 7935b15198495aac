/**
 * Small charts of the last hour, drawn as SVG: stacked bars for what is counted, lines for what takes time. The drawing
 * is stretched to its frame; strokes and letters are not. Each chart has a description in words for screen readers.
 */

import { el, fill, svg } from "../lib/dom.js";
import { MINUTES, byMinute, roundUp, sum } from "./scale.js";

const HEIGHT = 100;
const GAP = 0.2;

/** @typedef {{name: string, look: string, points: import("./api.js").Points}} Series */

export class Chart {
  /** @param {{title: string, kind: "bars"|"lines", write: (value: number) => string}} how */
  constructor({ title, kind, write }) {
    this.title = title;
    this.kind = kind;
    this.write = write;
    this.legend = el("ul", { class: "legend", role: "list" });
    this.top = el("span", { class: "top-value" });
    this.drawing = svg("svg", { viewBox: `0 0 ${MINUTES} ${HEIGHT}`, preserveAspectRatio: "none", "aria-hidden": "true" });
    this.words = el("p", { class: "hidden-visually" });
    this.element = el(
      "figure",
      { class: "chart" },
      el("figcaption", {}, el("h3", {}, title), this.legend),
      el("div", { class: "plot" }, this.top, this.drawing),
      el("div", { class: "times", "aria-hidden": "true" }, el("span", {}, "An hour ago"), el("span", {}, "Now")),
      this.words,
    );
  }

  /** @param {Series[]} series @param {number} now  s since 1970 */
  show(series, now) {
    const bars = this.kind === "bars";
    const rows = series.map((one) => ({ ...one, values: byMinute(one.points, now, bars ? 0 : null) }));
    const peak = bars ? Math.max(...columns(rows).map(sum)) : Math.max(0, ...rows.flatMap(({ values }) => values));
    const top = roundUp(peak);
    this.top.textContent = peak ? this.write(top) : "";
    fill(this.drawing, line(HEIGHT / 2), bars ? stacked(rows, top, this.write) : rows.map((row) => curve(row, top)));
    fill(this.legend, rows.map((row) => el("li", { class: row.look }, `${row.name}: ${this.figure(row.values) || "none"}`)));
    this.words.textContent = this.inWords(rows, peak);
  }

  /** Value of the legend, with its period: the total of counts, or the last duration and the longest. */
  figure(values) {
    if (this.kind === "bars") return `${this.write(sum(values))} in the hour`;
    const last = values.findLast((value) => value !== null);
    return last === undefined ? "" : `last ${this.write(last)}, longest ${this.write(Math.max(...values))}`;
  }

  inWords(rows, peak) {
    if (!peak) return `${this.title}: nothing in the last hour.`;
    const said = rows.map((row) => `${row.name}: ${this.figure(row.values) || "none"}`).join("; ");
    return `${this.title}, last hour: ${said}. Highest minute: ${this.write(peak)}.`;
  }
}

function columns(rows) {
  return Array.from({ length: MINUTES }, (_, at) => rows.map(({ values }) => values[at]));
}

function line(y) {
  return svg("path", { class: "grid-line", d: `M0 ${y}H${MINUTES}` });
}

function stacked(rows, top, write) {
  return columns(rows).flatMap((values, at) => {
    let below = HEIGHT;
    return values.map((value, row) => {
      if (!value) return null;
      const height = (value / top) * HEIGHT;
      below -= height;
      const said = `${rows[row].name}: ${write(value)}, ${MINUTES - 1 - at} min ago`;
      return svg("rect", { class: rows[row].look, x: at + GAP / 2, y: below, width: 1 - GAP, height }, svg("title", {}, said));
    });
  });
}

/** Draw a line through minutes that follow each other; a minute without data is a gap. */
function curve({ values, look }, top) {
  const place = (value, at) => `${at + 0.5} ${(HEIGHT - (value / top) * HEIGHT).toFixed(2)}`;
  const known = (at) => values[at] !== null && values[at] !== undefined;
  const d = values.map((value, at) => {
    if (value === null) return "";
    if (known(at - 1)) return `L${place(value, at)}`;
    // A line of no length with round caps is a dot, so that a single minute is visible.
    return `M${place(value, at)}${known(at + 1) ? "" : "h0"}`;
  });
  return d.some(Boolean) && svg("path", { class: look, d: d.join("") });
}
