/** A menu of what photos are saved as: the originals, or one size. */

import { el } from "../lib/dom.js";
import { menu } from "../lib/menu.js";

/**
 * @param {string} sign  icon
 * @param {string} label
 * @param {{sizes: Record<string, any>, hint: string, onSize: (size: string) => void}} how
 *   *sizes*: of the stack's outputs; *hint*: what one gets; *onSize*: "" for originals
 */
export function sizeMenu(sign, label, { sizes, hint, onSize }) {
  const smallestFirst = Object.keys(sizes).sort((one, other) => sizes[one].width - sizes[other].width);
  const choices = [["Originals", ""], ...smallestFirst.map((size) => [`Size ${size}`, size])];
  const entry = ([words, size]) => el("button", { type: "button", onclick: () => onSize(size) }, words);
  return menu(sign, label, () => [el("p", { class: "small muted" }, hint), choices.map(entry)]);
}
