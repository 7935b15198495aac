/**
 * Photos of the gallery: pages of the list, and changes as server-sent events. Records are photo records as the rendition
 * pipeline writes them (`status`, `{size}_url`, `{size}_width`, `placeholder`, `error`, …).
 */

import { listen } from "../lib/sse.js";
import { nameOf, stateOf } from "./states.js";

const PAGE = 60;
const MOST = 500;
const LISTEN_AGAIN_MS = 3000;

/**
 * "list": list again, events were missed. "online": nothing was missed. "lost": no connection for now.
 * @typedef {{kind: "photo"|"removed"|"list"|"online"|"lost", photo?: import("../lib/gallery.js").Photo}} Change
 */

export class Photos {
  /** @param {import("../lib/gallery.js").GalleryApi} api @param {AbortSignal} signal */
  constructor(api, signal) {
    this.api = api;
    this.signal = signal;
    this.current = false;
    this.ask({});
  }

  /** Choose what to list. @param {{gallery?: string|null, search?: string, state?: string, sort?: string}} query */
  ask(query) {
    this.query = query;
    this.rewind();
  }

  /** Start from the beginning again. */
  rewind() {
    this.cursor = undefined;
  }

  /** @param {(event: Change) => void} onChange */
  watch(onChange) {
    const ends = new AbortController();
    const { signal } = ends;
    const end = () => ends.abort();
    const again = () => {
      end();
      this.current = false;
      this.watch(onChange);
    };
    let timer;
    const hangUp = listen(
      `${this.api.base}/changes`,
      {
        // List only after "ready": changes between a list and the first event would be missed.
        ready: () => {
          onChange({ kind: this.current ? "online" : "list" });
          this.current = true;
        },
        resync: () => (this.current = false),
        photo: (photo) => onChange({ kind: this.isListed(photo) ? "photo" : "removed", photo }),
        removed: (photo) => onChange({ kind: "removed", photo }),
      },
      (state) => {
        if (state !== "open") onChange({ kind: "lost" });
        // EventSource gives up when the server refuses (while the stack restarts, for example). Try again.
        if (state === "refused") timer = setTimeout(again, LISTEN_AGAIN_MS);
      },
    );
    // A stream over a lost network may hang for minutes.
    addEventListener("offline", () => onChange({ kind: "lost" }), { signal });
    addEventListener("online", again, { signal });
    this.signal.addEventListener("abort", end, { signal });
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      hangUp();
    });
  }

  /** Return whether the list holds a photo. */
  isListed(photo) {
    const { gallery, search = "", state } = this.query;
    if (gallery && photo.gallery_id !== gallery) return false;
    if (state && stateOf(photo) !== state) return false;
    const { make, model, lens } = photo.camera || {};
    const text = [nameOf(photo), photo.taken_at, photo.created_at, make, model, lens, photo.error?.code].join(" ").toLowerCase();
    return search.toLowerCase().split(/\s+/).every((word) => text.includes(word));
  }

  /** Read the next page; empty if there are no more. @param {number} [limit] */
  async more(limit = PAGE) {
    if (this.cursor === null) return [];
    const { query } = this;
    const page = await this.api.photos({ ...query, limit: Math.min(limit, MOST), cursor: this.cursor }, this.signal);
    if (query !== this.query) return [];
    this.cursor = page.cursor;
    this.counts = page.counts;
    return page.photos;
  }

  /** Count the photos of the gallery in each state. @returns {Promise<Record<string, number>>} */
  async count() {
    const { gallery, search } = this.query;
    this.counts = (await this.api.photos({ gallery, search, limit: 1 }, this.signal)).counts;
  }
}
