/** Photos as they are now, edits and cost since the stack was started. */

import { addressOf } from "../lib/address.js";
import { el, fill } from "../lib/dom.js";
import { money } from "../lib/format.js";

const COST = "Estimated for AWS by the model of `darkroom cost`: compute and requests of photos and edits, without storage, delivery and monitoring";

export class Figures {
  constructor() {
    this.element = el("dl", { class: "figures" });
  }

  /** @param {import("./api.js").Overview} overview */
  show({ photos, edits, cost }) {
    const { ready = 0, waiting = 0, failed = 0, interrupted = 0 } = photos.states;
    const print = JSON.stringify([photos.states, photos.renderedInAll, edits.doneInAll, edits.failedInAll, cost]);
    if (print === this.print) return;
    this.print = print;
    fill(
      this.element,
      figure("Photos ready", count(ready, "ready")),
      figure("Photos in progress", count(waiting, "waiting")),
      interrupted > 0 && figure("Uploads interrupted", count(interrupted, "interrupted"), true),
      figure("Photos failed", count(failed, "failed"), failed > 0),
      figure("Edits done", edits.doneInAll.toLocaleString("en")),
      figure("Edits failed", edits.failedInAll.toLocaleString("en"), edits.failedInAll > 0),
      figure("Cost so far", money(cost.photosUsd + cost.editsUsd), false, COST),
      figure("Cost of 1,000 photos", photos.renderedInAll ? money((1000 * cost.photosUsd) / photos.renderedInAll) : "–", false, COST),
    );
  }
}

function count(value, state) {
  const text = value.toLocaleString("en");
  return value ? el("a", { href: addressOf("gallery", { state }) }, text) : text;
}

function figure(name, value, bad = false, hint = "") {
  return el("div", { title: hint || null }, el("dt", {}, name), el("dd", { class: bad && "bad" }, value));
}
