/** The grid: each photo once, in one order, under the days; the next page is loaded near the end. */

import { el } from "../lib/dom.js";
import { keepFocus } from "../lib/focus.js";
import { dayInWords } from "../lib/format.js";
import { LAST, isBefore } from "./orders.js";
import { Tile } from "./tile.js";

const AHEAD = "800px";
const NO_DATE = "Without a date";

export class Grid {
  /**
   * @param {{sizes: Record<string, any>, actions: import("./tile.js").TileActions, order: import("./orders.js").Order,
   *          onEnd: () => void, signal: AbortSignal}} how
   */
  constructor({ sizes, actions, order, onEnd, signal }) {
    this.how = { sizes, actions };
    this.order = order;
    /** By the photo's id, or the upload's key. @type {Map<string, Tile>} */
    this.tiles = new Map();
    /** By day; null without headings. @type {Map<string|null, {element: HTMLElement, list: HTMLElement}>} */
    this.days = new Map();
    this.sections = el("div", { class: "days" });
    this.end = el("div", { class: "end" });
    this.element = el("div", {}, this.sections, this.end);
    this.watch = new IntersectionObserver((entries) => entries.some((one) => one.isIntersecting) && onEnd(), {
      rootMargin: AHEAD,
    });
    this.settle();
    signal.addEventListener("abort", () => this.watch.disconnect(), { once: true });
  }

  /** Tiles in display order. @returns {Tile[]} */
  get shown() {
    return Array.from(this.sections.querySelectorAll(".tile"), (one) => this.tiles.get(one.dataset.id));
  }

  /** Photos in display order, without files that have no record yet. */
  get photos() {
    return this.shown.filter(({ photo }) => !photo.isFile).map(({ photo }) => photo);
  }

  /** @param {import("../lib/gallery.js").Photo} photo  or what stands for a file without a record @param {import("../uploads/uploads.js").Upload} [upload] */
  show(photo, upload) {
    let tile = this.tiles.get(photo.id);
    if (!tile) {
      tile = new Tile(this.how);
      this.tiles.set(photo.id, tile);
    }
    tile.show(photo, upload);
    this.place(tile);
    return tile;
  }

  /** Let the tile of a file stand for its record. A change of the record may have come first: then one tile goes. */
  rename(from, to) {
    const tile = this.tiles.get(from);
    if (!tile) return;
    this.tiles.delete(from);
    if (this.tiles.has(to)) tile.element.remove();
    else this.tiles.set(to, tile);
  }

  /** Put a tile where it belongs; one that stands there stays, and keeps the focus. @param {Tile} tile */
  place(tile) {
    const { photo, element } = tile;
    const { list } = this.dayOf(photo);
    const fits = (before, after) => !before || !after || isBefore(this.order, before.photo, after.photo);
    const beside = (one) => one && this.tiles.get(one.dataset.id);
    if (element.parentElement === list && fits(beside(element.previousElementSibling), tile) && fits(tile, beside(element.nextElementSibling))) return;
    keepFocus(element, () => {
      const left = element.parentElement;
      element.remove();
      this.insert(list, tile);
      if (left && left !== list) this.tidy(left);
    }, () => tile.handle);
  }

  /** From the end, where pages of the list go. */
  insert(list, tile) {
    let before = list.lastElementChild;
    while (before && !isBefore(this.order, this.tiles.get(before.dataset.id).photo, tile.photo)) before = before.previousElementSibling;
    if (before) before.after(tile.element);
    else list.prepend(tile.element);
  }

  dayOf(photo) {
    const day = this.order.day(photo);
    if (!this.days.has(day)) this.days.set(day, this.section(day));
    return this.days.get(day);
  }

  section(day) {
    const id = `day-${day}`;
    const title = day !== null && el("h2", { id }, dayInWords(day) || NO_DATE);
    const list = el("ul", { class: "grid", role: "list", ...(title ? { "aria-labelledby": id } : { "aria-label": "Photos" }) });
    const { descending } = this.order;
    const key = day || (descending ? "" : LAST);
    const element = el("section", { "data-day": key }, title, list);
    const comesAfter = ({ dataset }) => (descending ? dataset.day < key : dataset.day > key);
    this.sections.insertBefore(element, Array.from(this.sections.children).find(comesAfter) || null);
    return { element, list };
  }

  tidy(list) {
    if (list.children.length) return;
    for (const [day, { element }] of this.days) {
      if (!element.contains(list)) continue;
      element.remove();
      this.days.delete(day);
    }
  }

  /** @param {string} id */
  remove(id) {
    const tile = this.tiles.get(id);
    if (!tile) return;
    const shown = this.shown;
    const at = shown.indexOf(tile);
    const next = shown[at + 1] || shown[at - 1];
    const list = tile.element.parentElement;
    keepFocus(tile.element, () => tile.element.remove(), () => next?.handle);
    this.tiles.delete(id);
    this.tidy(list);
  }

  /** Begin anew, in another order. @param {import("./orders.js").Order} order */
  clear(order) {
    this.order = order;
    this.tiles.clear();
    this.days.clear();
    this.sections.replaceChildren();
  }

  /** Check again whether the end is near: a page may have been too short. */
  settle() {
    this.watch.unobserve(this.end);
    this.watch.observe(this.end);
  }
}
