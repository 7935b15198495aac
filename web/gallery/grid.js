/** The grid: newest first, each photo once; more of them are asked for when the end comes near. */

import { el } from "../lib/dom.js";
import { Tile } from "./tile.js";

const AHEAD = "800px";

export class Grid {
  /**
   * @param {{sizes: Record<string, any>, actions: import("./tile.js").TileActions, onEnd: () => void}} how
   */
  constructor({ sizes, actions, onEnd }) {
    this.how = { sizes, actions };
    this.tiles = new Map();
    this.list = el("ul", { class: "grid", role: "list", "aria-label": "Photos" });
    this.end = el("div", { class: "end" });
    this.element = el("div", {}, this.list, this.end);
    this.watch = new IntersectionObserver((entries) => entries.some((one) => one.isIntersecting) && onEnd(), {
      rootMargin: AHEAD,
    });
    this.watch.observe(this.end);
  }

  /** Photos in the order in which they are shown. @returns {import("./photos.js").Photo[]} */
  get photos() {
    return Array.from(this.list.children, (one) => this.tiles.get(one.dataset.id)?.photo).filter(Boolean);
  }

  /** @param {import("./photos.js").Photo} photo @param {{newest?: boolean}} where */
  show(photo, { newest = false } = {}) {
    let tile = this.tiles.get(photo.id);
    if (!tile) {
      tile = new Tile(this.how);
      this.tiles.set(photo.id, tile);
      if (newest) this.list.prepend(tile.element);
      else this.list.append(tile.element);
    }
    tile.show(photo);
    return tile;
  }

  /** Put a tile at the beginning that has no record yet. */
  begin() {
    const tile = new Tile(this.how);
    this.list.prepend(tile.element);
    return tile;
  }

  /** Say which record a tile without one belongs to. @param {Tile} tile @param {import("./photos.js").Photo} photo */
  adopt(tile, photo) {
    const other = this.tiles.get(photo.id);
    if (other && other !== tile) other.element.remove();
    this.tiles.set(photo.id, tile);
    tile.photo = other?.photo || photo;
    tile.element.dataset.id = photo.id;
  }

  /** @param {string} id */
  remove(id) {
    this.tiles.get(id)?.element.remove();
    this.tiles.delete(id);
  }

  /** Look again whether the end is near: after a page that did not push it away. */
  settle() {
    this.watch.unobserve(this.end);
    this.watch.observe(this.end);
  }

  close() {
    this.watch.disconnect();
  }
}
