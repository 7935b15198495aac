/** The gallery: drop photos in, watch them being developed, open them. */

import { el, fill } from "../lib/dom.js";
import { counted } from "../lib/format.js";
import { toast } from "../lib/toast.js";
import { acceptDrops } from "./drops.js";
import { Grid } from "./grid.js";
import { Lightbox } from "./lightbox.js";
import { Photos } from "./photos.js";
import { Uploads } from "./uploads.js";

/** @param {HTMLElement} root @param {{config: import("../lib/config.js").Config}} context */
export function mount(root, { config }) {
  const gallery = new Gallery(config);
  root.append(gallery.element);
  gallery.start();
  return () => gallery.close();
}

class Gallery {
  constructor(config) {
    const { sizes } = config.outputs;
    this.photos = new Photos(config.gallery);
    this.uploads = new Uploads(this.photos, (upload) => this.uploaded(upload));
    this.tiles = new Map();
    this.chosen = new Set();
    this.grid = new Grid({
      sizes,
      onEnd: () => this.more(),
      actions: {
        open: (id) => this.lightbox.open(id),
        retry: (id) => this.retry(id),
        choose: (id, chosen) => this.choose(id, chosen),
      },
    });
    this.lightbox = new Lightbox({
      sizes,
      photos: () => this.grid.photos,
      read: (id) => this.photos.read(id),
      remove: (id) => this.remove(id),
    });
    this.summary = el("p", { class: "muted", role: "status" });
    this.notice = el("div", { class: "offline", role: "alert", hidden: true });
    this.empty = this.emptyState();
    this.edit = el("a", { class: "button primary", hidden: true });
    this.element = el(
      "div",
      { class: "gallery" },
      el("div", { class: "bar" }, el("div", {}, el("h1", {}, "Gallery"), this.summary), this.edit, ...pickers(this)),
      this.notice,
      this.empty,
      this.grid.element,
      this.lightbox.dialog,
    );
  }

  start() {
    this.stopDrops = acceptDrops(document.body, (files) => this.take(files));
    this.photos.watch((event) => this.happened(event));
  }

  close() {
    this.stopDrops();
    this.photos.stop();
    this.grid.close();
    if (this.lightbox.dialog.open) this.lightbox.dialog.close();
  }

  /** Ask for the next page, one at a time. */
  async more() {
    if (this.asking || this.photos.cursor === null) return;
    this.asking = true;
    try {
      const page = await this.photos.more();
      page.forEach((photo) => this.grid.show(photo));
      this.online(true);
      this.count();
      if (page.length) this.grid.settle();
    } catch (error) {
      this.online(false, error.message);
    } finally {
      this.asking = false;
    }
  }

  happened({ kind, photo, state }) {
    if (kind === "photo") this.grid.show(photo, { newest: true });
    else if (kind === "removed") this.grid.remove(photo.id);
    else if (kind === "resync" || state === "open") this.reload();
    else this.online(false, "Connection lost. What happens meanwhile is shown as soon as it is back.");
    this.count();
  }

  /** List again from the newest on: what is known is brought up to date in its place. */
  async reload() {
    this.online(true);
    this.photos.rewind();
    await this.more();
  }

  take(files) {
    this.uploads.add(files);
    this.count();
  }

  uploaded(upload) {
    if (!this.tiles.has(upload)) this.tiles.set(upload, this.grid.begin());
    const tile = this.tiles.get(upload);
    if (upload.photo && !tile.element.dataset.id) this.grid.adopt(tile, upload.photo);
    if (upload.state !== "sent") tile.uploading(upload, () => this.uploads.again(upload));
    else {
      this.tiles.delete(upload);
      tile.print = undefined;
      tile.show(tile.photo);
    }
    this.count();
  }

  async retry(id) {
    await this.attempt(async () => {
      const { photo } = await this.photos.retry(id);
      this.grid.show(photo);
    });
  }

  async remove(id) {
    await this.attempt(async () => {
      await this.photos.remove(id);
      this.grid.remove(id);
      this.count();
    });
  }

  async attempt(work) {
    try {
      await work();
    } catch (error) {
      toast(error.message);
    }
  }

  choose(id, chosen) {
    if (chosen) this.chosen.add(id);
    else this.chosen.delete(id);
    this.edit.hidden = !this.chosen.size;
    this.edit.textContent = `Edit ${counted(this.chosen.size, "photo")}`;
    this.edit.setAttribute("href", `#/editor?photos=${Array.from(this.chosen, encodeURIComponent).join(",")}`);
  }

  count() {
    const photos = this.grid.photos;
    const busy = photos.filter((one) => ["pending", "processing"].includes(one.status)).length;
    const failed = photos.filter((one) => one.status === "failed").length;
    const known = `${counted(photos.length, "photo")}${this.photos.cursor ? " so far" : ""}`;
    const text = [known, busy && `${busy} on the way`, failed && `${failed} not developed`].filter(Boolean).join(" · ");
    if (this.summary.textContent !== text) this.summary.textContent = text;
    this.empty.hidden = this.grid.list.children.length > 0 || this.photos.cursor !== null;
  }

  online(fine, why = "") {
    this.notice.hidden = fine;
    fill(this.notice, fine ? [] : [el("p", {}, why), el("button", { type: "button", onclick: () => this.reload() }, "Try again")]);
  }

  emptyState() {
    return el(
      "div",
      { class: "empty", hidden: true },
      el("h2", {}, "Nothing here yet"),
      el("p", { class: "muted" }, "Drop photos or a folder anywhere on this page: JPEG, HEIC, PNG, WebP, AVIF, TIFF or camera RAW."),
      ...pickers(this),
    );
  }
}

/** The buttons that open the device's file picker. */
function pickers(gallery) {
  return [
    picker("Add photos", "primary", { multiple: true }, gallery),
    picker("Add a folder", "folder", { webkitdirectory: true }, gallery),
  ];
}

function picker(label, look, how, gallery) {
  const input = el("input", {
    type: "file",
    class: "hidden-visually",
    tabindex: -1,
    "aria-hidden": "true",
    ...how,
    onchange: () => {
      gallery.take(input.files);
      input.value = "";
    },
  });
  return el("span", { class: "picker" }, el("button", { type: "button", class: look, onclick: () => input.click() }, label), input);
}
