/** Failures by error code, of photos and of edits. */

import { el, fill } from "../lib/dom.js";

export class Failures {
  constructor() {
    this.list = el("div", { class: "failures" });
    this.element = el("section", { "aria-labelledby": "failures" }, el("h2", { id: "failures" }, "Failures by code"), this.list);
  }

  /** @param {Record<string, number>} photos @param {Record<string, number>} edits */
  show(photos, edits) {
    const all = [...Object.values(photos), ...Object.values(edits)];
    const most = Math.max(1, ...all);
    if (!all.some(Boolean)) fill(this.list, el("p", { class: "muted" }, "Nothing has failed."));
    else fill(this.list, group("Photos", photos, most), group("Edits", edits, most));
  }
}

function group(title, counts, most) {
  const entries = Object.entries(counts).filter(([, count]) => count).sort(([, one], [, other]) => other - one);
  if (!entries.length) return null;
  return el(
    "div",
    {},
    el("h3", {}, title),
    el("ul", { role: "list" }, entries.map(([code, count]) => entry(code, count, count / most))),
  );
}

function entry(code, count, share) {
  const bar = el("span", { class: "share", "aria-hidden": "true" });
  bar.style.setProperty("--share", share);
  return el("li", {}, el("span", { class: "mono" }, code), el("span", {}, count.toLocaleString("en")), bar);
}
