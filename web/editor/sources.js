/** Make pictures from photos of the gallery, files of this device, and earlier sessions. */

import { renditions } from "../gallery/pictures.js";
import { call } from "../lib/http.js";
import { Picture } from "./pictures.js";

const ENOUGH_PX = 1600;
const PHOTO = "photo://";
const SHOWN_BY_BROWSERS = /^image\/(jpeg|png|webp|avif|gif|svg\+xml|bmp)$/;

/** Make a picture of a gallery photo: the edit starts from its original, the page shows a rendition. */
export function ofPhoto(photo, sizes) {
  const made = renditions(photo, sizes);
  const shown = made.find(({ width, height }) => Math.max(width, height) >= ENOUGH_PX) || made.at(-1);
  return new Picture({
    name: photo.filename || photo.id,
    thumb: made[0]?.url,
    original: { source: `${PHOTO}${photo.id}`, preview: shown?.url || "", width: photo.width, height: photo.height },
  });
}

/** Read photos of the gallery by their ids. @returns {Promise<Picture[]>} */
export async function ofIds(ids, { gallery, outputs }) {
  const address = (id) => `${gallery}/photos/${id.split("/").map(encodeURIComponent).join("/")}`;
  const photos = await Promise.all(ids.map((id) => call(address(id))));
  return photos.map((photo) => ofPhoto(photo, outputs.sizes));
}

/** Make a picture of a local file; it has no address before it is uploaded. @param {File} file */
export function ofFile(file) {
  const preview = SHOWN_BY_BROWSERS.test(file.type) ? URL.createObjectURL(file) : "";
  const picture = new Picture({ name: file.name, thumb: preview, original: { preview, size: file.size } });
  picture.file = file;
  picture.state = { kind: "busy", percent: 0, message: "Uploading" };
  return picture;
}

/** Release the object URL of a local file. @param {Picture} picture */
export function forget(picture) {
  if (picture.original.preview.startsWith("blob:")) URL.revokeObjectURL(picture.original.preview);
}

/**
 * Read the pictures of a session, by image id: each original with its result.
 * @returns {Promise<Map<string, Picture>>}
 */
export async function ofSession(session, config) {
  const label = session.plan.explanation;
  const entries = session.images.map(async ({ id, url, name }) => {
    const picture = await originalOf(url, name || id, config);
    if (session.results[id]) picture.add(session.results[id], label, 0);
    return [id, picture];
  });
  return new Map(await Promise.all(entries));
}

async function originalOf(url, name, config) {
  const photo = url.startsWith(PHOTO) && (await photoOf(url.slice(PHOTO.length), config));
  if (photo) return photo;
  const preview = url.startsWith(config.cdn) ? url : "";
  return new Picture({ name, thumb: preview, original: { source: url, preview } });
}

/** Read a photo; null if it was deleted since. Its edits are still there. */
async function photoOf(id, config) {
  try {
    return (await ofIds([id], config))[0];
  } catch (error) {
    if (error.status === 404) return null;
    throw error;
  }
}
