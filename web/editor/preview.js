/** The chosen picture, large: before and after, progress, and its buttons. */

import { el } from "../lib/dom.js";
import { Compare } from "./compare.js";
import { factsOf } from "./history.js";

export class Preview {
  /** @param {{onUndo: () => void, onRedo: () => void, onDownload: () => void, onRemove: () => void}} how */
  constructor({ onUndo, onRedo, onDownload, onRemove }) {
    this.compare = new Compare();
    this.name = el("h2", { class: "name" });
    this.facts = el("p", { class: "muted small" });
    this.bar = el("progress", { max: 100, "aria-label": "Progress of this picture" });
    this.message = el("p", { class: "small message" });
    this.undo = button("Undo", onUndo);
    this.redo = button("Redo", onRedo);
    this.download = button("Download", onDownload);
    this.element = el(
      "div",
      { class: "preview" },
      this.compare.element,
      el("div", { class: "happening" }, this.bar, this.message),
      el(
        "div",
        { class: "below" },
        el("div", { class: "about" }, this.name, this.facts),
        el("div", { class: "buttons" }, this.undo, this.redo, this.download, button("Remove", onRemove)),
      ),
    );
  }

  /** @param {import("./pictures.js").Picture} picture */
  show(picture) {
    const { kind, percent = 0, message = "" } = picture.state;
    this.compare.show(picture);
    this.name.textContent = picture.name;
    this.facts.textContent = factsOf(picture.current);
    this.bar.hidden = kind !== "busy";
    this.bar.value = percent;
    this.message.textContent = message;
    this.message.dataset.kind = kind;
    this.undo.disabled = !picture.undoable;
    this.redo.disabled = !picture.redoable;
    this.download.disabled = !picture.current.name || !picture.current.preview;
  }
}

function button(text, onclick) {
  return el("button", { type: "button", class: "quiet", onclick }, text);
}
