/** The versions of a picture: all are kept, and each can be chosen again. */

import { el, fill } from "../lib/dom.js";
import { size } from "../lib/format.js";

export class History {
  /** @param {{onChoose: (at: number) => void}} how */
  constructor({ onChoose }) {
    this.onChoose = onChoose;
    this.list = el("ol", { class: "versions", role: "list" });
    this.element = el("section", { "aria-labelledby": "history" }, el("h2", { id: "history" }, "History"), this.list);
  }

  /** @param {import("./pictures.js").Picture} picture */
  show({ id, versions, at }) {
    const print = `${id} ${versions.length} ${at}`;
    if (print === this.print) return;
    this.print = print;
    // Rebuilding the list while it has the focus would lose the focus.
    const focused = Array.from(this.list.children).findIndex((one) => one.contains(document.activeElement));
    fill(this.list, versions.map((version, place) => this.entry(version, place, place === at)));
    if (focused >= 0) this.list.children[focused]?.querySelector("button").focus();
  }

  entry(version, place, current) {
    return el(
      "li",
      {},
      el(
        "button",
        { type: "button", class: "quiet", "aria-current": current && "true", onclick: () => this.onChoose(place) },
        el("span", {}, version.label),
        el("span", { class: "muted small" }, factsOf(version)),
      ),
      version.notes?.length > 0 && el("p", { class: "small muted note" }, version.notes.join(" ")),
    );
  }
}

/** "800 × 600 px, WEBP, 41.0 kB" @param {import("./pictures.js").Version} version */
export function factsOf({ width, height, format, size: bytes }) {
  return [width && `${width} × ${height} px`, format?.toUpperCase(), bytes && size(bytes)].filter(Boolean).join(", ");
}
