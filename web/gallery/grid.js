/** The grid: newest first, each photo once; the next page is loaded near the end. */

import { el } from "../lib/dom.js";
import { Tile } from "./tile.js";

const AHEAD = "800px";

export class Grid {
  /** @param {{sizes: Record<string, any>, actions: import("./tile.js").TileActions, onEnd: () => void}} how */
  constructor({ sizes, actions, onEnd }) {
    this.how = { sizes, actions };
    /** @type {Map<string, Tile>} */
    this.tiles = new Map();
    this.list = el("ul", { class: "grid", role: "list", "aria-label": "Photos" });
    this.end = el("div", { class: "end" });
    this.element = el("div", {}, this.list, this.end);
    this.watch = new IntersectionObserver((entries) => entries.some((one) => one.isIntersecting) && onEnd(), {
      rootMargin: AHEAD,
    });
    this.watch.observe(this.end);
  }

  /** Photos in display order. @returns {import("./photos.js").Photo[]} */
  get photos() {
    return Array.from(this.list.children, (one) => this.tiles.get(one.dataset.id)?.photo).filter(Boolean);
  }

  /** @param {import("./photos.js").Photo} photo */
  show(photo) {
    let tile = this.tiles.get(photo.id);
    if (!tile) {
      tile = new Tile(this.how);
      this.tiles.set(photo.id, tile);
      this.place(tile, photo);
    }
    tile.show(photo);
  }

  /** Insert a tile after the last newer one; pages of the list go to the end. */
  place(tile, photo) {
    let before = this.list.lastElementChild;
    while (before && !isNewer(this.tiles.get(before.dataset.id)?.photo, photo)) before = before.previousElementSibling;
    if (before) before.after(tile.element);
    else this.list.prepend(tile.element);
  }

  /** Insert a tile without a record at the beginning. */
  begin() {
    const tile = new Tile(this.how);
    this.list.prepend(tile.element);
    return tile;
  }

  /**
   * Say which record a tile without one belongs to. Its change may have come first: then the tile that it made goes.
   * @param {Tile} tile @param {import("./photos.js").Photo} photo
   */
  adopt(tile, photo) {
    const other = this.tiles.get(photo.id);
    if (other === tile) return;
    other?.element.remove();
    this.tiles.set(photo.id, tile);
    tile.photo = other?.photo || photo;
    tile.element.dataset.id = photo.id;
  }

  /** @param {string} id */
  remove(id) {
    this.tiles.get(id)?.element.remove();
    this.tiles.delete(id);
  }

  /** Focus a photo's tile. @param {string} id */
  focus(id) {
    this.tiles.get(id)?.element.querySelector("button")?.focus();
  }

  /** Check again whether the end is near: a page may have been too short. */
  settle() {
    this.watch.unobserve(this.end);
    this.watch.observe(this.end);
  }

  close() {
    this.watch.disconnect();
  }
}

/** Return whether *one* comes before *other*; without a record it is the newest. */
function isNewer(one, other) {
  return !one || `${one.created_at} ${one.id}` > `${other.created_at} ${other.id}`;
}
