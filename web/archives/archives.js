/**
 * ZIP files of photos that the edit API packs for this tab: asked for, followed until they are complete, cancelled. They
 * belong to the page, so that they go on in every view.
 *
 * Contract: `POST /image-edit/archives` → 202; the archive is read again until it is no longer `processing`. One request
 * at a time, whatever the number of archives: reads are limited to 60 a minute and user.
 */

import { Offline } from "../lib/http.js";
import { repeat } from "../lib/repeat.js";
import { toast } from "../lib/toast.js";
import { keep, kept } from "./kept.js";
import { title } from "./words.js";

const LOOK_MS = 2500;
const AGAIN_S = 15;
const LOST = "The connection is lost. Packing goes on; its progress is shown once the connection is back.";

/**
 * @typedef {Object} Archive
 * @property {import("./api.js").Order} order
 * @property {string} [id]  once it was accepted
 * @property {"asking"|"processing"|"complete"|"error"} state
 * @property {import("./api.js").Document} [document]  as it was read last
 * @property {string} error    why there is no file
 * @property {string} trouble  why its progress is not known
 * @property {boolean} ending  it is being cancelled
 * @property {number} readAt   ms
 */

export class Archives {
  /** @param {import("./api.js").ArchiveApi} api */
  constructor(api) {
    this.api = api;
    /** @type {Archive[]} */
    this.all = kept().map(({ id, order }) => ({ ...fresh(order), id, state: "processing" }));
    this.onChange = () => {};
    this.polling = null;
    this.pausedUntil = 0;
  }

  /** Go on with those that were asked for before a reload. */
  resume() {
    this.onChange();
    this.all.forEach((archive) => this.read(archive));
    this.follow();
  }

  /** @param {import("./api.js").Order} order */
  start(order) {
    const archive = fresh(order);
    this.all.push(archive);
    return this.ask(archive);
  }

  /** Ask for one again that has failed. @param {Archive} archive */
  again(archive) {
    Object.assign(archive, fresh(archive.order));
    return this.ask(archive);
  }

  async ask(archive) {
    this.onChange();
    try {
      this.know(archive, await this.api.start(archive.order));
    } catch (error) {
      this.fail(archive, error.message);
    }
    // Cancelled while it was asked for.
    if (archive.ending && archive.id) await this.cancel(archive);
    this.follow();
  }

  /** Stop it, or withdraw its link. @param {Archive} archive */
  async cancel(archive) {
    archive.ending = true;
    this.onChange();
    if (archive.state === "asking") return;
    try {
      await this.api.cancel(archive.id);
      this.dismiss(archive);
    } catch (error) {
      archive.ending = false;
      if (error.status === 404) return this.dismiss(archive);
      toast(error.message);
      this.onChange();
    }
  }

  /** Show it no more. @param {Archive} archive */
  dismiss(archive) {
    this.all = this.all.filter((one) => one !== archive);
    this.changed();
  }

  /** Return whether its link still works; one that does not is not shown any more. @param {Archive} archive */
  works(archive) {
    if (Date.now() < archive.document.expiresAt * 1000) return true;
    this.gone(archive);
    return false;
  }

  get running() {
    return this.all.filter(({ state }) => state === "processing");
  }

  /** Read running archives in turn, until there are none. */
  follow() {
    if (this.polling || !this.running.length) return;
    this.polling = new AbortController();
    repeat(() => this.look(), this.polling.signal, LOOK_MS);
  }

  async look() {
    if (Date.now() < this.pausedUntil) return;
    const [next] = this.running.sort((one, other) => one.readAt - other.readAt);
    if (next) await this.read(next);
    if (this.running.length) return;
    this.polling?.abort();
    this.polling = null;
  }

  async read(archive) {
    archive.readAt = Date.now();
    try {
      const document = await this.api.read(archive.id);
      if (this.all.includes(archive)) this.know(archive, document);
    } catch (error) {
      this.stumble(archive, error);
    }
  }

  /** @param {Archive} archive @param {import("./api.js").Document} document */
  know(archive, document) {
    if (document.status === "cancelled") return archive.ending ? this.dismiss(archive) : this.gone(archive);
    Object.assign(archive, { id: document.archiveId, document, state: document.status, error: document.error?.message || "", trouble: "" });
    return this.changed();
  }

  /** Its progress could not be read. */
  stumble(archive, error) {
    if (!this.all.includes(archive)) return;
    if (error.status === 404) return this.gone(archive);
    if (error.status === 429) this.pausedUntil = Date.now() + 1000 * (error.retryAfter || AGAIN_S);
    else archive.trouble = error instanceof Offline ? LOST : error.message;
    this.onChange();
  }

  fail(archive, message) {
    Object.assign(archive, { state: "error", error: message, ending: false });
    this.changed();
  }

  gone(archive) {
    toast(`${title(archive)}: this ZIP file is not there any more.`);
    this.dismiss(archive);
  }

  changed() {
    keep(this.all.filter(({ id, state }) => id && state !== "error").map(({ id, order }) => ({ id, order })));
    this.onChange();
  }
}

/** @returns {Archive} */
function fresh(order) {
  return { order, id: undefined, state: "asking", document: undefined, error: "", trouble: "", ending: false, readAt: 0 };
}
