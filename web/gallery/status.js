/** What the gallery says of itself: how many photos, a lost connection, that there is nothing. */

import { el, fill } from "../lib/dom.js";
import { keepFocus } from "../lib/focus.js";
import { counted } from "../lib/format.js";
import { pickers } from "./pickers.js";

const KINDS = "Drop photos or a whole folder anywhere on this page: JPEG, HEIC, PNG, WebP, AVIF, TIFF or camera RAW.";

export class Status {
  /**
   * @param {{listing: import("./listing.js").Listing, take: (files: File[]) => void, isFiltered: () => boolean,
   *          onShowAll: () => void, heir: () => HTMLElement}} how  *heir*: takes the focus of the empty state
   */
  constructor(how) {
    this.how = how;
    this.summary = el("p", { class: "muted", role: "status" }, "Loading…");
    this.notice = el("div", { class: "trouble", role: "alert", hidden: true });
    this.empty = el("div", { class: "empty", hidden: true });
  }

  /** Show the numbers of the list. */
  count() {
    const { listing, heir } = this.how;
    const { listed, asking, numbers, grid } = listing;
    const said = inWords(numbers);
    if (listed && this.summary.textContent !== said) this.summary.textContent = said;
    const none = listed && !asking && !grid.tiles.size;
    if (none && this.empty.hidden) fill(this.empty, this.nothing());
    keepFocus(this.empty, () => (this.empty.hidden = !none), heir);
  }

  nothing() {
    const { isFiltered, onShowAll, take } = this.how;
    if (isFiltered()) return [el("h2", {}, "No photo matches"), el("button", { type: "button", onclick: onShowAll }, "Show all")];
    return [el("h2", {}, "Nothing here yet"), el("p", { class: "muted" }, KINDS), el("div", { class: "ways" }, pickers(take))];
  }

  /** @param {boolean} fine @param {string} [why]  there is no connection */
  connection(fine, why = "") {
    const { listing } = this.how;
    this.notice.hidden = fine;
    fill(this.notice, fine ? [] : [el("p", {}, why), el("button", { type: "button", onclick: () => listing.reload() }, "Try again")]);
    if (!listing.listed && !fine) this.summary.textContent = "Not connected";
  }
}

function inWords({ counts: { ready = 0, interrupted = 0 }, total, lost }) {
  const text = total === ready ? counted(total, "photo") : `${ready.toLocaleString("en")} of ${counted(total, "photo")} ready`;
  return [text, lost && `${lost} failed`, interrupted && `${counted(interrupted, "upload")} interrupted`].filter(Boolean).join(" · ");
}
