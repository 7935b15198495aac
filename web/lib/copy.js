/** A button that copies a text. */

import { el } from "./dom.js";
import { toast } from "./toast.js";

/** @param {string} label @param {string} text @param {Record<string, any>} [props]  of the button @returns {HTMLElement} */
export function copy(label, text, props = {}) {
  const act = async () => {
    try {
      await navigator.clipboard.writeText(text);
      toast("Copied.");
    } catch {
      toast("The browser did not allow to copy.");
    }
  };
  return el("button", { type: "button", ...props, onclick: act }, label);
}
