/**
 * The photos that the gallery shows, and how they come to be known: pages of the list, changes as they happen.
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
 * "list": what is known may be old, list again. "online": nothing was missed. "lost": no connection for now.
 * @typedef {{kind: "photo"|"removed"|"list"|"online"|"lost", photo?: Photo}} Happening
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

  /** @param {(event: Happening) => void} tell */
  watch(tell) {
    const ours = (photo) => !this.gallery || photo.gallery_id === this.gallery;
    const again = () => {
      this.current = false;
      this.stop();
      this.watch(tell);
    };
    let timer;
    const hangUp = listen(
      `${this.base}/changes`,
      {
        // Whoever lists before "ready" could miss what happens between the list and the first change.
        ready: () => {
          tell({ kind: this.current ? "online" : "list" });
          this.current = true;
        },
        resync: () => (this.current = false),
        photo: (photo) => ours(photo) && tell({ kind: "photo", photo }),
        removed: (photo) => ours(photo) && tell({ kind: "removed", photo }),
      },
      (state) => {
        if (state !== "open") tell({ kind: "lost" });
        // EventSource gives up when the server says no (while the stack starts anew, for one). We do not.
        if (state === "refused") timer = setTimeout(again, LISTEN_AGAIN_MS);
      },
    );
    // A stream over a network that went away may hang for minutes before anybody notices.
    const lost = () => tell({ kind: "lost" });
    addEventListener("offline", lost);
    addEventListener("online", again);
    this.stop = () => {
      clearTimeout(timer);
      hangUp();
      removeEventListener("offline", lost);
      removeEventListener("online", again);
    };
  }

  /** Give the next page, newest first; an empty one when there are no more. @returns {Promise<Photo[]>} */
  async more() {
    if (this.cursor === null) return [];
    const query = new URLSearchParams({ limit: String(PAGE) });
    if (this.cursor) query.set("cursor", this.cursor);
    if (this.gallery) query.set("gallery", this.gallery);
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
