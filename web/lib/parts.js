/** Load parts of the page, modules with their style sheets, when they are first needed. */

import { el } from "./dom.js";

/** By address, while it loads and afterwards. @type {Map<string, Promise<any>>} */
const sheets = new Map();

/**
 * @template T
 * @param {() => Promise<T>} load  imports the module
 * @param {...string} styles  addresses of its style sheets; a late style would move the layout
 * @returns {Promise<T>}
 */
export async function part(load, ...styles) {
  try {
    const [module] = await Promise.all([load(), ...styles.map(styled)]);
    return module;
  } catch {
    throw new Error("A part of this page could not be loaded: the stack is not running, or this device is offline.");
  }
}

function styled(href) {
  if (!sheets.has(href)) sheets.set(href, added(href));
  return sheets.get(href);
}

function added(href) {
  return new Promise((resolve, reject) => {
    const failed = (event) => {
      link.remove();
      sheets.delete(href);
      reject(event);
    };
    const link = el("link", { rel: "stylesheet", href, onload: resolve, onerror: failed });
    document.head.append(link);
  });
}
