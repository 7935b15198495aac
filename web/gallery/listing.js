/**
 * What the grid shows: photos of the list, kept up to date by changes, and files on their way. Each photo is shown once,
 * whichever of the three comes first.
 */

import { Photos } from "./photos.js";

const LOST = "The connection is lost. Changes are shown once it is back.";
const COUNT_MS = 400;

/**
 * @typedef {Object} ListingHow
 * @property {import("../lib/gallery.js").GalleryApi} api
 * @property {import("../uploads/uploads.js").Uploads} uploads
 * @property {import("./grid.js").Grid} grid
 * @property {AbortSignal} signal
 * @property {(photo: any) => void} onPhoto
 * @property {(tile: import("./tile.js").Tile) => void} onGone
 * @property {() => void} onCount  the numbers have changed
 * @property {(fine: boolean, why?: string) => void} onConnection
 */

export class Listing {
  /** @param {ListingHow} how */
  constructor(how) {
    this.how = how;
    this.grid = how.grid;
    this.uploads = how.uploads;
    this.signal = how.signal;
    this.photos = new Photos(how.api, how.signal);
  }

  get query() {
    return this.photos.query;
  }

  start() {
    const { signal } = this;
    signal.addEventListener("abort", () => clearTimeout(this.counting));
    this.uploads.watch((upload) => this.uploaded(upload), signal);
    this.uploads.all.forEach((upload) => this.uploaded(upload));
    this.photos.watch((event) => this.onEvent(event));
  }

  /** List something else. @param {any} query @param {import("./orders.js").Order} order */
  restart(query, order) {
    this.photos.ask(query);
    this.grid.clear(order);
    this.uploads.all.forEach((upload) => this.uploaded(upload));
    return this.reload();
  }

  /** @param {import("./photos.js").Change} event */
  onEvent({ kind, photo }) {
    if (kind === "lost") return this.how.onConnection(false, LOST);
    if (kind === "list" || !this.listed) return this.reload();
    if (kind === "online") return this.how.onConnection(true);
    if (kind === "photo") this.know(photo);
    if (kind === "removed") this.forget(photo.id);
    return this.count();
  }

  /** Load the next page, one at a time, once the first page is there. */
  async more() {
    if (!this.listed || this.asking || this.photos.cursor === null) return;
    await this.ask(() => this.page());
  }

  /** List again from the beginning, as many as are shown; remove photos that are gone. */
  async reload() {
    const shown = new Set(this.grid.photos.map(({ id }) => id));
    const found = new Set();
    this.photos.rewind();
    await this.ask(async () => {
      do (await this.page(shown.size || undefined)).forEach((photo) => found.add(photo.id));
      while (this.photos.cursor && found.size < shown.size);
      this.listed = true;
      for (const id of shown) if (!found.has(id) && !this.isUploading(id)) this.forget(id);
    });
  }

  async ask(work) {
    const ours = (this.asking = {});
    try {
      await work();
      this.how.onConnection(true);
      this.grid.settle();
    } catch (error) {
      this.how.onConnection(false, error.message);
    } finally {
      if (this.asking === ours) this.asking = null;
      this.how.onCount();
    }
  }

  async page(limit) {
    const page = await this.photos.more(limit);
    page.forEach((photo) => this.know(photo));
    return page;
  }

  know(photo) {
    // Its tile still shows the upload's progress, or does not have its id yet.
    if (photo.status === "pending" && (this.isUploading(photo.id) || this.isBeingAnnounced(photo))) return;
    this.grid.show(photo);
    this.how.onPhoto(photo);
  }

  forget(id) {
    const tile = this.grid.tiles.get(id);
    if (!tile) return;
    this.grid.remove(id);
    this.how.onGone(tile);
    this.count();
  }

  /** Files on the way that belong here. */
  get files() {
    const { gallery } = this.query;
    return this.uploads.all.filter((one) => !["sent", "gone"].includes(one.state) && (!gallery || one.gallery === gallery));
  }

  isUploading(id) {
    return this.files.some(({ announced }) => announced?.photo.id === id);
  }

  /** A change event may arrive before the answer to the announcement. */
  isBeingAnnounced({ id, filename, file_size: bytes }) {
    if (this.grid.tiles.has(id)) return false;
    return this.files.some(({ state, announced, file }) => state === "sending" && !announced && file.name === filename && file.size === bytes);
  }

  /** @param {import("../uploads/uploads.js").Upload} upload */
  uploaded(upload) {
    const { gallery, search, state } = this.query;
    if (search || state || (gallery && upload.gallery !== gallery)) return;
    const { announced } = upload;
    if (announced) this.grid.rename(upload.key, announced.photo.id);
    const id = announced?.photo.id || upload.key;
    if (upload.state === "gone") this.forget(id);
    else if (upload.state !== "sent") this.grid.show(announced?.photo || fileOf(upload), upload);
    // A change of its record may have come first.
    else if (this.grid.tiles.get(id)?.upload) this.grid.show(announced.photo);
    if (upload.state !== "sending" || announced) this.how.onCount();
  }

  /** Count again, once for several changes. */
  count() {
    this.counting ??= setTimeout(async () => {
      this.counting = null;
      await this.photos.count().catch(() => {}); // the lost connection is noticed by the stream
      this.how.onCount();
    }, COUNT_MS);
  }

  /** Numbers of photos by state, and of files without a record. */
  get numbers() {
    const counts = this.photos.counts || {};
    const files = this.files.filter(({ announced }) => !announced);
    const total = Object.values(counts).reduce((sum, one) => sum + one, 0) + files.length;
    return { counts, total, lost: (counts.failed || 0) + files.filter(({ state }) => state === "failed").length };
  }

  /** All photos, also those further down. */
  async all() {
    await this.ask(async () => {
      while (this.photos.cursor) await this.page(Infinity);
    });
  }

  /** For a return from another view. */
  memory() {
    const { cursor, counts, query } = this.photos;
    return { query: JSON.stringify(query), photos: this.grid.shown.filter(({ upload }) => !upload).map(({ photo }) => photo), cursor, counts };
  }

  /** Show again what was shown before another view; the list is read again as well. @returns {boolean} */
  recall(memory) {
    if (memory?.query !== JSON.stringify(this.query)) return false;
    this.photos.cursor = memory.cursor;
    this.photos.counts = memory.counts;
    memory.photos.forEach((photo) => this.grid.show(photo));
    return true;
  }
}

/** What stands for a file in the grid until it has a record. */
function fileOf({ key, file, batch, place }) {
  return { id: key, filename: file.name, status: "queued", isFile: true, created_at: new Date(batch.at - place).toISOString() };
}
