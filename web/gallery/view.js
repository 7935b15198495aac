/** The gallery: add photos, watch their progress, find, open and choose them. */

import { addressOf, replaceAddress } from "../lib/address.js";
import { el } from "../lib/dom.js";
import { counted } from "../lib/format.js";
import { part } from "../lib/parts.js";
import { toast } from "../lib/toast.js";
import { acceptDrops } from "./drops.js";
import { Grid } from "./grid.js";
import { Listing } from "./listing.js";
import { recall, remember } from "./memory.js";
import { Opened } from "./opened.js";
import { ORDERS } from "./orders.js";
import { pickers } from "./pickers.js";
import { Selection } from "./selection.js";
import { Status } from "./status.js";
import { Toolbar } from "./toolbar.js";

const FILTERS = ["gallery", "search", "state", "sort"];

/** @param {HTMLElement} root @param {any} context  of app.js */
export function mount(root, context) {
  const gallery = new Gallery(context);
  root.append(gallery.element);
  gallery.start();
  return (params) => gallery.update(params);
}

class Gallery {
  constructor({ config, gallery, uploads, packing, params, signal }) {
    const { sizes } = config.outputs;
    this.config = config;
    this.signal = signal;
    this.uploads = uploads;
    this.packing = packing;
    this.params = params;
    this.api = gallery;
    this.grid = new Grid({ sizes, signal, order: this.order, onEnd: () => this.listing.more(), actions: this.actions() });
    this.listing = new Listing({
      api: gallery,
      uploads,
      signal,
      grid: this.grid,
      onPhoto: (photo) => this.opened.changed(photo),
      onGone: (tile) => this.selection.forget(tile),
      onCount: () => this.count(),
      onConnection: (fine, why) => this.status.connection(fine, why),
    });
    this.listing.photos.ask(this.query);
    this.selection = new Selection({
      grid: this.grid,
      sizes,
      onAll: () => this.chooseAll(),
      onRemove: (tiles) => this.act("remove", tiles),
      onRetry: (tiles) => this.act("retry", tiles),
      onDownload: (tiles, size) => this.act("download", tiles, size),
      onPack: (tiles, size) => this.act("pack", tiles, size),
    });
    this.toolbar = new Toolbar({
      api: gallery,
      sizes,
      signal,
      onChange: (change) => this.filter(change),
      onPack: (size) => packing.start({ gallery: this.query.gallery, size }),
    });
    this.build();
    this.opened = this.openPhoto(sizes);
  }

  get query() {
    return Object.fromEntries(FILTERS.map((name) => [name, this.params.get(name) || undefined]));
  }

  get order() {
    return ORDERS[this.query.sort] || ORDERS.added;
  }

  actions() {
    return {
      open: ({ photo }) => this.opened.open(photo.id),
      retry: (tile) => this.act("retry", [tile]),
      remove: (tile) => (tile.upload ? this.uploads.cancel(tile.upload) : this.act("remove", [tile])),
      choose: (tile, chosen, range) => this.selection.choose(tile, chosen, range),
    };
  }

  openPhoto(sizes) {
    return new Opened({
      params: () => this.params,
      address: (change) => this.address(change),
      grid: this.grid,
      api: this.api,
      signal: this.signal,
      element: this.element,
      actions: {
        sizes,
        remove: (id) => this.act("removeById", id),
        retry: (id) => this.act("retry", [{ photo: { id } }]),
        focus: (id, point) => this.act("focus", id, point),
        onDownload: (photo) => this.act("download", [{ photo }], ""),
        onNearEnd: () => this.listing.more(),
      },
    });
  }

  /** Do something with photos; the module for it is loaded the first time. @param {string} what  method of Bulk */
  async act(what, ...args) {
    try {
      const { Bulk } = await part(() => import("./bulk.js"));
      const { config, api, uploads, packing, listing } = this;
      const bulk = new Bulk({ config, api, uploads, packing, know: (photo) => listing.know(photo), forget: (id) => listing.forget(id) });
      return await bulk[what](...args);
    } catch (error) {
      toast(error.message);
      return false;
    }
  }

  build() {
    this.take = (files) => this.uploads.add(files, this.query.gallery || null);
    this.status = new Status({
      listing: this.listing,
      take: this.take,
      isFiltered: () => Boolean(this.query.search || this.query.state),
      onShowAll: () => this.filter({ search: "", state: "" }),
      heir: () => this.toolbar.search,
    });
    this.element = el(
      "div",
      { class: "gallery" },
      el("div", { class: "bar" }, el("div", {}, el("h1", {}, this.query.gallery || "Gallery"), this.status.summary), pickers(this.take)),
      this.toolbar.element,
      this.status.notice,
      this.status.empty,
      this.grid.element,
      this.selection.element,
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
      remember(this);
    });
    recall(this);
    this.listing.start();
    this.opened.show();
  }

  /** Take new parameters of the address. @returns {boolean} false: mount again */
  update(params) {
    const before = this.query;
    if ((params.get("gallery") || undefined) !== before.gallery) return false;
    this.params = params;
    if (FILTERS.some((name) => this.query[name] !== before[name])) this.restart();
    this.opened.show();
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

  count() {
    this.status.count();
    this.toolbar.count(this.listing.numbers.counts);
    this.opened.locate();
  }
}
