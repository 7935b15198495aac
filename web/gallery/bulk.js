/** What is done with one photo or with many: remove, try again, set the focus, download, pack. */

import { isSigned } from "../lib/config.js";
import { confirmed } from "../lib/confirm.js";
import { counted } from "../lib/format.js";
import { inLanes } from "../lib/lanes.js";
import { save } from "../lib/save.js";
import { toast } from "../lib/toast.js";
import { isReady, nameOf } from "./states.js";

const MOST_PACKED = 1000; // of one request

/** @typedef {import("./tile.js").Tile} Tile */

export class Bulk {
  /**
   * @param {{config: import("../lib/config.js").Config, api: import("../lib/gallery.js").GalleryApi, uploads: import("../uploads/uploads.js").Uploads,
   *          packing: import("../archives/packing.js").Packing, know: (photo: any) => void, forget: (id: string) => void}} how
   */
  constructor({ config, api, uploads, packing, know, forget }) {
    this.config = config;
    this.api = api;
    this.uploads = uploads;
    this.packing = packing;
    this.know = know;
    this.forget = forget;
  }

  /** Ask, then remove. @param {Tile[]} tiles */
  async remove(tiles) {
    const title = `Delete ${counted(tiles.length, "photo")}?`;
    const text = "The originals and all their renditions are deleted. This cannot be undone.";
    if (await confirmed({ title, text, action: "Delete" })) await this.all(tiles, (tile) => this.removeOne(tile), "deleted");
  }

  /** @param {string} id @returns {Promise<boolean>} true: it is gone */
  removeById(id) {
    return this.all([{ photo: { id } }], (tile) => this.removeOne(tile), "deleted");
  }

  /** @param {Tile} tile */
  async removeOne({ upload, photo }) {
    if (upload) return this.uploads.cancel(upload);
    await this.api.remove(photo.id);
    this.forget(photo.id);
  }

  /** @param {Tile[]} tiles */
  retry(tiles) {
    return this.all(tiles, (tile) => this.retryOne(tile), "tried again");
  }

  /** @param {Tile} tile */
  async retryOne({ upload, photo }) {
    if (upload) this.uploads.again(upload);
    else this.know((await this.api.retry(photo.id)).photo);
  }

  /** @param {string} id @param {{x: number, y: number}} point @returns {Promise<boolean>} */
  async focus(id, point) {
    this.know((await this.api.focus(id, point)).photo);
    toast("Focus set. Sizes that are cut are rendered again.");
    return true;
  }

  /** Save originals, or one size, of all that are ready. @param {Tile[]|{photo: any}[]} tiles @param {string} size  "" for originals */
  async download(tiles, size) {
    const entries = stored(tiles, size).map((photo) => this.entry(photo, size));
    if (entries.length > 1) toast(`Downloading ${counted(entries.length, "photo")}…`);
    try {
      const errors = await save(entries, `photos${size && `-${size}`}.zip`);
      if (errors.length) toast(`${counted(errors.length, "photo")} could not be read: ${errors[0].message}`);
    } catch (error) {
      toast(error.message);
    }
  }

  /** Let the service pack originals, or one size, of all that are ready. @param {Tile[]} tiles @param {string} size  "" for originals */
  async pack(tiles, size) {
    const photos = stored(tiles, size).map(({ id }) => id);
    if (photos.length > MOST_PACKED) toast(`Choose at most ${MOST_PACKED.toLocaleString("en")} photos for one ZIP file, or download the whole gallery.`);
    else await this.packing.start({ photos, size });
  }

  entry(photo, size) {
    if (!size) return { name: nameOf(photo), url: this.api.originalOf(photo.id) };
    const stem = nameOf(photo).replace(/\.[^.]*$/, "");
    const url = photo[`${size}_url`];
    return { name: `${stem}-${size}.jpg`, url, signed: isSigned(this.config, url) };
  }

  async all(tiles, work, done) {
    const { errors } = await inLanes(tiles, work);
    if (errors.length) toast(`${counted(errors.length, "photo")} could not be ${done}: ${errors[0].message}`);
    return !errors.length;
  }
}

/** Photos of which there is the file: the original, or the size. */
function stored(tiles, size) {
  return tiles.filter(({ upload, photo }) => !upload && (isReady(photo) || !size)).map(({ photo }) => photo);
}
