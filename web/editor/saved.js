/** Commands to run again: the last one, and those that the user has saved on this device. */

import { can, el, fill } from "../lib/dom.js";
import { inherit } from "../lib/focus.js";
import { icon } from "../lib/icons.js";

const KEY = "darkroom-commands";
const MOST = 30;

/**
 * @typedef {Object} Kept
 * @property {string} label    in words
 * @property {string} command  as typed
 * @property {Array<{op: string}>} steps  from the menus
 * @property {any} options
 */

export class Saved {
  /** @param {{now: () => Kept|null, onUse: (kept: Kept) => void}} how  *now*: what stands in the panel */
  constructor({ now, onUse }) {
    this.now = now;
    this.onUse = onUse;
    const { last = null, all = [] } = read();
    /** @type {Kept|null} */
    this.last = last;
    /** @type {Kept[]} */
    this.all = all;
    this.list = el("ul", { class: "sessions", role: "list" });
    this.add = el("button", { type: "button", onclick: () => this.keep() }, "Save this command");
    this.element = el("details", { class: "fold" }, el("summary", {}, "Saved commands"), this.list, this.add);
    this.show();
  }

  /** Remember what was run last. @param {Kept} kept */
  ran(kept) {
    this.last = kept;
    this.write();
  }

  keep() {
    const kept = this.now();
    this.all = [kept, ...this.all.filter(({ label }) => label !== kept.label)].slice(0, MOST);
    this.write();
    this.show();
  }

  remove(kept) {
    const at = this.all.indexOf(kept);
    this.all.splice(at, 1);
    this.write();
    this.show();
    inherit(() => this.list.children[Math.min(at, this.all.length - 1)]?.querySelector("button:last-child"), () => this.element.querySelector("summary"));
  }

  show() {
    fill(this.list, this.all.map((kept) => this.entry(kept)));
    this.settle();
  }

  settle() {
    can(this.add, this.now());
  }

  entry(kept) {
    return el(
      "li",
      { class: "kept" },
      el("button", { type: "button", class: "quiet", onclick: () => this.onUse(kept) }, kept.label),
      el("button", { type: "button", class: "quiet round", "aria-label": `Remove: ${kept.label}`, onclick: () => this.remove(kept) }, icon("close")),
    );
  }

  write() {
    try {
      localStorage.setItem(KEY, JSON.stringify({ last: this.last, all: this.all }));
    } catch {
      // The browser allows no storage: they end with the page.
    }
  }
}

function read() {
  try {
    return JSON.parse(localStorage.getItem(KEY)) || {};
  } catch {
    return {};
  }
}
