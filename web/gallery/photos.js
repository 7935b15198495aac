/**
 * The photos that the gallery shows, and how they come to be known: pages of the list, changes as they happen.
 *
 * Contract: the gallery API (docs/local.md), which stands in for a product's backend. Records are photo records as the
 * rendition pipeline writes them (`status`, `{size}_url`, `{size}_width`, `placeholder`, `error`, …).
 */

import { call } from "../lib/http.js";
import { listen } from "../lib/sse.js";

const PAGE = 60;

/** @typedef {Record<string, any> & {id: string, status: string}} Photo */

export class Photos {
  /** @param {string} base  address of the gallery API */
  constructor(base) {
    this.base = base;
    this.cursor = undefined;
    this.watchers = new Set();
    this.stop = () => {};
  }

  /** @param {(event: {kind: "photo"|"removed"|"resync"|"state", photo?: Photo, state?: string}) => void} watcher */
  watch(watcher) {
    this.watchers.add(watcher);
    const tell = (event) => this.watchers.forEach((one) => one(event));
    this.stop = listen(
      `${this.base}/changes`,
      {
        photo: (photo) => tell({ kind: "photo", photo }),
        removed: (photo) => tell({ kind: "removed", photo }),
        resync: () => tell({ kind: "resync" }),
      },
      (state) => tell({ kind: "state", state }),
    );
  }

  /** Give the next page, newest first; an empty one when there are no more. @returns {Promise<Photo[]>} */
  async more() {
    if (this.cursor === null) return [];
    const query = new URLSearchParams({ limit: String(PAGE), ...(this.cursor ? { cursor: this.cursor } : {}) });
    const page = await call(`${this.base}/photos?${query}`);
    this.cursor = page.cursor;
    return page.photos;
  }

  /** Begin with the newest again. */
  rewind() {
    this.cursor = undefined;
  }

  /** One photo with its whole receipt. @param {string} id @returns {Promise<Photo>} */
  read(id) {
    return call(this.address(id));
  }

  /** Announce a file: its record is pending before the first byte is sent. @param {File} file */
  announce(file) {
    const body = { name: file.name, size: file.size, ...(file.type ? { type: file.type } : {}) };
    return call(`${this.base}/photos`, { method: "POST", body });
  }

  /** @param {string} id */
  retry(id) {
    return call(`${this.address(id)}/retry`, { method: "POST" });
  }

  /** @param {string} id */
  remove(id) {
    return call(this.address(id), { method: "DELETE" });
  }

  address(id) {
    return `${this.base}/photos/${id.split("/").map(encodeURIComponent).join("/")}`;
  }
}
