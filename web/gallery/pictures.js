/**
 * The `<img>` of a photo record: all its renditions as srcset, and a placeholder until one is loaded.
 *
 * Contract: photo records hold `{size}_url` and `{size}_width` for every size of the stack's outputs, `width` and
 * `height` (upright), `placeholder` (ThumbHash, base64) and `dominant_color`.
 */

import { el } from "../lib/dom.js";
import { placeholderUrl } from "../lib/thumbhash.js";

/** Renditions of a record, smallest first, each width once. @param {Record<string, any>} photo @param {Record<string, any>} sizes */
export function renditions(photo, sizes) {
  const byWidth = new Map();
  for (const size of Object.keys(sizes)) {
    const url = photo[`${size}_url`];
    const width = photo[`${size}_width`];
    // A small original is never enlarged, so its larger sizes are equal.
    if (url && !byWidth.has(width)) byWidth.set(width, { url, width, height: photo[`${size}_height`] });
  }
  return Array.from(byWidth.values()).sort((one, other) => one.width - other.width);
}

/**
 * An `<img>` that knows its shape before it loads (`--ratio`), with the ThumbHash behind it.
 * @param {Record<string, any>} photo
 * @param {Record<string, any>} sizes  of the stack's outputs
 * @param {{slot: (ratio: number) => string, alt: string, lazy?: boolean, under?: string}} how  *slot*: gives the `sizes`
 *   attribute; *under*: a smaller picture that is in the cache, shown meanwhile
 */
export function picture(photo, sizes, { slot, alt, lazy = true, under = "" }) {
  const made = renditions(photo, sizes);
  const ratio = photo.width / photo.height;
  const image = el("img", {
    // The order matters: a source that is set before "loading" is fetched at once.
    loading: lazy ? "lazy" : "eager",
    decoding: "async",
    alt,
    width: photo.width,
    height: photo.height,
    sizes: slot(ratio),
    srcset: made.map(({ url, width }) => `${url} ${width}w`).join(", "),
    src: made[0].url,
  });
  image.style.setProperty("--ratio", ratio);
  image.style.backgroundColor = photo.dominant_color || "";
  image.style.backgroundImage = under ? `url("${under}")` : blurred(photo.placeholder);
  image.addEventListener("load", () => (image.style.backgroundImage = ""), { once: true });
  return image;
}

function blurred(placeholder) {
  const url = placeholder ? placeholderUrl(placeholder) : "";
  return url ? `url("${url}")` : "";
}
