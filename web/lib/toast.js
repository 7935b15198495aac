/** Short messages in the corner; read out by screen readers. */

import { el } from "./dom.js";

const SHOWN_MS = 6000;

/** @param {string} text */
export function toast(text) {
  const toasts = document.getElementById("toasts");
  const note = el("p", { class: "toast" }, text);
  // Show the popover again, so that it is above a dialog opened meanwhile.
  toasts.hidePopover();
  toasts.append(note);
  toasts.showPopover();
  setTimeout(() => note.remove(), SHOWN_MS);
}
