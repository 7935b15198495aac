/** The gallery: upload photos, watch their progress, open them. */

import { el, fill } from "../lib/dom.js";
import { counted } from "../lib/format.js";
import { toast } from "../lib/toast.js";
import { acceptDrops } from "./drops.js";
import { Grid } from "./grid.js";
import { Lightbox } from "./lightbox.js";
import { Photos } from "./photos.js";
import { pickers } from "./pickers.js";
import { Selection } from "./selection.js";
import { isUnderway } from "./states.js";
import { Uploads } from "./uploads.js";

const LOST = "The connection is lost. Changes are shown once it is back.";

/** @param {HTMLElement} root @param {{config: import("../lib/config.js").Config, params: URLSearchParams}} context */
export function mount(root, { config, params }) {
  const gallery = new Gallery(config, params.get("gallery"));
  root.append(gallery.element);
  gallery.start();
  return () => gallery.close();
}

class Gallery {
  /** @param {import("../lib/config.js").Config} config @param {string|null} name  of one gallery; null: all of them */
  constructor(config, name) {
    const { sizes } = config.outputs;
    const remove = (id) => this.remove(id);
    const retry = (id) => this.retry(id);
    this.photos = new Photos(config.gallery, name);
    this.uploads = new Uploads(this.photos, (upload) => this.uploaded(upload));
    /** Tiles of what is not uploaded yet. @type {Map<import("./uploads.js").Upload, import("./tile.js").Tile>} */
    this.tiles = new Map();
    this.grid = new Grid({
      sizes,
      onEnd: () => this.more(),
      actions: { open: (id) => this.lightbox.open(id), retry, choose: (id, chosen) => this.selection.set(id, chosen) },
    });
    this.lightbox = new Lightbox({
      sizes,
      photos: () => this.grid.photos,
      read: (id) => this.photos.read(id),
      remove,
      retry,
      onNearEnd: () => this.more(),
      onClosed: (id) => this.grid.focus(id),
    });
    this.selection = new Selection({ grid: this.grid, remove });
    this.build(name || "Gallery");
  }

  build(title) {
    const take = (files) => this.take(files);
    this.summary = el("p", { class: "muted", role: "status" }, "Loading…");
    this.notice = el("div", { class: "trouble", role: "alert", hidden: true });
    this.empty = emptyState(take);
    this.element = el(
      "div",
      { class: "gallery" },
      el("div", { class: "bar" }, el("div", {}, el("h1", {}, title), this.summary), pickers(take)),
      this.notice,
      this.empty,
      this.grid.element,
      this.selection.element,
      this.lightbox.dialog,
    );
  }

  start() {
    this.stopDrops = acceptDrops(document.body, ({ files, unread }) => {
      this.take(files);
      if (unread) toast(`${counted(unread, "file")} could not be read.`);
    });
    this.warn = (event) => this.uploads.busy && event.preventDefault();
    addEventListener("beforeunload", this.warn);
    this.photos.watch((event) => this.onEvent(event));
  }

  close() {
    this.stopDrops();
    removeEventListener("beforeunload", this.warn);
    this.photos.stop();
    this.grid.close();
  }

  /** @param {import("./photos.js").Change} event */
  onEvent({ kind, photo }) {
    if (kind === "lost") return this.online(false, LOST);
    if (kind === "list" || !this.listed) return this.reload();
    if (kind === "online") return this.online(true);
    if (kind === "photo") this.know(photo);
    if (kind === "removed") this.forget(photo.id);
    return this.count();
  }

  /** Load the next page, one at a time, once the first page is there. */
  async more() {
    if (!this.listed || this.asking || this.photos.cursor === null) return;
    await this.ask(() => this.page());
  }

  /** List again from the newest, as many as are shown; remove photos that are gone. */
  async reload() {
    const shown = new Set(this.grid.tiles.keys());
    const found = new Set();
    this.photos.rewind();
    await this.ask(async () => {
      do (await this.page()).forEach((photo) => found.add(photo.id));
      while (this.photos.cursor !== null && found.size < shown.size);
      this.listed = true;
      for (const id of shown) if (!found.has(id) && !this.isUploading(id)) this.forget(id);
    });
  }

  async ask(work) {
    this.asking = true;
    try {
      await work();
      this.online(true);
      this.grid.settle();
    } catch (error) {
      this.online(false, error.message);
    } finally {
      this.asking = false;
      this.count();
    }
  }

  async page() {
    const page = await this.photos.more();
    page.forEach((photo) => this.know(photo));
    return page;
  }

  know(photo) {
    // Its tile still shows the upload's progress, or does not have its id yet.
    if (photo.status === "pending" && (this.isUploading(photo.id) || this.isBeingAnnounced(photo))) return;
    this.grid.show(photo);
    this.lightbox.changed(photo);
  }

  forget(id) {
    this.selection.set(id, false);
    this.grid.remove(id);
  }

  isUploading(id) {
    return Array.from(this.tiles.keys()).some((upload) => upload.announced?.photo.id === id);
  }

  /** A change event may arrive before the answer to the announcement. */
  isBeingAnnounced({ id, filename, file_size: bytes }) {
    if (this.grid.tiles.has(id)) return false;
    const announcing = Array.from(this.tiles.keys()).filter((one) => one.state === "sending" && !one.announced);
    return announcing.some(({ file }) => file.name === filename && file.size === bytes);
  }

  /** @param {File[]} files */
  take(files) {
    this.uploads.add(files);
    this.count();
  }

  /** @param {import("./uploads.js").Upload} upload */
  uploaded(upload) {
    if (!this.tiles.has(upload)) this.tiles.set(upload, this.grid.begin());
    const tile = this.tiles.get(upload);
    if (upload.announced) this.grid.adopt(tile, upload.announced.photo);
    if (upload.state === "sent") {
      this.tiles.delete(upload);
      tile.show(tile.photo);
    } else tile.uploading(upload, { again: () => this.uploads.again(upload), dismiss: () => this.dismiss(upload) });
    if (upload.state !== "sending") this.count();
  }

  dismiss(upload) {
    this.tiles.get(upload).element.remove();
    this.tiles.delete(upload);
    this.count();
  }

  async retry(id) {
    await attempt(async () => this.know((await this.photos.retry(id)).photo));
  }

  /** @param {string} id @returns {Promise<boolean>} true: it is deleted */
  async remove(id) {
    const gone = await attempt(async () => {
      await this.photos.remove(id);
      this.forget(id);
    });
    this.count();
    return gone;
  }

  count() {
    const photos = this.grid.photos;
    const waiting = Array.from(this.tiles.keys()).filter((one) => one.state !== "failed");
    const busy = photos.filter(isUnderway).length + waiting.filter((one) => !one.announced).length;
    const failed = this.grid.list.querySelectorAll('[data-status="failed"]').length;
    const many = this.photos.cursor ? "+" : "";
    const known = `${photos.length.toLocaleString("en")}${many} ${photos.length === 1 && !many ? "photo" : "photos"}`;
    const text = [known, busy && `${busy} on the way`, failed && `${failed} failed`].filter(Boolean).join(" · ");
    if (this.listed && this.summary.textContent !== text) this.summary.textContent = text;
    this.empty.hidden = !this.listed || this.grid.list.children.length > 0;
  }

  online(fine, why = "") {
    this.notice.hidden = fine;
    fill(this.notice, fine ? [] : [el("p", {}, why), el("button", { type: "button", onclick: () => this.reload() }, "Try again")]);
    if (!this.listed && !fine) this.summary.textContent = "Not connected";
  }
}

/** Do *work*; show its error as a toast. */
async function attempt(work) {
  try {
    await work();
    return true;
  } catch (error) {
    toast(error.message);
    return false;
  }
}

function emptyState(take) {
  return el(
    "div",
    { class: "empty", hidden: true },
    el("h2", {}, "Nothing here yet"),
    el("p", { class: "muted" }, "Drop photos or a whole folder anywhere on this page: JPEG, HEIC, PNG, WebP, AVIF, TIFF or camera RAW."),
    el("div", { class: "ways" }, pickers(take)),
  );
}
