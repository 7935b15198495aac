/** Which photos are shown, and in which order: gallery, search, state, sort. */

import { addressOf } from "../lib/address.js";
import { el, fill } from "../lib/dom.js";
import { keepFocus } from "../lib/focus.js";
import { part } from "../lib/parts.js";
import { toast } from "../lib/toast.js";
import { ORDERS } from "./orders.js";
import { sizeMenu } from "./sizes.js";
import { STATES } from "./states.js";

const PAUSE_MS = 300;
const NEW = "+";

export class Toolbar {
  /**
   * @param {{api: import("../lib/gallery.js").GalleryApi, sizes: Record<string, any>, signal: AbortSignal,
   *          onChange: (query: Record<string, string>) => void, onPack: (size: string) => void}} how  *size*: "" for originals
   */
  constructor({ api, sizes, signal, onChange, onPack }) {
    this.api = api;
    this.signal = signal;
    this.onChange = onChange;
    this.gallery = el("select", { "aria-label": "Gallery", onchange: () => this.go(), onfocus: () => this.list() });
    this.search = el("input", { type: "search", "aria-label": "Search", placeholder: "Name, date, camera", oninput: () => this.typed() });
    const orders = Object.entries(ORDERS).map(([value, { title }]) => el("option", { value }, title));
    this.sort = el("select", { "aria-label": "Sort", onchange: () => onChange({ sort: this.sort.value }) }, orders);
    this.pack = sizeMenu("save", "Download", { sizes, hint: "The whole gallery as a ZIP file", onSize: onPack });
    this.galleries = [];
    this.states = el("div", { class: "states", role: "group", "aria-label": "Show" });
    this.element = el("div", { class: "toolbar" }, this.gallery, this.search, this.sort, this.states, this.pack);
    signal.addEventListener("abort", () => clearTimeout(this.timer));
  }

  /** @param {{gallery?: string|null, search?: string, state?: string, sort?: string}} query */
  show({ gallery, search = "", state = "", sort = "added" }) {
    this.name = gallery || "";
    this.state = state;
    if (this.search.value.trim() !== search) this.search.value = search;
    this.pack.hidden = !this.name;
    this.sort.value = sort in ORDERS ? sort : "added";
    this.offer();
  }

  async list() {
    try {
      this.galleries = (await this.api.galleries(this.signal)).galleries;
      this.offer();
    } catch {
      // The notice above the grid says that the stack does not answer.
    }
  }

  offer() {
    const known = this.galleries.map(({ name, photos }) => [name, `${name} (${photos.toLocaleString("en")})`]);
    if (this.name && !known.some(([name]) => name === this.name)) known.unshift([this.name, this.name]);
    const options = [["", "All galleries"], ...known, [NEW, "New gallery…"]];
    fill(this.gallery, options.map(([value, text]) => el("option", { value, selected: value === this.name }, text)));
  }

  async go() {
    const { value } = this.gallery;
    this.gallery.value = this.name;
    const name = value === NEW ? await this.newName() : value;
    if (name !== this.name && (name || value !== NEW)) location.hash = addressOf("gallery", { gallery: name });
  }

  /** Ask for the name of a new gallery. @returns {Promise<string>} empty without one */
  async newName() {
    try {
      const { asked } = await part(() => import("../lib/confirm.js"));
      return await asked({ title: "New gallery", text: "It exists as soon as it has a photo.", label: "Name", action: "Create" });
    } catch (error) {
      toast(error.message);
      return "";
    }
  }

  typed() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.onChange({ search: this.search.value.trim() }), PAUSE_MS);
  }

  /** Offer the states that occur. @param {Record<string, number>} counts */
  count(counts) {
    const all = Object.values(counts).reduce((sum, one) => sum + one, 0);
    const found = Object.keys(STATES).filter((state) => counts[state] || state === this.state);
    const print = JSON.stringify([counts, this.state]);
    if (print === this.print) return;
    this.print = print;
    this.states.hidden = found.length < 2 && !this.state;
    const focused = document.activeElement?.dataset.state;
    keepFocus(
      this.states,
      () => fill(this.states, this.button("", "All", all), found.map((state) => this.button(state, STATES[state], counts[state] || 0))),
      () => this.states.querySelector(`[data-state="${focused}"]`),
    );
  }

  button(state, label, count) {
    const props = { type: "button", class: "quiet small", "data-state": state, "aria-pressed": String(state === this.state) };
    return el("button", { ...props, onclick: () => this.onChange({ state }) }, `${label} ${count.toLocaleString("en")}`);
  }
}
