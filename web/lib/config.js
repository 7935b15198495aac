/** Read `/config.json`, which the local front builds from the stack's outputs. */

import { call } from "./http.js";

/**
 * @typedef {Object} Config
 * @property {string} api      the edit API, without a slash at the end
 * @property {string} gallery  the local gallery API
 * @property {string} cdn      origin of the CDN
 * @property {string} token    the developer's bearer token
 * @property {string} user
 * @property {{sizes: Record<string, {width: number, height: number}>}} outputs  `pulumi stack output --json`
 */

/** @returns {Promise<Config>} */
export async function loadConfig() {
  return call("config.json");
}
