/** The chosen picture, large: before and after, progress, and its buttons. */

import { can, el, fill } from "../lib/dom.js";
import { named } from "../lib/names.js";
import { Compare } from "./compare.js";
import { factsOf } from "./history.js";

export class Preview {
  /** @param {{onUndo: () => void, onRedo: () => void, onDownload: () => void, onKeep: () => void, onRemove: () => void}} how */
  constructor({ onUndo, onRedo, onDownload, onKeep, onRemove }) {
    this.compare = new Compare();
    this.name = el("h2", { class: "name" });
    this.facts = el("p", { class: "muted small" });
    this.bar = el("progress", { max: 100, "aria-label": "Progress of this picture" });
    this.message = el("p", { class: "small message" });
    this.undo = button("Undo", onUndo);
    this.redo = button("Redo", onRedo);
    this.download = button("Download", onDownload);
    this.keep = button("Save to gallery", onKeep);
    this.element = el(
      "div",
      { class: "preview" },
      this.compare.element,
      el("div", { class: "happening" }, this.bar, this.message),
      el(
        "div",
        { class: "below" },
        el("div", { class: "about" }, this.name, this.facts),
        el("div", { class: "buttons" }, this.undo, this.redo, this.download, this.keep, button("Remove", onRemove)),
      ),
    );
  }

  /** @param {import("./pictures.js").Picture} picture */
  show(picture) {
    const { kind, percent = 0, message = "" } = picture.state;
    this.compare.show(picture);
    fill(this.name, named(picture.name));
    this.name.setAttribute("aria-label", picture.name);
    this.facts.textContent = factsOf(picture.current);
    this.bar.hidden = kind !== "busy";
    this.bar.value = percent;
    this.message.textContent = message;
    this.message.dataset.kind = kind;
    can(this.undo, picture.undoable);
    can(this.redo, picture.redoable);
    can(this.download, picture.result);
    can(this.keep, picture.result);
  }
}

function button(text, onclick) {
  return el("button", { type: "button", class: "quiet", onclick }, text);
}
