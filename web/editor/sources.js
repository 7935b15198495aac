/** Make pictures from photos of the gallery, files of this device, and earlier sessions. */

import { renditions } from "../gallery/pictures.js";
import { Picture } from "./pictures.js";

const ENOUGH_PX = 1600;
const PHOTO = "photo://";
const DELETED = "The photo was deleted. The results of its edits are still here.";
const SHOWN_BY_BROWSERS = /^image\/(jpeg|png|webp|avif|gif|svg\+xml|bmp)$/;

/**
 * @typedef {{config: import("../lib/config.js").Config, gallery: import("../lib/gallery.js").GalleryApi,
 *            sizes: Record<string, any>, signal: AbortSignal}} From  the view
 */

/** Make a picture of a gallery photo: the edit starts from its original, the page shows a rendition. */
export function ofPhoto(photo, sizes) {
  const made = renditions(photo, sizes);
  const shown = made.find(({ width, height }) => Math.max(width, height) >= ENOUGH_PX) || made.at(-1);
  return new Picture({
    name: photo.filename || photo.id,
    thumb: made[0]?.url,
    gallery: photo.gallery_id,
    original: { source: `${PHOTO}${photo.id}`, preview: shown?.url || "", width: photo.width, height: photo.height },
  });
}

/**
 * Read photos of the gallery by their ids; those that are gone are left out.
 * @param {string[]} ids @param {From} from
 */
export async function ofIds(ids, { gallery, sizes, signal }) {
  const found = await Promise.allSettled(ids.map((id) => gallery.read(id, signal)));
  const photos = found.filter(({ status }) => status === "fulfilled").map(({ value }) => value);
  const other = found.find(({ status, reason }) => status === "rejected" && reason.status !== 404);
  if (!photos.length && other) throw other.reason;
  return photos.filter(({ status }) => status !== "deleted").map((photo) => ofPhoto(photo, sizes));
}

/** Make a picture of a local file; it has no address before it is uploaded. @param {File} file */
export function ofFile(file) {
  const preview = SHOWN_BY_BROWSERS.test(file.type) ? URL.createObjectURL(file) : "";
  const picture = new Picture({ name: file.name, thumb: preview, original: { preview, size: file.size } });
  picture.file = file;
  picture.state = { kind: "busy", percent: 0, message: "Uploading" };
  return picture;
}

/**
 * Read the pictures of a session, by image id: each source with its result.
 * @param {any} session @param {From} from
 * @returns {Promise<Map<string, Picture>>}
 */
export async function ofSession(session, from) {
  const label = session.plan.explanation;
  const entries = session.images.map(async ({ id, url, name }) => {
    const picture = await sourceOf(url, name || id, from);
    picture.id = id; // as the events of the session name it
    if (session.results[id]) picture.add(session.results[id], label, 0);
    return [id, picture];
  });
  return new Map(await Promise.all(entries));
}

async function sourceOf(url, name, from) {
  if (url.startsWith(PHOTO)) {
    const [photo] = await ofIds([url.slice(PHOTO.length)], from);
    return photo || new Picture({ name, original: { source: url, unseen: DELETED } });
  }
  // An edit may have begun with the result of another one.
  const preview = url.startsWith(from.config.cdn) ? url : "";
  return new Picture({ name, thumb: preview, original: { source: url, preview, label: preview ? "Before this edit" : "Original" } });
}
