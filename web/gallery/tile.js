/** One photo in the grid, or a file on its way, in a frame of constant size. */

import { el, fill } from "../lib/dom.js";
import { keepFocus } from "../lib/focus.js";
import { icon } from "../lib/icons.js";
import { named } from "../lib/names.js";
import { picture } from "./pictures.js";
import { canRetry, inWords, isReady, nameOf } from "./states.js";

const FAILED = "It could not be processed.";
const INTERRUPTED = { code: "INTERRUPTED", message: "The upload was interrupted: add the file again." };

/**
 * @typedef {Object} TileActions
 * @property {(tile: Tile) => void} open
 * @property {(tile: Tile) => void} retry
 * @property {(tile: Tile) => void} remove
 * @property {(tile: Tile, chosen: boolean, range: boolean) => void} choose  *range*: all from the last one on
 */

export class Tile {
  /** @param {{sizes: Record<string, any>, actions: TileActions}} context */
  constructor({ sizes, actions }) {
    this.sizes = sizes;
    this.actions = actions;
    this.content = el("div", { class: "content" });
    this.box = el("input", { type: "checkbox", onclick: (event) => actions.choose(this, event.target.checked, event.shiftKey) });
    this.frame = el("div", { class: "frame" }, this.content, el("label", { class: "choose" }, this.box));
    this.name = el("p", { class: "name" });
    this.element = el("li", { class: "tile" }, this.frame, this.name);
  }

  /** What takes the focus for this tile. */
  get handle() {
    return this.content.querySelector(".open:is(button)") || this.box;
  }

  /** Return whether another attempt can help it. */
  get retryable() {
    return this.upload ? Boolean(this.upload.error?.again) : canRetry(this.photo);
  }

  set chosen(chosen) {
    this.box.checked = chosen;
    this.element.classList.toggle("chosen", chosen);
  }

  /** @param {import("../lib/gallery.js").Photo} photo @param {import("../uploads/uploads.js").Upload|null} [upload]  while its file is on the way */
  show(photo, upload = null) {
    this.photo = photo;
    this.upload = upload;
    this.element.dataset.id = photo.id;
    if (upload) this.showUpload(upload);
    else if (isReady(photo)) this.draw(photo.status, photo.small_url || photo.thumbnail_url, () => this.ready());
    else if (photo.status === "failed") this.draw("failed", photo.error?.at, () => this.failed(photo.error || {}));
    else if (photo.interrupted) this.draw("interrupted", "", () => this.failed(INTERRUPTED));
    else this.draw(photo.status, "", () => this.busy(inWords(photo.status)));
  }

  showUpload({ state, sent, error }) {
    if (state === "failed") return this.draw("failed", error.message, () => this.failed(error));
    this.draw("uploading", state, () => this.busy(inWords(state === "waiting" ? "queued" : state)));
    if (sent) this.content.querySelector("progress").value = sent;
  }

  /** Redraw only on change: focus and progress stay. */
  draw(status, look, parts) {
    this.element.dataset.status = status;
    const name = nameOf(this.photo);
    const drawn = `${status} ${look} ${this.photo.id} ${name}`;
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    this.box.setAttribute("aria-label", `Choose ${name}`);
    fill(this.name, named(name));
    keepFocus(this.content, () => fill(this.content, parts()), () => this.handle);
  }

  ready() {
    this.frame.style.setProperty("--tone", this.photo.dominant_color || "transparent");
    return this.opener({ "aria-label": `Open ${nameOf(this.photo)}` }, picture(this.photo, this.sizes, { slot, alt: "" }));
  }

  /** A waiting record can be opened: if its file never comes, the user wants to delete it. */
  busy(label) {
    const parts = el("div", { class: "underway" }, el("progress", { max: 1, "aria-label": `${label}: ${nameOf(this.photo)}` }), el("span", {}, label));
    return this.upload ? parts : this.opener({ "aria-label": `${label}: ${nameOf(this.photo)}` }, parts);
  }

  failed({ message = FAILED, code = "FAILED" }) {
    const name = nameOf(this.photo);
    const words = [el("span", { class: "code" }, icon("warning"), el("span", {}, breakable(code))), el("span", { class: "why-not" }, message)];
    const act = this.retryable ? ["again", "Try again", () => this.actions.retry(this)] : ["remove", "Remove", () => this.actions.remove(this)];
    return [
      this.upload ? el("div", { class: "open" }, words) : this.opener({}, el("span", { class: "hidden-visually" }, `Why did ${name} fail? `), words),
      el("button", { type: "button", class: "again", "aria-label": `${act[1]}: ${name}`, onclick: act[2] }, icon(act[0]), act[1]),
    ];
  }

  opener(props, ...children) {
    const open = (event) => {
      if (event.shiftKey || event.ctrlKey || event.metaKey) this.actions.choose(this, event.shiftKey || !this.box.checked, event.shiftKey);
      else this.actions.open(this);
    };
    return el("button", { type: "button", class: "open", ...props, onclick: open }, children);
  }

  /** The address of the picture that is in the cache; "" before it has come. */
  get cached() {
    const image = this.content.querySelector("img");
    return image?.complete && image.naturalWidth ? image.currentSrc : "";
  }
}

/** Let a long code break after its underscores, and nowhere else. */
function breakable(code) {
  return code.split(/(?<=_)/).map((word) => [word, el("wbr")]);
}

/** Return the `sizes` attribute: frames are 5:4 and about 17rem wide, on a phone square and two in a row. */
function slot(ratio) {
  return `(max-width: 40rem) ${Math.round(44 * Math.min(1, ratio))}vw, ${Math.round(17 * Math.min(1, ratio / 1.25))}rem`;
}
