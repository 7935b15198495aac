/** One photo in the grid, in a frame of constant size. */

import { el, fill } from "../lib/dom.js";
import { icon } from "../lib/icons.js";
import { picture } from "./pictures.js";
import { inWords, isReady, nameOf } from "./states.js";

const FAILED = "It could not be processed.";

/**
 * @typedef {Object} TileActions
 * @property {(id: string) => void} open
 * @property {(id: string) => void} retry
 * @property {(id: string, chosen: boolean) => void} choose
 */

export class Tile {
  /** @param {{sizes: Record<string, any>, actions: TileActions}} context */
  constructor({ sizes, actions }) {
    this.sizes = sizes;
    this.actions = actions;
    this.frame = el("div", { class: "frame" });
    this.name = el("p", { class: "name" });
    this.element = el("li", { class: "tile" }, this.frame, this.name);
  }

  /** Show a record. @param {import("./photos.js").Photo} photo */
  show(photo) {
    this.photo = photo;
    this.element.dataset.id = photo.id;
    const look = isReady(photo) ? `${photo.small_url}` : `${photo.status} ${photo.error?.at}`;
    this.draw(photo.status, look, nameOf(photo), () => {
      if (isReady(photo)) return this.ready(photo);
      if (photo.status === "failed") return this.failed(photo.error || {}, nameOf(photo), { again: () => this.actions.retry(photo.id) });
      return this.busy(inWords(photo.status), nameOf(photo));
    });
  }

  /** Show a running upload. @param {import("./uploads.js").Upload} upload @param {{again: () => void, dismiss: () => void}} ways */
  uploading(upload, { again, dismiss }) {
    const { name } = upload.file;
    if (upload.state === "failed") {
      this.draw("failed", upload.error.message, name, () =>
        this.failed(upload.error, name, upload.error.again ? { again } : { dismiss }),
      );
      return;
    }
    this.draw("uploading", upload.state, name, () => this.busy(inWords(upload.state), name));
    if (upload.sent) this.bar.value = upload.sent;
  }

  /** Redraw only on change: focus and progress stay. */
  draw(status, look, name, parts) {
    this.element.dataset.status = status;
    const drawn = `${status} ${look}`;
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    this.name.textContent = name;
    this.name.title = name;
    fill(this.frame, parts());
  }

  ready(photo) {
    const name = nameOf(photo);
    this.frame.style.setProperty("--tone", photo.dominant_color || "transparent");
    return [
      this.opener(`Open ${name}`, picture(photo, this.sizes, { slot, alt: "" })),
      el(
        "label",
        { class: "choose" },
        el("input", {
          type: "checkbox",
          "aria-label": `Choose ${name}`,
          onchange: (event) => this.actions.choose(photo.id, event.target.checked),
        }),
      ),
    ];
  }

  /** A waiting record can be opened: if its file never comes, the user wants to delete it. */
  busy(label, name) {
    this.bar = el("progress", { max: 1, "aria-label": `${label}: ${name}` });
    const parts = el("div", { class: "underway" }, this.bar, el("span", {}, label));
    return this.element.dataset.status === "uploading" ? parts : this.opener(`${label}: ${name}`, parts);
  }

  failed({ message = FAILED, code = "FAILED" }, name, { again, dismiss }) {
    const words = [el("span", { class: "code" }, icon("warning"), code), el("span", { class: "why-not" }, message)];
    return [
      this.photo ? this.opener(`Why did ${name} fail?`, words) : el("div", { class: "open" }, words),
      again
        ? el("button", { type: "button", class: "again", onclick: again, "aria-label": `Try ${name} again` }, icon("again"), "Try again")
        : el("button", { type: "button", class: "again", onclick: dismiss, "aria-label": `Dismiss ${name}` }, icon("close"), "Dismiss"),
    ];
  }

  opener(label, ...children) {
    return el("button", { type: "button", class: "open", "aria-label": label, onclick: () => this.actions.open(this.photo.id) }, children);
  }
}

/** Return the `sizes` attribute: frames are 5:4 and about 17rem wide, on a phone square and two in a row. */
function slot(ratio) {
  return `(max-width: 40rem) ${Math.round(44 * Math.min(1, ratio))}vw, ${Math.round(17 * Math.min(1, ratio / 1.25))}rem`;
}
