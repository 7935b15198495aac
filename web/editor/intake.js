/** Upload local files for the edit API: one slot for each, a few uploads at once. */

import { ofFile } from "./sources.js";
import { put } from "./upload.js";

const AT_ONCE = 4;
const SLOTS_A_REQUEST = 50;

/**
 * @param {File[]} files
 * @param {import("./api.js").EditApi} api
 * @param {() => void} onChange
 * @returns {{pictures: import("./pictures.js").Picture[], done: Promise<void>}}
 */
export function takeIn(files, api, onChange) {
  const pictures = files.map(ofFile);
  return { pictures, done: sendAll(pictures, api, onChange) };
}

async function sendAll(pictures, api, onChange) {
  for (let from = 0; from < pictures.length; from += SLOTS_A_REQUEST) {
    const some = pictures.slice(from, from + SLOTS_A_REQUEST);
    try {
      const slots = await api.slots(some.map(({ file }) => file));
      await sendSome(some.map((picture, at) => ({ picture, slot: slots[at] })), onChange);
    } catch (error) {
      for (const picture of some) fail(picture, error);
      onChange();
    }
  }
}

async function sendSome(queue, onChange) {
  const worker = async () => {
    for (let next; (next = queue.shift()); ) await send(next, onChange);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

async function send({ picture, slot }, onChange) {
  const onProgress = (share) => {
    picture.state = { kind: "busy", percent: Math.round(100 * share), message: "Uploading" };
    onChange();
  };
  try {
    await put(slot, picture.file, onProgress);
    picture.original.source = slot.url;
    picture.state = { kind: "ready" };
  } catch (error) {
    fail(picture, error);
  }
  onChange();
}

function fail(picture, error) {
  picture.state = { kind: "failed", message: error.message };
}
