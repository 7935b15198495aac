/** The chosen tiles, and the bar of actions for them. */

import { addressOf } from "../lib/address.js";
import { el } from "../lib/dom.js";
import { keepFocus } from "../lib/focus.js";
import { counted } from "../lib/format.js";
import { icon } from "../lib/icons.js";
import { sizeMenu } from "./sizes.js";
import { isReady } from "./states.js";

/** @typedef {import("./tile.js").Tile} Tile */

export class Selection {
  /**
   * @param {{grid: import("./grid.js").Grid, sizes: Record<string, any>, onAll: () => void, onRemove: (tiles: Tile[]) => void,
   *          onRetry: (tiles: Tile[]) => void, onDownload: (tiles: Tile[], size: string) => void,
   *          onPack: (tiles: Tile[], size: string) => void}} how  *size*: "" for originals
   */
  constructor({ grid, sizes, onAll, onRemove, onRetry, onDownload, onPack }) {
    this.grid = grid;
    /** @type {Set<Tile>} */
    this.tiles = new Set();
    this.count = el("p", { role: "status" });
    this.edit = el("a", { class: "button primary" }, icon("edit"), el("span", {}, "Edit"));
    this.again = action("again", "Try again", () => onRetry(this.all.filter(({ retryable }) => retryable)));
    this.save = sizeMenu("save", "Download", { sizes, hint: "To this device, now", onSize: (size) => onDownload(this.all, size) });
    this.pack = sizeMenu("link", "ZIP link", { sizes, hint: "As a ZIP file with a link", onSize: (size) => onPack(this.all, size) });
    this.element = el(
      "section",
      { class: "selection", "aria-label": "Chosen photos", hidden: true },
      this.count,
      el("button", { type: "button", class: "quiet", onclick: onAll }, "All"),
      this.edit,
      this.again,
      this.save,
      this.pack,
      action("remove", "Delete", () => onRemove(this.all)),
      el("button", { type: "button", class: "quiet round", "aria-label": "Choose none", onclick: () => this.clear() }, icon("close")),
    );
  }

  /** The chosen tiles in display order. */
  get all() {
    return this.grid.shown.filter((tile) => this.tiles.has(tile));
  }

  /** @param {Tile} tile @param {boolean} chosen @param {boolean} range  all from the last chosen tile to this one */
  choose(tile, chosen, range) {
    for (const one of range ? this.between(tile) : [tile]) this.mark(one, chosen);
    this.last = tile;
    this.show();
  }

  chooseAll() {
    this.grid.shown.forEach((tile) => this.mark(tile, true));
    this.show();
  }

  /** Forget a tile that is gone. @param {Tile} tile */
  forget(tile) {
    this.mark(tile, false);
    this.show();
  }

  clear() {
    const { last } = this;
    for (const tile of this.tiles) this.mark(tile, false);
    this.show(last);
  }

  between(tile) {
    const shown = this.grid.shown;
    const ends = [shown.indexOf(this.last), shown.indexOf(tile)].filter((at) => at >= 0);
    return shown.slice(Math.min(...ends), Math.max(...ends) + 1);
  }

  mark(tile, chosen) {
    tile.chosen = chosen;
    if (chosen) this.tiles.add(tile);
    else this.tiles.delete(tile);
  }

  show(heir = this.last) {
    const chosen = Array.from(this.tiles);
    const ready = chosen.filter(({ photo }) => isReady(photo));
    this.count.textContent = `${counted(chosen.length, "photo")} chosen`;
    this.edit.hidden = this.save.hidden = this.pack.hidden = !ready.length;
    this.edit.setAttribute("href", addressOf("editor", { photo: ready.map(({ photo }) => photo.id) }));
    this.again.hidden = !chosen.some(({ retryable }) => retryable);
    keepFocus(this.element, () => (this.element.hidden = !chosen.length), () => heir?.box, () => this.grid.shown[0]?.handle);
  }
}

function action(sign, label, onclick) {
  return el("button", { type: "button", class: "quiet", onclick }, icon(sign), el("span", {}, label));
}
