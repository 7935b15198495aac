/** Archives of the edit API, call by call. Contract: `/image-edit/openapi.json`; every refusal is an `ApiError` (lib/http.js). */

import { call, startOnce } from "../lib/http.js";

/** @typedef {{gallery?: string, photos?: string[], size: string}} Order  *size*: "" for originals */
/**
 * @typedef {Object} Document  of one archive, as the API describes it
 * @property {string} archiveId
 * @property {"processing"|"complete"|"error"|"cancelled"} status
 * @property {number} files     photos that are in it
 * @property {number} total     0: not known yet
 * @property {number} leftOut   photos that are not in it
 * @property {number} bytes
 * @property {string|null} url  a path at the API's origin
 * @property {{code: string, message: string}|null} error
 * @property {number} expiresAt  s since 1970
 */

export class ArchiveApi {
  /** @param {import("../lib/config.js").Config} config */
  constructor({ api, token }) {
    this.base = `${api}/archives`;
    this.token = token;
  }

  /** @param {Order} order @returns {Promise<Document>} */
  start(order) {
    return startOnce(this.base, { body: { ...order, size: order.size || "originals" }, token: this.token });
  }

  /** @param {string} id @returns {Promise<Document>} */
  read(id) {
    return call(`${this.base}/${id}`, { token: this.token });
  }

  /** Stop one that is being packed; withdraw the link of one that is complete. @param {string} id */
  cancel(id) {
    return call(`${this.base}/${id}`, { method: "DELETE", token: this.token });
  }

  /** The address that anyone may open. @param {Document} document  of a complete one */
  linkOf({ url }) {
    return new URL(url, this.base).href;
  }
}
