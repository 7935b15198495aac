/** Save files of our servers on this device: one under its name, several in a ZIP archive. */

import { el } from "./dom.js";
import { Offline } from "./http.js";
import { inLanes } from "./lanes.js";

const KEPT_MS = 60_000;

/** @typedef {{name: string, url: string, signed?: boolean}} Entry  *signed*: it is read with our cookies */

/**
 * @param {Entry[]} entries
 * @param {string} archive  name of the archive when there are several
 * @param {(done: number) => void} [onProgress]
 * @returns {Promise<Error[]>} why some of several could not be read
 */
export async function save(entries, archive, onProgress = () => {}) {
  if (entries.length === 1) {
    hand(await bytesOf(entries[0]), entries[0].name);
    return [];
  }
  const { Zip } = await import("./zip.js");
  const files = new Map();
  const { errors } = await inLanes(entries, async (entry) => {
    files.set(entry, await bytesOf(entry));
    onProgress(files.size);
  });
  if (!files.size) throw errors[0];
  const zip = new Zip();
  for (const entry of entries) if (files.has(entry)) await zip.add(entry.name, files.get(entry));
  hand(zip.finish(), archive);
  return errors;
}

/** Read a file. Browsers ignore the `download` attribute for another origin, so it is fetched. @param {Entry} entry @returns {Promise<Blob>} */
export async function bytesOf({ url, signed = false }) {
  // An <img> caches the file without CORS headers, which makes it unreadable: fetch it again.
  const answer = await fetch(url, { cache: "no-store", credentials: signed ? "include" : "same-origin" }).catch(() => {
    throw new Offline();
  });
  if (!answer.ok) throw new Error(`The file could not be read (status ${answer.status}).`);
  return answer.blob();
}

function hand(blob, name) {
  const url = URL.createObjectURL(blob);
  const link = el("a", { href: url, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  // The browser reads the blob after the click has returned.
  setTimeout(() => URL.revokeObjectURL(url), KEPT_MS);
}
