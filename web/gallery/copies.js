/** Copy what a developer needs of a photo: its address at the CDN, an `<img>` with all sizes, the link to it here. */

import { copy } from "../lib/copy.js";
import { el } from "../lib/dom.js";
import { renditions } from "./pictures.js";
import { nameOf } from "./states.js";

/** @param {any} photo @param {Record<string, any>} sizes  of the stack's outputs @returns {HTMLElement[]} buttons */
export function copies(photo, sizes) {
  const made = renditions(photo, sizes);
  const link = copy("Copy link to this photo", location.href);
  if (!made.length) return [link];
  return [copy("Copy CDN address", made.at(-1).url), copy("Copy <img> with srcset", markup(photo, made)), link];
}

function markup(photo, made) {
  const largest = made.at(-1);
  const image = el("img", {
    src: largest.url,
    srcset: made.map(({ url, width }) => `${url} ${width}w`).join(", "),
    sizes: "100vw",
    width: largest.width,
    height: largest.height,
    alt: nameOf(photo),
    loading: "lazy",
  });
  return image.outerHTML;
}
