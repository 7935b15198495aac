/**
 * Before and after in one frame, with a movable line between them. The line is a range input over the whole frame, so
 * mouse, touch, arrow keys and screen readers work.
 */

import { el, fill } from "../lib/dom.js";

const HALF = 50;

export class Compare {
  constructor() {
    this.range = el("input", {
      type: "range",
      min: 0,
      max: 100,
      value: HALF,
      "aria-label": "Share of the picture that shows the original",
      oninput: () => this.move(),
    });
    this.element = el("figure", { class: "compare" });
  }

  /** @param {import("./pictures.js").Picture} picture */
  show(picture) {
    const { original: before, current: after } = picture;
    const print = `${picture.id} ${picture.at} ${after.preview}`;
    if (print === this.print) return;
    this.print = print;
    const edited = before !== after;
    fill(
      this.element,
      shown(after, picture.name, "after"),
      edited && before.preview && after.preview && [shown(before, `${picture.name}, original`, "before"), el("span", { class: "line", "aria-hidden": "true" }), this.range],
      edited && before.preview && after.preview && [el("span", { class: "tag left", "aria-hidden": "true" }, before.label), el("span", { class: "tag right", "aria-hidden": "true" }, "Edited")],
    );
    this.shape(after.width && after.height ? after.width / after.height : 0);
    this.range.value = HALF;
    this.move();
  }

  /** Give the frame the picture's aspect ratio; an unknown one is known when the picture has loaded. */
  shape(ratio) {
    this.element.style.setProperty("--ratio", ratio || 1.5);
    const image = this.element.querySelector("img.after");
    if (ratio || !image) return;
    image.addEventListener("load", () => this.element.style.setProperty("--ratio", image.naturalWidth / image.naturalHeight));
  }

  move() {
    this.element.style.setProperty("--at", `${this.range.value}%`);
    this.range.setAttribute("aria-valuetext", `${this.range.value} % original`);
  }
}

function shown({ preview, width, height, format, unseen: why }, alt, side) {
  if (!preview) return unseen(why || "This browser cannot show the file. It can be edited all the same.", side);
  const image = el("img", { src: preview, alt, class: side, width, height, draggable: "false" });
  image.addEventListener("error", () => {
    image.replaceWith(unseen(`This browser cannot show ${format ? format.toUpperCase() : "the file"}. Download it to look at it.`, side));
  });
  return image;
}

function unseen(why, side) {
  return el("p", { class: `unseen ${side}` }, why);
}
