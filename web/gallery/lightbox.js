/** One photo, large: arrows and swipes go on, Esc closes, "i" tells why it looks as it does. */

import { el, fill } from "../lib/dom.js";
import { picture, renditions } from "./pictures.js";
import { receiptList } from "./receipt.js";

const SWIPE_PX = 60;

export class Lightbox {
  /**
   * @param {{sizes: Record<string, any>, photos: () => import("./photos.js").Photo[], read: (id: string) => Promise<any>,
   *          remove: (id: string) => Promise<void>}} how
   */
  constructor(how) {
    this.how = how;
    this.stage = el("div", { class: "stage" });
    this.aside = el("aside", { class: "why", "aria-label": "Why does it look like this?", hidden: true });
    this.title = el("h2", { id: "lightbox-title" });
    this.tools = el("div", { class: "tools" });
    this.dialog = el(
      "dialog",
      { class: "lightbox", "aria-labelledby": "lightbox-title" },
      el("header", {}, this.title, this.tools),
      el("div", { class: "body" }, this.stage, this.aside),
    );
    this.dialog.addEventListener("keydown", (event) => this.key(event));
    this.dialog.addEventListener("close", () => this.onClosed?.());
    swipes(this.stage, (step) => this.go(step));
  }

  /** @param {string} id */
  open(id) {
    this.show(id);
    if (!this.dialog.open) this.dialog.showModal();
  }

  show(id) {
    const photos = this.developed();
    this.photo = photos.find((one) => one.id === id);
    if (!this.photo) return this.dialog.close();
    const at = photos.indexOf(this.photo);
    const name = this.photo.filename || this.photo.id;
    this.title.textContent = name;
    fill(
      this.stage,
      this.step(-1, "Previous photo", "‹", at > 0),
      picture(this.photo, this.how.sizes, { slot: "100vw", alt: name, lazy: false }),
      this.step(1, "Next photo", "›", at < photos.length - 1),
    );
    fill(this.tools, this.actions());
    if (!this.aside.hidden) this.explain();
  }

  developed() {
    return this.how.photos().filter((one) => renditions(one, this.how.sizes).length);
  }

  step(by, label, sign, possible) {
    return el(
      "button",
      { type: "button", class: `step ${by < 0 ? "before" : "after"}`, "aria-label": label, disabled: !possible, onclick: () => this.go(by) },
      sign,
    );
  }

  actions() {
    const largest = renditions(this.photo, this.how.sizes).at(-1);
    return [
      el("button", { type: "button", class: "quiet", "aria-expanded": String(!this.aside.hidden), onclick: () => this.toggle() }, "Why this look?"),
      el("a", { class: "button quiet", href: `#/editor?photos=${encodeURIComponent(this.photo.id)}` }, "Edit"),
      el("a", { class: "button quiet", href: largest.url, target: "_blank", rel: "noopener" }, "Open file"),
      el("button", { type: "button", class: "quiet", onclick: (event) => this.confirm(event.target) }, "Delete"),
      el("button", { type: "button", class: "quiet", "aria-label": "Close", onclick: () => this.dialog.close() }, "✕"),
    ];
  }

  /** The second press deletes; moving on takes the first one back. */
  async confirm(button) {
    if (!button.classList.contains("sure")) {
      button.classList.add("sure");
      button.textContent = "Really delete?";
      return;
    }
    const { id } = this.photo;
    const photos = this.developed();
    const at = photos.findIndex((one) => one.id === id);
    const next = photos[at + 1] || photos[at - 1];
    await this.how.remove(id);
    if (next) this.show(next.id);
    else this.dialog.close();
  }

  async toggle() {
    this.aside.hidden = !this.aside.hidden;
    fill(this.tools, this.actions());
    this.tools.querySelector("button").focus();
    if (!this.aside.hidden) await this.explain();
  }

  async explain() {
    const { id } = this.photo;
    fill(this.aside, el("p", { class: "muted" }, "Reading the receipt…"));
    try {
      const photo = await this.how.read(id);
      if (this.photo.id === id) fill(this.aside, el("h3", {}, "Why does it look like this?"), receiptList(photo));
    } catch (error) {
      fill(this.aside, el("p", { role: "alert" }, error.message));
    }
  }

  go(by) {
    const photos = this.developed();
    const next = photos[photos.findIndex((one) => one.id === this.photo.id) + by];
    if (next) this.show(next.id);
  }

  key(event) {
    if (event.key === "ArrowLeft") this.go(-1);
    else if (event.key === "ArrowRight") this.go(1);
    else if (event.key === "i") this.toggle();
  }
}

function swipes(element, onSwipe) {
  let from = null;
  element.addEventListener("pointerdown", (event) => (from = event.pointerType === "touch" ? event.clientX : null));
  element.addEventListener("pointerup", (event) => {
    const moved = from === null ? 0 : event.clientX - from;
    if (Math.abs(moved) > SWIPE_PX) onSwipe(moved < 0 ? 1 : -1);
    from = null;
  });
}
