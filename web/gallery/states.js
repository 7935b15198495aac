/** The states of a photo in words. Contract: `status` of photo records; "waiting" and "sending" belong to uploads. */

const WORDS = {
  waiting: "Waiting to upload",
  sending: "Uploading",
  pending: "Waiting to be processed",
  processing: "Processing",
};

/** @param {string} status */
export function inWords(status) {
  return WORDS[status] || status;
}

/** Return whether a record has renditions; a later state of the product (`approved`, …) has them too. */
export function isReady(photo) {
  return photo.status !== "failed" && Boolean(photo.small_url || photo.thumbnail_url) && Boolean(photo.width && photo.height);
}

/** Return whether the pipeline still works on it. */
export function isUnderway(photo) {
  return ["pending", "processing"].includes(photo.status);
}

/** @param {Record<string, any>} photo */
export function nameOf(photo) {
  return photo.filename || photo.id;
}
