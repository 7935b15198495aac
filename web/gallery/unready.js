/** What the lightbox shows in place of a picture: the state, or the failure with its reason. */

import { el } from "../lib/dom.js";
import { icon } from "../lib/icons.js";
import { canRetry, inWords } from "./states.js";

/** @param {import("../lib/gallery.js").Photo} photo @param {() => void} onRetry @returns {HTMLElement} */
export function noPicture(photo, onRetry) {
  const { status, interrupted, error = {} } = photo;
  const box = (title, ...parts) => el("div", { class: "no-picture" }, icon("warning"), el("h3", {}, title), parts);
  if (interrupted) return box("The upload was interrupted", el("p", {}, "Its file never came. Add the file again, and delete this entry."));
  if (status !== "failed") return el("p", { class: "no-picture" }, `${inWords(status)}…`);
  return box(
    error.attempts > 1 ? `Failed after ${error.attempts} attempts` : "Failed",
    el("p", {}, error.message || "No reason is known."),
    el("p", { class: "mono muted" }, error.code || "FAILED"),
    canRetry(photo) && el("button", { type: "button", onclick: onRetry }, icon("again"), "Try again"),
  );
}
