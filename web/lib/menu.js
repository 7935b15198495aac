/** A button that opens a short list of actions. */

import { el, fill } from "./dom.js";
import { icon } from "./icons.js";

/**
 * @param {string} sign  icon
 * @param {string} label
 * @param {() => Array<HTMLElement|false|null|undefined>} entries  buttons and links, made when it opens
 */
export function menu(sign, label, entries) {
  const list = el("div", { class: "entries" });
  // Before it opens: entries that are made a moment later would replace one that has the focus already.
  const make = () => element.open || fill(list, entries());
  const summary = el("summary", { class: "button quiet", onclick: make }, icon(sign), el("span", {}, label));
  const close = () => {
    if (!element.open) return;
    element.open = false;
    summary.focus();
  };
  const element = el(
    "details",
    {
      class: "menu",
      onkeydown: (event) => {
        if (event.key !== "Escape" || !element.open) return;
        event.preventDefault();
        event.stopPropagation();
        close();
      },
      onfocusout: (event) => event.relatedTarget && !element.contains(event.relatedTarget) && (element.open = false),
    },
    summary,
    list,
  );
  list.addEventListener("click", (event) => event.target.closest("button, a") && close());
  return element;
}
