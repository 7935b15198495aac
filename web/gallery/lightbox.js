/**
 * One photo, large, on a dark page: arrow keys and swipes go to the next, Esc closes, "i" opens the receipt, "z" zooms,
 * "f" sets the focal point.
 *
 * It is a modal `<dialog>`: the browser traps and restores the focus. Its buttons are made once and changed in place, so
 * that they keep the focus. Each photo has an address (`photo=`), which the gallery keeps.
 */

import { addressOf } from "../lib/address.js";
import { confirmed } from "../lib/confirm.js";
import { can, el, fill } from "../lib/dom.js";
import { keepFocus } from "../lib/focus.js";
import { icon } from "../lib/icons.js";
import { menu } from "../lib/menu.js";
import { named } from "../lib/names.js";
import { copies } from "./copies.js";
import { FocusPoint } from "./focus-point.js";
import { picture, renditions } from "./pictures.js";
import { receiptParts } from "./receipt.js";
import { isReady, nameOf } from "./states.js";
import { onSwipe } from "./swipes.js";
import { noPicture } from "./unready.js";
import { Zoom } from "./zoom.js";

const NEAR_END = 5;
const slot = (ratio) => `min(100vw, ${Math.round(100 * ratio)}vh)`;

/**
 * @typedef {Object} LightboxHow
 * @property {Record<string, any>} sizes  of the stack's outputs
 * @property {import("../lib/gallery.js").GalleryApi} api
 * @property {AbortSignal} signal
 * @property {() => import("../lib/gallery.js").Photo[]} photos  as the grid shows them
 * @property {(id: string) => string} cached  address of a smaller picture in the cache, or ""
 * @property {(id: string) => Promise<boolean>} remove  true: it is gone
 * @property {(id: string) => Promise<boolean>} retry
 * @property {(id: string, point: {x: number, y: number}) => Promise<boolean>} focus
 * @property {() => void} onNearEnd  more photos may be needed
 * @property {(id: string) => void} onStep  another photo is shown
 * @property {(id: string) => void} onClosed  with the photo that was seen last
 * @property {(photo: any) => void} onDownload
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
    this.enlarge = tool("zoom", "Zoom to 100 %", { onclick: () => this.toggleZoom(), "aria-pressed": "false", "aria-keyshortcuts": "z" });
    this.aim = tool("focus", "Set focus", { onclick: () => this.toggleFocus(), "aria-pressed": "false", "aria-keyshortcuts": "f" });
    this.more = menu("more", "More", () => this.entries());
    this.before = step("before", "Previous photo", () => this.go(-1));
    this.after = step("after", "Next photo", () => this.go(1));
    this.zoom = new Zoom(this.print, (on) => this.enlarge.setAttribute("aria-pressed", String(on)));
    this.focus = new FocusPoint(this.print, {
      save: (point) => how.focus(this.photo.id, point),
      onChange: (on) => this.aim.setAttribute("aria-pressed", String(on)),
      heir: () => this.aim,
    });
    this.dialog = el(
      "dialog",
      { class: "lightbox", "aria-labelledby": "lightbox-title" },
      el(
        "header",
        {},
        el("div", { class: "what" }, this.title, this.place),
        el("div", { class: "tools" }, this.why, this.edit, this.enlarge, this.aim, this.more, tool("remove", "Delete", { onclick: () => this.remove(), "aria-keyshortcuts": "Delete" })),
        el("button", { type: "button", class: "quiet round", "aria-label": "Close", onclick: () => this.dialog.close() }, icon("close")),
      ),
      el("div", { class: "body" }, el("div", { class: "stage" }, this.print, this.before, this.after), this.aside),
    );
    this.dialog.addEventListener("keydown", (event) => this.key(event));
    this.dialog.addEventListener("close", () => how.onClosed(this.photo.id));
    onSwipe(this.print, (by) => !this.zoom.on && !this.focus.on && this.go(by));
  }

  /** @param {import("../lib/gallery.js").Photo} photo */
  open(photo) {
    this.show(photo);
    if (!this.dialog.open) this.dialog.showModal();
  }

  /** Show a changed record. @param {import("../lib/gallery.js").Photo} photo */
  changed(photo) {
    if (this.dialog.open && photo.id === this.photo.id) this.show(photo);
  }

  show(photo) {
    this.photo = photo;
    const ready = isReady(photo);
    fill(this.title, named(nameOf(photo)));
    this.title.setAttribute("aria-label", nameOf(photo));
    keepFocus(this.print, () => fill(this.print, ready ? this.large() : noPicture(photo, () => this.how.retry(photo.id))), () => this.why);
    this.zoom.show(this.print.querySelector("img"), photo, this.how.api.originalOf(photo.id));
    this.focus.show(photo, ready);
    if (this.locate()) this.how.onNearEnd();
    this.edit.hidden = this.enlarge.hidden = this.aim.hidden = !ready;
    this.edit.setAttribute("href", addressOf("editor", { photo: photo.id }));
    if (!this.aside.hidden) this.explain();
  }

  /** Show its place among the photos, which change. @returns {boolean} true: near the end */
  locate() {
    if (!this.photo) return false;
    const photos = this.how.photos();
    const at = this.at(photos);
    const last = photos.length - 1;
    this.place.textContent = at < 0 ? "" : `${at + 1} of ${photos.length}`;
    can(this.before, at > 0);
    can(this.after, at >= 0 && at < last);
    return at > last - NEAR_END;
  }

  at(photos) {
    return photos.findIndex((one) => one.id === this.photo.id);
  }

  large() {
    const image = picture(this.photo, this.how.sizes, { slot, alt: nameOf(this.photo), lazy: false, under: this.how.cached(this.photo.id) });
    image.addEventListener("load", () => this.fetchAhead(), { once: true });
    return image;
  }

  /** Put both neighbours into the cache. */
  fetchAhead() {
    const photos = this.how.photos();
    const at = this.at(photos);
    if (at < 0) return;
    this.ahead = [photos[at + 1], photos[at - 1]].filter((one) => one && isReady(one)).map((one) => picture(one, this.how.sizes, { slot, alt: "", lazy: false }));
  }

  /** Entries of the menu. */
  entries() {
    const { photo } = this;
    const largest = renditions(photo, this.how.sizes).at(-1);
    return [
      largest && el("a", { href: largest.url, target: "_blank", rel: "noopener" }, "Open file"),
      el("button", { type: "button", onclick: () => this.how.onDownload(photo) }, "Download original"),
      ...copies(photo, this.how.sizes),
    ];
  }

  async remove() {
    const { id } = this.photo;
    const text = `“${nameOf(this.photo)}” and all its renditions are deleted. This cannot be undone.`;
    if (!(await confirmed({ title: "Delete this photo?", text, action: "Delete" }))) return;
    const photos = this.how.photos();
    const at = this.at(photos);
    const next = photos[at + 1] || photos[at - 1];
    if (!(await this.how.remove(id))) return;
    if (next && next.id !== id) this.step(next);
    else this.dialog.close();
  }

  toggleZoom() {
    this.focus.set(false);
    this.zoom.toggle();
  }

  toggleFocus() {
    this.zoom.set(false);
    this.focus.toggle();
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
      parts = receiptParts(await this.how.api.read(id, this.how.signal), this.how.sizes);
    } catch (error) {
      parts = el("p", { role: "alert" }, error.message);
    }
    // The user may have moved on to another photo.
    if (this.photo.id === id) fill(this.aside, title, parts);
  }

  go(by) {
    const photos = this.how.photos();
    const at = this.at(photos);
    if (at >= 0) this.step(photos[at + by]);
  }

  step(photo) {
    if (!photo || photo.id === this.photo.id) return;
    this.show(photo);
    this.how.onStep(photo.id);
  }

  key(event) {
    if (event.altKey || event.ctrlKey || event.metaKey || event.target.matches("input")) return;
    const acts = {
      ArrowLeft: () => this.go(-1),
      ArrowRight: () => this.go(1),
      Home: () => this.step(this.how.photos()[0]),
      End: () => this.step(this.how.photos().at(-1)),
      Delete: () => this.remove(),
      i: () => this.toggle(),
      z: () => this.toggleZoom(),
      f: () => isReady(this.photo) && this.toggleFocus(),
    };
    // Arrows look around in a picture that is larger than the screen.
    if (!acts[event.key] || (this.zoom.on && event.key.startsWith("Arrow"))) return;
    event.preventDefault();
    acts[event.key]();
  }
}

function tool(name, label, props) {
  return el("button", { type: "button", class: "quiet", ...props }, icon(name), el("span", {}, label));
}

function step(name, label, onclick) {
  return el("button", { type: "button", class: `step ${name} round`, "aria-label": label, onclick }, icon(name));
}
