/** Short messages in the corner; read out by screen readers. */

import { el } from "./dom.js";

const SHOWN_MS = 6000;

/** @param {string} text */
export function toast(text) {
  const toasts = document.getElementById("toasts");
  const note = el("p", { class: "toast" }, text);
  // Shown anew, the popover stands above a dialog that was opened since.
  toasts.hidePopover();
  toasts.append(note);
  toasts.showPopover();
  setTimeout(() => note.remove(), SHOWN_MS);
}
