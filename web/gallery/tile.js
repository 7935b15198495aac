/** One photo in the grid: a square that never changes its size, whatever becomes of the photo. */

import { el, fill } from "../lib/dom.js";
import { picture } from "./pictures.js";

const SLOT = "(max-width: 40rem) 45vw, 15rem";
const STATES = {
  uploading: "Uploading",
  waiting: "Waiting to upload",
  pending: "Waiting to be developed",
  processing: "Developing",
  deleting: "Deleting",
};

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
    this.caption = el("div", { class: "caption" });
    this.element = el("li", { class: "tile" }, this.frame, this.caption);
  }

  /** Show a record. @param {import("./photos.js").Photo} photo */
  show(photo) {
    const developed = Boolean(photo.thumbnail_url || photo.small_url);
    const look = photo.status === "failed" ? "failed" : developed ? "shown" : "waiting";
    const print = `${look} ${photo.small_url} ${photo.error?.code}`;
    this.photo = photo;
    this.element.dataset.id = photo.id;
    this.element.dataset.status = photo.status;
    if (print === this.print) return;
    this.print = print;
    if (look === "failed") this.failed(photo.error?.message || "It could not be developed.", photo.error?.code);
    else if (look === "shown") this.shown(photo);
    else this.busy(STATES[photo.status] || photo.status);
  }

  /** Show a file on its way. @param {import("./uploads.js").Upload} upload @param {() => void} again */
  uploading(upload, again) {
    if (upload.state === "failed") {
      this.print = undefined;
      this.element.dataset.status = "failed";
      this.failed(upload.why, "NOT_UPLOADED", again, upload.file.name);
      return;
    }
    const label = upload.state === "waiting" ? STATES.waiting : STATES.uploading;
    if (this.print !== label) this.busy(label, upload.file.name);
    this.print = label;
    this.element.dataset.status = "uploading";
    this.bar.value = upload.sent;
  }

  busy(label, name = this.photo?.filename) {
    this.bar = el("progress", { max: 1, "aria-label": `${label}: ${name || "photo"}` });
    fill(this.frame, el("div", { class: "undeveloped" }, this.bar));
    fill(this.caption, el("span", { class: "name" }, name || "Photo"), el("span", { class: "state" }, label));
  }

  failed(why, code, again = () => this.actions.retry(this.photo.id), name = this.photo?.filename) {
    const title = name || this.photo?.id || "Photo";
    fill(
      this.frame,
      el(
        "div",
        { class: "ruined" },
        el("strong", {}, "Not developed"),
        el("p", { title: why }, why),
        el("button", { type: "button", class: "small", onclick: again, "aria-label": `Try ${title} again` }, "Try again"),
      ),
    );
    fill(this.caption, el("span", { class: "name" }, title), el("span", { class: "state bad" }, code || "FAILED"));
  }

  shown(photo) {
    const name = photo.filename || photo.id;
    const choose = el("input", {
      type: "checkbox",
      "aria-label": `Choose ${name}`,
      onchange: (event) => this.actions.choose(photo.id, event.target.checked),
    });
    fill(
      this.frame,
      el(
        "button",
        { type: "button", class: "open", "aria-label": `Open ${name}`, onclick: () => this.actions.open(photo.id) },
        picture(photo, this.sizes, { slot: SLOT, alt: "" }),
      ),
      el("label", { class: "choose" }, choose),
    );
    fill(this.caption, el("span", { class: "name" }, name));
  }
}
