/** Pick photos from the gallery. */

import { renditions } from "../gallery/pictures.js";
import { can, el, fill } from "../lib/dom.js";
import { counted } from "../lib/format.js";
import { icon } from "../lib/icons.js";
import { named } from "../lib/names.js";

const PAGE = 48;

export class Picker {
  /** @param {{gallery: import("../lib/gallery.js").GalleryApi, signal: AbortSignal, sizes: Record<string, any>, onPick: (photos: any[]) => void}} how */
  constructor({ gallery, signal, sizes, onPick }) {
    this.gallery = gallery;
    this.signal = signal;
    this.sizes = sizes;
    this.onPick = onPick;
    this.chosen = new Map();
    this.list = el("ul", { class: "photos", role: "list", "aria-label": "Photos" });
    this.said = el("p", { class: "muted", role: "status" });
    this.next = el("button", { type: "button", onclick: () => this.more() }, "Show more");
    this.take = el("button", { type: "button", class: "primary", onclick: () => this.finish() });
    const close = el("button", { type: "button", class: "quiet", "aria-label": "Close", onclick: () => this.dialog.close() }, icon("close"));
    this.dialog = el(
      "dialog",
      { class: "picker-dialog", "aria-labelledby": "picker-title" },
      el("header", {}, el("h2", { id: "picker-title" }, "Pick photos"), close),
      el("div", { class: "scroll", tabindex: 0, "aria-label": "Photos of the gallery", role: "region" }, this.said, this.list, this.next),
      el("footer", {}, this.take),
    );
  }

  async open() {
    this.chosen.clear();
    this.cursor = undefined;
    this.count();
    fill(this.list);
    this.dialog.showModal();
    await this.more();
  }

  async more() {
    this.said.textContent = "Loading…";
    try {
      const page = await this.gallery.photos({ state: "ready", limit: PAGE, cursor: this.cursor }, this.signal);
      this.cursor = page.cursor;
      this.list.append(...page.photos.map((photo) => this.item(photo)));
      this.said.textContent = this.list.children.length ? "" : "No photo of the gallery is ready yet. Add some there first.";
    } catch (error) {
      this.said.textContent = error.message;
    }
    this.next.hidden = !this.cursor;
  }

  shown(photo) {
    return renditions(photo, this.sizes);
  }

  item(photo) {
    const name = photo.filename || photo.id;
    const box = el("input", {
      type: "checkbox",
      "aria-label": name,
      onchange: () => {
        if (box.checked) this.chosen.set(photo.id, photo);
        else this.chosen.delete(photo.id);
        this.count();
      },
    });
    const image = el("img", { src: this.shown(photo)[0].url, alt: "", loading: "lazy", decoding: "async" });
    return el("li", {}, el("label", {}, box, image, el("span", { class: "small" }, named(name))));
  }

  count() {
    can(this.take, this.chosen.size);
    this.take.textContent = this.chosen.size ? `Edit ${counted(this.chosen.size, "photo")}` : "Edit";
  }

  finish() {
    this.dialog.close();
    this.onPick(Array.from(this.chosen.values()));
  }
}
