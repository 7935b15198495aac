/** Failures by error code: photos that are failed now, each code with a link to them, and edits that failed so far. */

import { addressOf } from "../lib/address.js";
import { el, fill } from "../lib/dom.js";

const photosOf = (code) => addressOf("gallery", { state: "failed", search: code });

export class Failures {
  constructor() {
    this.list = el("div", { class: "failures" });
    this.element = el("section", { "aria-labelledby": "failures" }, el("h2", { id: "failures" }, "Failures by code"), this.list);
  }

  /** @param {Record<string, number>} photos @param {Record<string, number>} edits */
  show(photos, edits) {
    const print = JSON.stringify([photos, edits]);
    if (print === this.print) return;
    this.print = print;
    const all = [...Object.values(photos), ...Object.values(edits)];
    const most = Math.max(1, ...all);
    if (!all.some(Boolean)) fill(this.list, el("p", { class: "muted" }, "Nothing has failed."));
    else fill(this.list, group("Photos", photos, most, photosOf), group("Edits", edits, most));
  }
}

function group(title, counts, most, linkOf) {
  const entries = Object.entries(counts).filter(([, count]) => count).sort(([, one], [, other]) => other - one);
  if (!entries.length) return null;
  return el(
    "div",
    {},
    el("h3", {}, title),
    el("ul", { role: "list" }, entries.map(([code, count]) => entry(code, count, count / most, linkOf))),
  );
}

function entry(code, count, share, linkOf) {
  const bar = el("span", { class: "share", "aria-hidden": "true" });
  bar.style.setProperty("--share", share);
  const name = linkOf ? el("a", { class: "mono", href: linkOf(code) }, code) : el("span", { class: "mono" }, code);
  return el("li", {}, name, el("span", {}, count.toLocaleString("en")), bar);
}
