/** The states of a photo in words. Contract: `status` of photo records; "queued" and "sending" belong to uploads. */

const WORDS = {
  queued: "Waiting to upload",
  sending: "Uploading",
  pending: "Waiting to be processed",
  processing: "Processing",
};
// Verdicts on the file itself (processor/errors.py): another attempt ends the same way.
const FINAL = new Set(
  "NOT_AN_IMAGE UNSUPPORTED_FORMAT TRUNCATED CORRUPT IMAGE_TOO_LARGE DIMENSIONS_TOO_LARGE TOO_MANY_FRAMES TOO_MANY_SCANS METADATA_TOO_LARGE".split(" "),
);

/** The states that the gallery counts, in its order. */
export const STATES = { ready: "Ready", waiting: "In progress", failed: "Failed", interrupted: "Interrupted" };

/** @param {string} status */
export function inWords(status) {
  return WORDS[status] || status;
}

/** Return whether a record has renditions; a later state of the product (`approved`, …) has them too. */
export function isReady(photo) {
  return photo.status !== "failed" && Boolean(photo.small_url || photo.thumbnail_url) && Boolean(photo.width && photo.height);
}

/** @returns {keyof typeof STATES} */
export function stateOf(photo) {
  if (photo.status === "failed") return "failed";
  if (isReady(photo)) return "ready";
  return photo.interrupted ? "interrupted" : "waiting";
}

/** Return whether another attempt can help a failed photo. */
export function canRetry(photo) {
  return photo.status === "failed" && !FINAL.has(photo.error?.code);
}

/** @param {Record<string, any>} photo */
export function nameOf(photo) {
  return photo.filename || photo.id;
}
