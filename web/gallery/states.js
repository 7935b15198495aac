/** The states of a photo in words. Contract: `status` of photo records, and what an upload adds before there is one. */

const WORDS = {
  waiting: "Waiting to upload",
  sending: "Uploading",
  pending: "Waiting to be developed",
  processing: "Developing",
};

/** @param {string} status */
export function inWords(status) {
  return WORDS[status] || status;
}

/** Whether a record has pictures; a later client state (`approved`, …) has them too. */
export function isDeveloped(photo) {
  return photo.status !== "failed" && Boolean(photo.small_url || photo.thumbnail_url) && Boolean(photo.width && photo.height);
}

/** Whether something is still going to happen to it by itself. */
export function isUnderway(photo) {
  return ["pending", "processing"].includes(photo.status);
}

/** @param {Record<string, any>} photo */
export function nameOf(photo) {
  return photo.filename || photo.id;
}
