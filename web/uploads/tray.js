/** The uploads below the navigation, in every view: how far they are, how long they take, cancel and try again. */

import { el, fill } from "../lib/dom.js";
import { keepFocus } from "../lib/focus.js";
import { about, counted } from "../lib/format.js";
import { named } from "../lib/names.js";

const SAMPLE_MS = 10_000;
const SOONEST_MS = 2000;
const MOST_SHOWN = 20;
const DONE_MS = 5000;

/** @typedef {import("./uploads.js").Upload} Upload */

export class Tray {
  /** @param {import("./uploads.js").Uploads} uploads @param {HTMLElement} element */
  constructor(uploads, element) {
    this.uploads = uploads;
    this.element = element;
    this.rows = new Map();
    this.samples = [];
    this.said = el("p", { role: "status" });
    this.left = el("span", { class: "muted" });
    this.bar = el("progress", { max: 1, "aria-label": "All uploads" });
    this.cancel = el("button", { type: "button", class: "quiet", onclick: () => uploads.cancelAll() }, "Cancel");
    this.again = el("button", { type: "button", onclick: () => this.failed.filter(({ error }) => error.again).forEach((one) => uploads.again(one)) }, "Try again");
    this.dismiss = el("button", { type: "button", class: "quiet", onclick: () => this.failed.forEach((one) => uploads.cancel(one)) }, "Dismiss");
    this.list = el("ul", { role: "list", "aria-label": "Files" });
    this.files = el("details", {}, el("summary", {}, "Files"), this.list);
    fill(element, el("div", { class: "line" }, this.said, this.left, this.again, this.dismiss, this.cancel), this.bar, this.files);
    uploads.watch(() => this.soon(), new AbortController().signal);
  }

  get failed() {
    return this.uploads.all.filter(({ state }) => state === "failed");
  }

  /** Draw once for all changes of a frame. */
  soon() {
    this.drawing ??= setTimeout(() => {
      this.drawing = null;
      keepFocus(this.element, () => this.draw());
    }, 50);
  }

  draw() {
    const { all, busy } = this.uploads;
    const done = all.filter(({ state }) => state === "sent").length;
    const failed = this.failed;
    const text = wordsOf(all.length, done, failed.length, busy);
    if (this.said.textContent !== text) this.said.textContent = text;
    this.left.textContent = busy ? this.timeLeft(all) : "";
    this.bar.hidden = this.cancel.hidden = !busy;
    this.again.hidden = !failed.some(({ error }) => error.again);
    this.dismiss.hidden = !failed.length;
    this.show(all.filter(({ state }) => state === "sending" || state === "failed").slice(0, MOST_SHOWN));
    this.element.hidden = !all.length;
    clearTimeout(this.ending);
    if (!busy && !failed.length) this.ending = setTimeout(() => keepFocus(this.element, () => (this.element.hidden = true)), DONE_MS);
  }

  /** From the bytes sent in the last seconds. */
  timeLeft(all) {
    const total = all.reduce((sum, { file }) => sum + file.size, 0);
    const sent = all.reduce((sum, { file, sent: share }) => sum + file.size * share, 0);
    const now = performance.now();
    this.bar.value = total ? sent / total : 0;
    this.samples = [...this.samples.filter(([at, bytes]) => now - at < SAMPLE_MS && bytes <= sent), [now, sent]];
    const [[since, before]] = this.samples;
    if (now - since < SOONEST_MS || sent <= before) return "";
    return `${about(((total - sent) * (now - since)) / (sent - before))} left`;
  }

  /** @param {Upload[]} shown */
  show(shown) {
    for (const [upload, { element }] of this.rows) {
      if (shown.includes(upload)) continue;
      const next = element.nextElementSibling || element.previousElementSibling;
      keepFocus(element, () => element.remove(), () => next?.querySelector("button"), () => this.files.querySelector("summary"));
      this.rows.delete(upload);
    }
    for (const upload of shown) {
      if (!this.rows.has(upload)) this.rows.set(upload, this.row(upload));
      this.update(upload);
    }
    this.files.hidden = !shown.length;
  }

  row(upload) {
    const bar = el("progress", { max: 1, "aria-label": `Uploading ${upload.file.name}` });
    const why = el("span", { class: "small bad" });
    const button = (words, act) => el("button", { type: "button", class: "quiet small", "aria-label": `${words}: ${upload.file.name}`, onclick: act }, words);
    const again = button("Try again", () => this.uploads.again(upload));
    const element = el("li", {}, named(upload.file.name), bar, why, again, button("Cancel", () => this.uploads.cancel(upload)));
    this.list.append(element);
    return { element, bar, why, again };
  }

  update(upload) {
    const { bar, why, again } = this.rows.get(upload);
    bar.hidden = upload.state !== "sending";
    bar.value = upload.sent;
    why.textContent = upload.error?.message || "";
    again.hidden = !upload.error?.again;
  }
}

function wordsOf(all, done, failed, busy) {
  const lost = failed ? `, ${failed} failed` : "";
  if (busy) return `Uploading ${Math.min(done + failed + 1, all)} of ${all}${lost}`;
  if (!failed) return `${counted(done, "file")} uploaded`;
  return `${done} of ${counted(all, "file")} uploaded${lost}`;
}
