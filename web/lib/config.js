/**
 * Read `/config.json`, which the local front builds from the stack's outputs. Its answer sets the cookies that the CDN
 * wants where pictures are signed.
 */

import { call } from "./http.js";

/**
 * @typedef {Object} Config
 * @property {string} api      the edit API, without a slash at the end
 * @property {string} gallery  the local gallery API
 * @property {string} cdn      origin of the CDN
 * @property {string} token    the developer's bearer token
 * @property {string} user
 * @property {{sizes: Record<string, {width: number, height: number}>, signedPaths: string[]}} outputs
 *   `pulumi stack output --json`
 */

/** @returns {Promise<Config>} */
export async function loadConfig() {
  return call("config.json");
}

/** Return whether the CDN answers *url* only with our cookies. @param {Config} config @param {string} url */
export function isSigned({ cdn, outputs }, url) {
  return outputs.signedPaths.some((path) => url.startsWith(`${cdn}/${path.replace("*", "")}`));
}
