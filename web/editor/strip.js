/** All pictures of the editor as thumbnails, each with its progress. */

import { el, fill } from "../lib/dom.js";
import { named } from "../lib/names.js";

export class Strip {
  /** @param {{onChoose: (picture: import("./pictures.js").Picture) => void}} how */
  constructor({ onChoose }) {
    this.onChoose = onChoose;
    this.items = new Map();
    this.element = el("ul", { class: "strip", role: "list", "aria-label": "Pictures to edit" });
  }

  /** @param {import("./pictures.js").Picture[]} pictures @param {import("./pictures.js").Picture} chosen */
  show(pictures, chosen) {
    for (const [picture, item] of this.items) {
      if (!pictures.includes(picture)) {
        item.element.remove();
        this.items.delete(picture);
      }
    }
    for (const picture of pictures) {
      if (!this.items.has(picture)) this.items.set(picture, this.item(picture));
      this.update(picture, picture === chosen);
    }
  }

  item(picture) {
    const parts = {
      image: el("span", { class: "thumb" }),
      bar: el("progress", { max: 100, "aria-hidden": "true" }),
      state: el("span", { class: "state small" }),
    };
    const button = el(
      "button",
      { type: "button", onclick: () => this.onChoose(picture) },
      parts.image,
      el("span", { class: "name small" }, named(picture.name)),
      parts.state,
      parts.bar,
    );
    const item = { ...parts, button, element: el("li", {}, button) };
    this.element.append(item.element);
    return item;
  }

  update(picture, chosen) {
    const { image, bar, state, button, element } = this.items.get(picture);
    const { kind, percent = 0, message = "" } = picture.state;
    const source = picture.at === 0 ? picture.thumb : picture.current.preview;
    if (image.dataset.source !== source) {
      image.dataset.source = source;
      fill(image, source && el("img", { src: source, alt: "", decoding: "async", onerror: (event) => event.target.remove() }));
    }
    element.dataset.state = kind;
    if (chosen) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
    bar.hidden = kind !== "busy";
    bar.value = percent;
    const text = kind === "ready" ? versionsOf(picture) : message;
    if (state.textContent !== text) state.textContent = text;
    state.title = text;
  }
}

function versionsOf({ versions, at }) {
  if (at === 0) return versions[0].label;
  return versions.length === 2 ? "Edited" : `Edit ${at} of ${versions.length - 1}`;
}
