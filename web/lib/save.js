/** Save a result under its name. Browsers ignore the `download` attribute for another origin, so it is fetched first. */

import { el } from "../lib/dom.js";
import { Offline } from "../lib/http.js";

/** @param {import("./pictures.js").Version} version @param {string} fallback  name when the version has none */
export async function download(version, fallback) {
  const url = URL.createObjectURL(await bytesOf(version.preview));
  const link = el("a", { href: url, download: version.name || fallback });
  document.body.append(link);
  link.click();
  link.remove();
  // The browser reads the blob after the click has returned.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

async function bytesOf(url) {
  // An <img> caches the file without CORS headers, which makes it unreadable: fetch it again.
  const answer = await fetch(url, { cache: "no-store" }).catch(() => {
    throw new Offline();
  });
  if (!answer.ok) throw new Error(`The file could not be read (status ${answer.status}).`);
  return answer.blob();
}
