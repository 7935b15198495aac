/** Show a file name on one line: a long one is cut in its middle, so that number and extension stay in view. */

import { el } from "./dom.js";

const DIGITS = 4;
const LONGEST_EXTENSION = 6;
const SHORT = 16; // fits everywhere
const ASCII = /^[\x20-\x7e]*$/;

/** Compare names as people count: IMG_2 before IMG_10. @type {(one: string, other: string) => number} */
export const compareNames = new Intl.Collator("en", { numeric: true }).compare;

/** In two parts, which assistive technology reads as two words: give a heading an `aria-label` besides. @param {string} name @returns {HTMLElement} */
export function named(name) {
  const at = name.length > SHORT ? cut(name) : name.length;
  return el("bdi", { class: "named", dir: "auto", title: name }, el("span", {}, name.slice(0, at)), el("span", {}, name.slice(at)));
}

/** Letters of other scripts may join, so their names are cut only before the extension. */
function cut(name) {
  const dot = name.lastIndexOf(".");
  const end = dot > 0 && name.length - dot <= LONGEST_EXTENSION ? dot : name.length;
  return ASCII.test(name) ? Math.max(0, end - DIGITS) : end;
}
