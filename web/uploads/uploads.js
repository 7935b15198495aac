/**
 * All uploads of the page, in every view: each file is announced (its record is pending), then sent straight to the
 * originals bucket, four at a time. A failed upload stays, shows its reason, and can be tried again.
 */

import { counted } from "../lib/format.js";
import { Offline } from "../lib/http.js";
import { toast } from "../lib/toast.js";
import { put } from "./put.js";
import { liesBeside, unfit } from "./unfit.js";

const AT_ONCE = 4;
const MARGIN_MS = 60_000;
const OPEN = ["waiting", "sending"];

/**
 * @typedef {Object} Upload
 * @property {string} key
 * @property {File} file
 * @property {string|null} gallery  null: the default one
 * @property {{began: Promise<any>|null, at: number}} batch  the files that were added together
 * @property {number} place  in its batch
 * @property {"waiting"|"sending"|"sent"|"failed"|"gone"} state
 * @property {number} sent  0 to 1
 * @property {{message: string, code: string, again: boolean}} [error]  *again*: another attempt can help
 * @property {import("../lib/gallery.js").Announced & {until: number}} [announced]  its record, and where to put it until when
 * @property {AbortController} [stop]
 */

export class Uploads {
  /** @param {import("../lib/gallery.js").GalleryApi} api */
  constructor(api) {
    this.api = api;
    /** Since no upload was open. @type {Upload[]} */
    this.all = [];
    this.listeners = new Set();
    this.made = 0;
    this.running = 0;
    this.warn = (event) => event.preventDefault();
  }

  /** @param {(upload: Upload) => void} listener @param {AbortSignal} signal  ends it */
  watch(listener, signal) {
    this.listeners.add(listener);
    signal.addEventListener("abort", () => this.listeners.delete(listener), { once: true });
  }

  /** @param {File[]} files @param {string|null} gallery */
  add(files, gallery) {
    const fit = files.filter((file) => !liesBeside(file));
    if (fit.length < files.length) toast(leftOut(files.filter(liesBeside)));
    if (!this.busy) this.all = this.all.filter(({ state }) => state === "failed");
    const batch = { began: null, at: Date.now() };
    const added = fit.map((file, place) => ({ key: `upload-${++this.made}`, file, gallery, batch, place, state: "waiting", sent: 0 }));
    this.all.push(...added);
    added.forEach((upload) => this.change(upload, {}));
    this.next();
  }

  /** Return whether leaving the page now would lose uploads. */
  get busy() {
    return this.all.some(({ state }) => OPEN.includes(state));
  }

  /** @param {Upload} upload */
  again(upload) {
    this.change(upload, { state: "waiting", sent: 0, error: undefined });
    this.next();
  }

  /** Stop an upload, or dismiss one that failed; its record goes too. @param {Upload} upload */
  async cancel(upload) {
    this.all = this.all.filter((one) => one !== upload);
    const { announced } = upload;
    upload.stop?.abort();
    this.change(upload, { state: "gone" });
    if (announced) await this.api.remove(announced.photo.id).catch((error) => toast(error.message));
  }

  cancelAll() {
    return Promise.all(this.all.filter(({ state }) => OPEN.includes(state)).map((upload) => this.cancel(upload)));
  }

  next() {
    while (this.running < AT_ONCE) {
      const upload = this.all.find(({ state }) => state === "waiting");
      if (!upload) return;
      this.running += 1;
      this.send(upload).finally(() => {
        this.running -= 1;
        this.next();
      });
    }
  }

  async send(upload) {
    const why = unfit(upload.file);
    if (why) return this.change(upload, { state: "failed", error: { ...why, again: false } });
    upload.stop = new AbortController();
    const { signal } = upload.stop;
    this.change(upload, { state: "sending" });
    try {
      await this.announce(upload);
      // It was cancelled while it was announced.
      if (signal.aborted) return await this.api.remove(upload.announced.photo.id);
      this.change(upload, {});
      await this.put(upload, signal);
      this.change(upload, { state: "sent", sent: 1 });
    } catch (error) {
      if (signal.aborted) return;
      const code = error instanceof Offline ? "OFFLINE" : error.code || "NOT_UPLOADED";
      this.change(upload, { state: "failed", error: { message: error.message, code, again: true } });
    }
  }

  /** Put the file to its address; to a new one if that has expired. */
  async put(upload, signal) {
    const send = () => put(upload.announced.upload, upload.file, (sent) => this.change(upload, { sent }), signal);
    try {
      await send();
    } catch (error) {
      if (!error.expired) throw error;
      await this.renew(upload);
      await send();
    }
  }

  async announce(upload) {
    if (upload.announced && upload.announced.until < Date.now()) await this.renew(upload);
    upload.announced ??= until(await this.announcement(upload));
  }

  /** The first file of a batch says when it was added; the others name that time, so that they keep their order. */
  async announcement({ file, gallery, batch, place }) {
    const body = { name: file.name, size: file.size, place, ...typeOf(file), ...(gallery ? { gallery } : {}) };
    if (!batch.began) {
      batch.began = this.api.announce(body);
      batch.began.catch(() => (batch.began = null));
      return batch.began;
    }
    const { photo } = await batch.began;
    return this.api.announce({ ...body, added_at: photo.announced_at });
  }

  /** Get a new address; a new record too when the old one was deleted meanwhile. */
  async renew(upload) {
    try {
      upload.announced = until(await this.api.renew(upload.announced.photo.id, typeOf(upload.file)));
    } catch (error) {
      if (error.status !== 404) throw error;
      upload.announced = until(await this.announcement(upload));
    }
  }

  change(upload, what) {
    Object.assign(upload, what);
    if (this.busy) addEventListener("beforeunload", this.warn);
    else removeEventListener("beforeunload", this.warn);
    for (const listener of this.listeners) listener(upload);
  }
}

function until(announced) {
  return { ...announced, until: Date.now() + 1000 * announced.upload.expiresIn - MARGIN_MS };
}

// RAW files have no type that browsers know.
function typeOf({ type }) {
  return type ? { type } : {};
}

function leftOut([first, ...others]) {
  if (!others.length) return `${first.name} is no photo and was left out.`;
  return `${counted(others.length + 1, "file")} that are no photos were left out.`;
}
