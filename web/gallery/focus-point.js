/**
 * The focal point of the photo in the lightbox: a click sets it; arrow keys move it, Enter saves, Esc leaves it as it was.
 *
 * Contract: a photo's record holds `focus: {x, y}`, shares of the upright picture from its left and its top.
 */

import { el } from "../lib/dom.js";
import { inherit } from "../lib/focus.js";

const STEP = 0.01;
const LARGE_STEP = 0.1;
const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export class FocusPoint {
  /**
   * @param {HTMLElement} area  shows the picture
   * @param {{save: (point: {x: number, y: number}) => Promise<boolean>, onChange: (on: boolean) => void, heir: () => HTMLElement}} how
   *   *heir*: takes the keyboard's focus afterwards
   */
  constructor(area, how) {
    this.area = area;
    this.how = how;
    this.point = el("div", { class: "point", role: "slider", tabindex: 0, "aria-label": "Focal point", "aria-valuemin": 0, "aria-valuemax": 100 });
    this.layer = el("div", { class: "focus-layer", onclick: (event) => this.click(event) }, this.point);
    this.point.addEventListener("keydown", (event) => this.key(event));
  }

  /** Another picture is shown, or the same one again. @param {any} photo @param {boolean} ready */
  show(photo, ready) {
    const on = this.on && ready && photo.id === this.photo?.id;
    this.photo = photo;
    this.layer.style.setProperty("--ratio", photo.width / photo.height);
    if (!on) return this.set(false);
    this.area.append(this.layer);
    this.point.focus({ preventScroll: true });
  }

  get on() {
    return Boolean(this.chosen);
  }

  toggle() {
    this.set(!this.on);
  }

  set(on) {
    if (on === this.on) return;
    this.chosen = null;
    if (on) {
      const { x = 0.5, y = 0.5 } = this.photo.focus || {};
      this.area.append(this.layer);
      this.move(x, y);
      this.point.focus({ preventScroll: true });
    } else {
      this.layer.remove();
      inherit(this.how.heir);
    }
    this.how.onChange(on);
  }

  move(x, y) {
    this.chosen = { x: within(x), y: within(y) };
    this.layer.style.setProperty("--x", this.chosen.x);
    this.layer.style.setProperty("--y", this.chosen.y);
    const [right, down] = [this.chosen.x, this.chosen.y].map((share) => Math.round(share * 100));
    this.point.setAttribute("aria-valuenow", right);
    this.point.setAttribute("aria-valuetext", `${right} % from the left, ${down} % from the top`);
  }

  click({ clientX, clientY }) {
    const { left, top, width, height } = this.layer.getBoundingClientRect();
    this.move((clientX - left) / width, (clientY - top) / height);
    this.save();
  }

  /** Save the point, which stands from now on, also before the answer comes. */
  async save() {
    const { photo, chosen } = this;
    this.photo = { ...photo, focus: chosen };
    this.set(false);
    const saved = await this.how.save(chosen);
    if (!saved && this.photo.id === photo.id) this.photo = { ...this.photo, focus: photo.focus };
  }

  key(event) {
    const by = MOVES[event.key];
    const acts = { Enter: () => this.save(), Escape: () => this.set(false) };
    if (event.altKey || event.ctrlKey || event.metaKey || !(by || acts[event.key])) return;
    // The lightbox would go to the next photo, or close.
    event.preventDefault();
    event.stopPropagation();
    if (!by) return acts[event.key]();
    const step = event.shiftKey ? LARGE_STEP : STEP;
    this.move(this.chosen.x + by[0] * step, this.chosen.y + by[1] * step);
  }
}

/** Return a share of the picture: 0 to 1, four digits. */
function within(share) {
  return Math.round(Math.min(1, Math.max(0, share)) * 1e4) / 1e4;
}
