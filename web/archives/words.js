/** Archives in words. */

import { counted, moment, size } from "../lib/format.js";

/** @typedef {import("./archives.js").Archive} Archive */

/** What was asked for. @param {import("./api.js").Order} order */
export function subject({ gallery, photos }) {
  return gallery || counted(photos.length, "photo");
}

/** @param {import("./api.js").Order} order */
export function sizeInWords({ size: name }) {
  return name ? `size ${name}` : "originals";
}

/** The two together, for those who hear them. @param {Archive} archive */
export function title({ order }) {
  return `${subject(order)}, ${sizeInWords(order)}`;
}

/** How far it is. @param {Archive} archive */
export function progressInWords({ document }) {
  if (!document?.total) return "Looking for the photos…";
  return `Packing ${(document.files + document.leftOut).toLocaleString("en")} of ${counted(document.total, "photo")}`;
}

/** What is in the file. @param {Archive} archive */
export function contentInWords({ document: { files, bytes } }) {
  return `${counted(files, "photo")}, ${size(bytes)}`;
}

/** What one must know of the file. @param {Archive} archive */
export function noteInWords({ document: { leftOut, expiresAt } }) {
  const until = `The link works until ${moment(expiresAt * 1000)}.`;
  return leftOut ? `${until} ${counted(leftOut, "photo")} left out: left-out.txt in the file says why.` : until;
}

/** What has changed, for those who do not see the row. @param {Archive} archive */
export function newsOf(archive) {
  const news = {
    asking: () => `Packing ${title(archive)}.`,
    processing: () => `Packing ${title(archive)}.`,
    complete: () => `${title(archive)}: the ZIP file is ready, ${contentInWords(archive)}.`,
    error: () => `${title(archive)}: ${archive.error}`,
  };
  return news[archive.state]();
}
