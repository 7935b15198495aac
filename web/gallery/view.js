/** The gallery: add photos, watch their progress, find, open and choose them. */

import { addressOf, replaceAddress } from "../lib/address.js";
import { el, fill } from "../lib/dom.js";
import { inherit, keepFocus } from "../lib/focus.js";
import { counted } from "../lib/format.js";
import { toast } from "../lib/toast.js";
import { Bulk } from "./bulk.js";
import { acceptDrops } from "./drops.js";
import { Grid } from "./grid.js";
import { Lightbox } from "./lightbox.js";
import { Listing } from "./listing.js";
import { ORDERS } from "./orders.js";
import { pickers } from "./pickers.js";
import { Selection } from "./selection.js";
import { Toolbar } from "./toolbar.js";

const FILTERS = ["gallery", "search", "state", "sort"];
/** What was shown last, for a return from another view. */
let memory = null;

/** @param {HTMLElement} root @param {any} context  of app.js */
export function mount(root, context) {
  const gallery = new Gallery(context);
  root.append(gallery.element);
  gallery.start();
  return (params) => gallery.update(params);
}

class Gallery {
  constructor({ config, gallery, uploads, params, signal }) {
    const { sizes } = config.outputs;
    this.signal = signal;
    this.uploads = uploads;
    this.params = params;
    this.api = gallery;
    this.grid = new Grid({ sizes, signal, order: this.order, onEnd: () => this.listing.more(), actions: this.actions() });
    this.listing = new Listing({
      api: gallery,
      uploads,
      signal,
      grid: this.grid,
      onPhoto: (photo) => this.lightbox.changed(photo),
      onGone: (tile) => this.selection.forget(tile),
      onCount: () => this.summarize(),
      onConnection: (fine, why) => this.online(fine, why),
    });
    this.listing.photos.ask(this.query);
    this.bulk = new Bulk({ api: gallery, uploads, know: (photo) => this.listing.know(photo), forget: (id) => this.listing.forget(id) });
    this.lightbox = this.makeLightbox(sizes);
    this.selection = new Selection({
      grid: this.grid,
      sizes,
      onAll: () => this.chooseAll(),
      onRemove: (tiles) => this.bulk.remove(tiles),
      onRetry: (tiles) => this.bulk.retry(tiles),
      onDownload: (tiles, size) => this.bulk.download(tiles, size),
    });
    this.toolbar = new Toolbar({ api: gallery, signal, onChange: (change) => this.filter(change) });
    this.build();
  }

  get query() {
    return Object.fromEntries(FILTERS.map((name) => [name, this.params.get(name) || undefined]));
  }

  get order() {
    return ORDERS[this.query.sort] || ORDERS.added;
  }

  actions() {
    return {
      open: ({ photo }) => this.open(photo.id),
      retry: (tile) => this.bulk.retry([tile]),
      remove: (tile) => (tile.upload ? this.uploads.cancel(tile.upload) : this.bulk.remove([tile])),
      choose: (tile, chosen, range) => this.selection.choose(tile, chosen, range),
    };
  }

  makeLightbox(sizes) {
    return new Lightbox({
      sizes,
      api: this.api,
      photos: () => this.grid.photos,
      cached: (id) => this.grid.tiles.get(id)?.cached || "",
      remove: (id) => this.bulk.all([{ photo: { id } }], (tile) => this.bulk.removeOne(tile), "deleted"),
      retry: (id) => this.bulk.retry([{ photo: { id } }]),
      onDownload: (photo) => this.bulk.download([{ photo }], ""),
      onNearEnd: () => this.listing.more(),
      onStep: (id) => this.step(id),
      onClosed: (id) => this.closed(id),
    });
  }

  build() {
    const take = (files) => this.uploads.add(files, this.query.gallery || null);
    this.take = take;
    this.summary = el("p", { class: "muted", role: "status" }, "Loading…");
    this.notice = el("div", { class: "trouble", role: "alert", hidden: true });
    this.empty = el("div", { class: "empty", hidden: true });
    this.element = el(
      "div",
      { class: "gallery" },
      el("div", { class: "bar" }, el("div", {}, el("h1", {}, this.query.gallery || "Gallery"), this.summary), pickers(take)),
      this.toolbar.element,
      this.notice,
      this.empty,
      this.grid.element,
      this.selection.element,
      this.lightbox.dialog,
    );
  }

  start() {
    const { signal } = this;
    this.toolbar.show(this.query);
    this.toolbar.list();
    const stopDrops = acceptDrops(document.body, ({ files, unread }) => {
      this.take(files);
      if (unread) toast(`${counted(unread, "file")} could not be read.`);
    });
    document.addEventListener("keydown", (event) => this.key(event), { signal });
    signal.addEventListener("abort", () => {
      stopDrops();
      this.remember();
    });
    this.recall();
    this.listing.start();
    this.showPhoto();
  }

  /** Take new parameters of the address. @returns {boolean} false: mount again */
  update(params) {
    const before = this.query;
    if ((params.get("gallery") || undefined) !== before.gallery) return false;
    this.params = params;
    if (FILTERS.some((name) => this.query[name] !== before[name])) this.restart();
    this.showPhoto();
    return true;
  }

  /** Change what is listed. @param {Record<string, string>} change */
  filter(change) {
    replaceAddress(this.address({ ...change, photo: null }));
    this.update(new URLSearchParams(location.hash.split("?")[1]));
  }

  restart() {
    this.selection.clear();
    this.toolbar.show(this.query);
    this.listing.restart(this.query, this.order);
  }

  /** The address of the gallery as it is, with *change*. */
  address(change) {
    return addressOf("gallery", { ...this.query, photo: this.params.get("photo"), ...change });
  }

  /** Open a photo: it has an address, and Back closes it. */
  open(id) {
    location.hash = this.address({ photo: id });
    history.replaceState({ opened: true }, "");
  }

  step(id) {
    replaceAddress(this.address({ photo: id }));
    this.params.set("photo", id);
  }

  /** The lightbox was closed: by Esc or its button, or because the address changed. */
  closed(id) {
    this.grid.tiles.get(id)?.handle.focus();
    inherit(() => this.grid.shown[0]?.handle);
    if (!this.params.get("photo")) return;
    this.params.delete("photo");
    if (history.state?.opened) history.back();
    else replaceAddress(this.address({}));
  }

  async showPhoto() {
    const id = this.params.get("photo");
    if (!id) return this.lightbox.close();
    const known = this.grid.tiles.get(id);
    if (known) return this.lightbox.open(known.photo);
    try {
      const photo = await this.api.read(id, this.signal);
      if (this.params.get("photo") === id) this.lightbox.open(photo);
    } catch (error) {
      toast(error.message);
    }
  }

  key(event) {
    if (event.target.closest?.("dialog, input:not([type=checkbox]), select, textarea")) return;
    if (event.key.toLowerCase() === "a" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      this.chooseAll();
    } else if (event.key === "Escape" && this.selection.tiles.size) this.selection.clear();
  }

  /** Choose all photos that match, also those further down. */
  async chooseAll() {
    await this.listing.all();
    this.selection.chooseAll();
  }

  summarize() {
    const { listed, asking } = this.listing;
    const { counts, total, lost } = this.listing.numbers;
    const { ready = 0, interrupted = 0 } = counts;
    const text = total === ready ? counted(total, "photo") : `${ready.toLocaleString("en")} of ${counted(total, "photo")} ready`;
    const said = [text, lost && `${lost} failed`, interrupted && `${counted(interrupted, "upload")} interrupted`].filter(Boolean).join(" · ");
    if (listed && this.summary.textContent !== said) this.summary.textContent = said;
    this.toolbar.count(counts);
    this.lightbox.locate();
    const none = listed && !asking && !this.grid.tiles.size;
    if (none && this.empty.hidden) fill(this.empty, this.nothing());
    keepFocus(this.empty, () => (this.empty.hidden = !none), () => this.toolbar.search);
  }

  nothing() {
    const { search, state } = this.query;
    if (search || state) return [el("h2", {}, "No photo matches"), el("button", { type: "button", onclick: () => this.filter({ search: "", state: "" }) }, "Show all")];
    const kinds = "Drop photos or a whole folder anywhere on this page: JPEG, HEIC, PNG, WebP, AVIF, TIFF or camera RAW.";
    return [el("h2", {}, "Nothing here yet"), el("p", { class: "muted" }, kinds), el("div", { class: "ways" }, pickers(this.take))];
  }

  remember() {
    const first = this.grid.shown.find(({ element }) => element.getBoundingClientRect().bottom > 0);
    memory = {
      ...this.listing.memory(),
      chosen: this.selection.all.map(({ photo }) => photo.id),
      anchor: first && { id: first.photo.id, top: first.element.getBoundingClientRect().top },
    };
  }

  recall() {
    if (!this.listing.recall(memory)) return;
    const { chosen, anchor } = memory;
    const tiles = chosen.map((id) => this.grid.tiles.get(id)).filter(Boolean);
    tiles.forEach((tile) => this.selection.choose(tile, true, false));
    // What is above has no exact height before it is shown, so the first tile in view is put back where it was.
    if (history.state?.scroll) requestAnimationFrame(() => this.returnTo(anchor));
  }

  returnTo(anchor) {
    const tile = anchor && this.grid.tiles.get(anchor.id);
    if (!tile) return;
    tile.element.scrollIntoView({ block: "start", behavior: "instant" });
    scrollBy({ top: tile.element.getBoundingClientRect().top - anchor.top, behavior: "instant" });
  }

  online(fine, why = "") {
    this.notice.hidden = fine;
    fill(this.notice, fine ? [] : [el("p", {}, why), el("button", { type: "button", onclick: () => this.listing.reload() }, "Try again")]);
    if (!this.listing.listed && !fine) this.summary.textContent = "Not connected";
  }
}
