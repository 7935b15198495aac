/** The picture of a photo record: which rendition fits, and what is seen until it is there. */

import { el } from "../lib/dom.js";
import { placeholderUrl } from "../lib/thumbhash.js";

const known = new Map();

/** Renditions of a record, smallest first. @param {Record<string, any>} photo @param {Record<string, any>} sizes */
export function renditions(photo, sizes) {
  return Object.keys(sizes)
    .filter((size) => photo[`${size}_url`])
    .map((size) => ({ url: photo[`${size}_url`], width: photo[`${size}_width`], height: photo[`${size}_height`] }))
    .sort((one, other) => one.width - other.width);
}

/**
 * An `<img>` that knows its shape before it loads, with a blurred ThumbHash behind it.
 * @param {Record<string, any>} photo
 * @param {Record<string, any>} sizes  of the stack's outputs
 * @param {{slot: string, alt: string, lazy?: boolean}} how  *slot*: the `sizes` attribute
 */
export function picture(photo, sizes, { slot, alt, lazy = true }) {
  const made = renditions(photo, sizes);
  const image = el("img", {
    src: made[0].url,
    srcset: made.map(({ url, width }) => `${url} ${width}w`).join(", "),
    sizes: slot,
    width: photo.width,
    height: photo.height,
    alt,
    decoding: "async",
    loading: lazy ? "lazy" : "eager",
  });
  image.style.backgroundColor = photo.dominant_color || "";
  image.style.backgroundImage = blurred(photo.placeholder);
  image.addEventListener("load", () => image.classList.add("loaded"), { once: true });
  return image;
}

function blurred(placeholder) {
  if (!placeholder) return "";
  if (!known.has(placeholder)) known.set(placeholder, placeholderUrl(placeholder));
  const url = known.get(placeholder);
  return url ? `url("${url}")` : "";
}
