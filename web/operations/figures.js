/** Totals since the stack was started. */

import { el, fill } from "../lib/dom.js";
import { money } from "../lib/format.js";

export class Figures {
  constructor() {
    this.element = el("dl", { class: "figures" });
  }

  /** @param {import("./api.js").Overview} overview */
  show({ photos, edits }) {
    const made = photos.renderedInAll;
    fill(
      this.element,
      figure("Photos ready", made.toLocaleString("en")),
      figure("Photos failed", photos.failedInAll.toLocaleString("en"), photos.failedInAll > 0),
      figure("Edits done", edits.doneInAll.toLocaleString("en")),
      figure("Edits failed", edits.failedInAll.toLocaleString("en"), edits.failedInAll > 0),
      figure("Cost so far", money(photos.costUsd), false, "Estimated for AWS from the receipts of the photos"),
      figure("Cost per 1,000 photos", made ? money((1000 * photos.costUsd) / made) : "–"),
    );
  }
}

function figure(name, value, bad = false, hint = "") {
  return el("div", { title: hint || null }, el("dt", {}, name), el("dd", { class: bad && "bad" }, value));
}
