/** The local gallery's API, which stands in for a product's backend. Contract: docs/local.md. */

import { call } from "./http.js";

/** @typedef {Record<string, any> & {id: string, status: string}} Photo */
/** @typedef {{photo: Photo, upload: {method: string, url: string, headers: Record<string, string>, expiresIn: number}}} Announced */

export class GalleryApi {
  /** @param {string} base  its address */
  constructor(base) {
    this.base = base;
  }

  /** @param {Record<string, any>} query @param {AbortSignal} [signal] */
  photos(query, signal) {
    const said = Object.entries(query).filter(([, value]) => value);
    return call(`${this.base}/photos?${new URLSearchParams(said)}`, { signal });
  }

  /** @returns {Promise<{galleries: Array<{name: string, photos: number}>}>} */
  galleries(signal) {
    return call(`${this.base}/galleries`, { signal });
  }

  /** Read one photo with its whole receipt. @param {string} id @param {AbortSignal} [signal] @returns {Promise<Photo>} */
  read(id, signal) {
    return call(this.address(id), { signal });
  }

  /** Announce a file: its record is pending before the first byte is sent. @param {Record<string, any>} body @returns {Promise<Announced>} */
  announce(body) {
    return call(`${this.base}/photos`, { method: "POST", body });
  }

  /** Give a record another upload address: the first has expired. @returns {Promise<Announced>} */
  renew(id, body) {
    return call(`${this.address(id)}/upload`, { method: "POST", body });
  }

  /** @param {string} id @returns {Promise<{photo: Photo}>} */
  retry(id) {
    return call(`${this.address(id)}/retry`, { method: "POST" });
  }

  /** Set the focal point. @param {string} id @param {{x: number, y: number}} point  shares of width and height @returns {Promise<{photo: Photo}>} */
  focus(id, point) {
    return call(`${this.address(id)}/focus`, { method: "PUT", body: point });
  }

  /** @param {string} id */
  remove(id) {
    return call(this.address(id), { method: "DELETE" });
  }

  /** The address of the file that was uploaded. @param {string} id */
  originalOf(id) {
    return `${this.address(id)}/original`;
  }

  // An id may be a key, with slashes in it.
  address(id) {
    return `${this.base}/photos/${id.split("/").map(encodeURIComponent).join("/")}`;
  }
}
