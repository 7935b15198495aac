/** Archives that this tab has asked for: they are followed again after a reload (sessionStorage). */

const KEY = "darkroom-archives";

/** @typedef {{id: string, order: import("./api.js").Order}} Kept */

/** @returns {Kept[]} */
export function kept() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY)) || [];
  } catch {
    return [];
  }
}

/** @param {Kept[]} all */
export function keep(all) {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(all));
  } catch {
    // The browser allows no storage: they end with the page.
  }
}
