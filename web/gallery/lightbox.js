/**
 * One photo, large, on a dark page: arrow keys and swipes go to the next, Esc closes, "i" opens the receipt.
 *
 * It is a modal `<dialog>`: the browser traps and restores the focus. Its buttons are made once and changed
 * in place, so that they keep the focus.
 */

import { confirmed } from "../lib/confirm.js";
import { el, fill } from "../lib/dom.js";
import { icon } from "../lib/icons.js";
import { picture, renditions } from "./pictures.js";
import { receiptParts } from "./receipt.js";
import { inWords, isReady, nameOf } from "./states.js";
import { onSwipe } from "./swipes.js";

const NEAR_END = 5;

/**
 * @typedef {Object} LightboxHow
 * @property {Record<string, any>} sizes  of the stack's outputs
 * @property {() => import("./photos.js").Photo[]} photos  as the grid shows them
 * @property {(id: string) => Promise<import("./photos.js").Photo>} read  with the whole receipt
 * @property {(id: string) => Promise<boolean>} remove  true: it is gone
 * @property {(id: string) => Promise<void>} retry
 * @property {() => void} onNearEnd  more photos may be needed
 * @property {(id: string) => void} onClosed  with the photo that was seen last
 */

export class Lightbox {
  /** @param {LightboxHow} how */
  constructor(how) {
    this.how = how;
    this.title = el("h2", { id: "lightbox-title" });
    this.place = el("p", { class: "muted small" });
    this.print = el("div", { class: "print" });
    this.aside = el("aside", { class: "why", "aria-label": "Why does it look like this?", tabindex: 0, hidden: true });
    this.why = tool("info", "Why does it look like this?", { onclick: () => this.toggle(), "aria-expanded": "false", "aria-keyshortcuts": "i" });
    this.edit = el("a", { class: "button quiet" }, icon("edit"), el("span", {}, "Edit"));
    this.file = el("a", { class: "button quiet", target: "_blank", rel: "noopener" }, icon("open"), el("span", {}, "Open file"));
    this.before = step("before", "Previous photo", () => this.go(-1));
    this.after = step("after", "Next photo", () => this.go(1));
    this.dialog = el(
      "dialog",
      { class: "lightbox", "aria-labelledby": "lightbox-title" },
      el(
        "header",
        {},
        el("div", { class: "what" }, this.title, this.place),
        el(
          "div",
          { class: "tools" },
          this.why,
          this.edit,
          this.file,
          tool("remove", "Delete", { onclick: () => this.remove() }),
          el("button", { type: "button", class: "quiet round", "aria-label": "Close", onclick: () => this.dialog.close() }, icon("close")),
        ),
      ),
      el("div", { class: "body" }, el("div", { class: "stage" }, this.print, this.before, this.after), this.aside),
    );
    this.dialog.addEventListener("keydown", (event) => this.key(event));
    this.dialog.addEventListener("close", () => how.onClosed(this.photo.id));
    onSwipe(this.print, (by) => this.go(by));
  }

  /** @param {string} id */
  open(id) {
    this.show(id);
    this.dialog.showModal();
  }

  /** Show a changed record. @param {import("./photos.js").Photo} photo */
  changed(photo) {
    if (this.dialog.open && photo.id === this.photo.id) this.show(photo.id);
  }

  /** @param {string} id */
  show(id) {
    const photos = this.how.photos();
    const at = photos.findIndex((one) => one.id === id);
    this.photo = photos[at];
    const name = nameOf(this.photo);
    this.title.textContent = name;
    this.place.textContent = `${at + 1} of ${photos.length}`;
    fill(this.print, isReady(this.photo) ? this.large(name) : this.noPicture());
    can(this.before, at > 0);
    can(this.after, at < photos.length - 1);
    this.link();
    if (at > photos.length - NEAR_END) this.how.onNearEnd();
    if (!this.aside.hidden) this.explain();
  }

  large(alt) {
    return picture(this.photo, this.how.sizes, { slot: (ratio) => `min(100vw, ${Math.round(100 * ratio)}vh)`, alt, lazy: false });
  }

  /** Build what stands in place of a picture: the state, or the failure with its reason. */
  noPicture() {
    const { status, error = {} } = this.photo;
    if (status !== "failed") return el("p", { class: "no-picture" }, `${inWords(status)}…`);
    const tries = error.attempts > 1 ? ` after ${error.attempts} attempts` : "";
    return el(
      "div",
      { class: "no-picture" },
      icon("warning"),
      el("h3", {}, `Failed${tries}`),
      el("p", {}, error.message || "No reason is known."),
      el("p", { class: "mono muted" }, error.code || "FAILED"),
      el("button", { type: "button", onclick: () => this.how.retry(this.photo.id) }, icon("again"), "Try again"),
    );
  }

  link() {
    const largest = renditions(this.photo, this.how.sizes).at(-1);
    this.edit.hidden = this.file.hidden = !largest;
    if (!largest) return;
    this.edit.setAttribute("href", `#/editor?photos=${encodeURIComponent(this.photo.id)}`);
    this.file.setAttribute("href", largest.url);
  }

  async remove() {
    const { id } = this.photo;
    const text = `“${nameOf(this.photo)}” and all its renditions are deleted. This cannot be undone.`;
    if (!(await confirmed({ title: "Delete this photo?", text, action: "Delete" }))) return;
    const photos = this.how.photos();
    const at = photos.findIndex((one) => one.id === id);
    const next = photos[at + 1] || photos[at - 1];
    if (!(await this.how.remove(id))) return;
    if (next) this.show(next.id);
    else this.dialog.close();
  }

  toggle() {
    this.aside.hidden = !this.aside.hidden;
    this.why.setAttribute("aria-expanded", String(!this.aside.hidden));
    if (!this.aside.hidden) this.explain();
  }

  async explain() {
    const { id } = this.photo;
    const title = el("h3", {}, "Why does it look like this?");
    let parts;
    try {
      parts = receiptParts(await this.how.read(id), this.how.sizes);
    } catch (error) {
      parts = el("p", { role: "alert" }, error.message);
    }
    // The user may have moved on to another photo.
    if (this.photo.id === id) fill(this.aside, title, parts);
  }

  go(by) {
    const photos = this.how.photos();
    const next = photos[photos.findIndex((one) => one.id === this.photo.id) + by];
    if (next) this.show(next.id);
  }

  key(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "ArrowLeft") this.go(-1);
    else if (event.key === "ArrowRight") this.go(1);
    else if (event.key === "i") this.toggle();
    else return;
    event.preventDefault();
  }
}

function tool(name, label, props) {
  return el("button", { type: "button", class: "quiet", ...props }, icon(name), el("span", {}, label));
}

function step(name, label, onclick) {
  return el("button", { type: "button", class: `step ${name} round`, "aria-label": label, onclick }, icon(name));
}

/** Set aria-disabled; `disabled` would lose the focus. */
function can(button, possible) {
  button.setAttribute("aria-disabled", String(!possible));
}
