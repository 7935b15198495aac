/**
 * Photos of the gallery: pages of the list, and changes as server-sent events.
 *
 * Contract: the gallery API (docs/local.md), which stands in for a product's backend. Records are photo records as the
 * rendition pipeline writes them (`status`, `{size}_url`, `{size}_width`, `placeholder`, `error`, …).
 */

import { call } from "../lib/http.js";
import { listen } from "../lib/sse.js";

const PAGE = 60;
const LISTEN_AGAIN_MS = 3000;

/** @typedef {Record<string, any> & {id: string, status: string}} Photo */
/**
 * "list": list again, events were missed. "online": nothing was missed. "lost": no connection for now.
 * @typedef {{kind: "photo"|"removed"|"list"|"online"|"lost", photo?: Photo}} Change
 */

export class Photos {
  /** @param {string} base  address of the gallery API @param {string|null} gallery  null: of all galleries */
  constructor(base, gallery) {
    this.base = base;
    this.gallery = gallery;
    this.cursor = undefined;
    this.current = false;
    this.stop = () => {};
  }

  /** @param {(event: Change) => void} onChange */
  watch(onChange) {
    const ours = (photo) => !this.gallery || photo.gallery_id === this.gallery;
    const again = () => {
      this.current = false;
      this.stop();
      this.watch(onChange);
    };
    let timer;
    const hangUp = listen(
      `${this.base}/changes`,
      {
        // List only after "ready": changes between a list and the first event would be missed.
        ready: () => {
          onChange({ kind: this.current ? "online" : "list" });
          this.current = true;
        },
        resync: () => (this.current = false),
        photo: (photo) => ours(photo) && onChange({ kind: "photo", photo }),
        removed: (photo) => ours(photo) && onChange({ kind: "removed", photo }),
      },
      (state) => {
        if (state !== "open") onChange({ kind: "lost" });
        // EventSource gives up when the server refuses (while the stack restarts, for example). Try again.
        if (state === "refused") timer = setTimeout(again, LISTEN_AGAIN_MS);
      },
    );
    // A stream over a lost network may hang for minutes.
    const lost = () => onChange({ kind: "lost" });
    addEventListener("offline", lost);
    addEventListener("online", again);
    this.stop = () => {
      clearTimeout(timer);
      hangUp();
      removeEventListener("offline", lost);
      removeEventListener("online", again);
    };
  }

  /** Read the next page, newest first; empty if there are no more. @returns {Promise<Photo[]>} */
  async more() {
    if (this.cursor === null) return [];
    const query = new URLSearchParams({ limit: String(PAGE) });
    if (this.cursor) query.set("cursor", this.cursor);
    if (this.gallery) query.set("gallery", this.gallery);
    const page = await call(`${this.base}/photos?${query}`);
    this.cursor = page.cursor;
    return page.photos;
  }

  /** Start from the newest again. */
  rewind() {
    this.cursor = undefined;
  }

  /** Read one photo with its whole receipt. @param {string} id @returns {Promise<Photo>} */
  read(id) {
    return call(this.address(id));
  }

  /** Announce a file: its record is pending before the first byte is sent. @param {File} file */
  announce(file) {
    const body = { name: file.name, size: file.size };
    if (file.type) body.type = file.type;
    if (this.gallery) body.gallery = this.gallery;
    return call(`${this.base}/photos`, { method: "POST", body });
  }

  /** @param {string} id @returns {Promise<{photo: Photo}>} */
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
