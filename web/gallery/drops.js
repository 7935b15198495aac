/** Files and whole folders that are dropped on the page. */

import { compareNames } from "../lib/names.js";

/**
 * @param {HTMLElement} area
 * @param {(dropped: {files: File[], unread: number}) => void} take  *unread*: how many entries could not be read
 * @returns {() => void} stop
 */
export function acceptDrops(area, take) {
  let inside = 0;
  const mark = (on) => area.classList.toggle("dropping", on);
  const listeners = {
    dragenter: () => mark(++inside > 0),
    dragover: () => {},
    dragleave: () => mark(--inside > 0),
    drop: async (event) => {
      inside = 0;
      mark(false);
      take(await filesOf(event.dataTransfer));
    },
  };
  const guarded = Object.entries(listeners).map(([name, listener]) => [name, withFiles(listener)]);
  for (const [name, listener] of guarded) addEventListener(name, listener);
  return () => {
    mark(false);
    for (const [name, listener] of guarded) removeEventListener(name, listener);
  };
}

/** Ignore dragged text and links. */
function withFiles(listener) {
  return (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    listener(event);
  };
}

/** @param {DataTransfer} transfer */
async function filesOf(transfer) {
  // Entries must be asked for before the first await: the transfer is emptied when the event ends.
  const entries = Array.from(transfer.items, (item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.length) return { files: Array.from(transfer.files), unread: 0 };
  const read = await Promise.all(entries.map(inEntry));
  const all = read.flat(Infinity);
  return { files: all.filter(Boolean), unread: all.filter((one) => one === null).length };
}

/** The files in an entry and below; null for each that cannot be read. Hidden files of a folder are left out. */
async function inEntry(entry) {
  try {
    if (entry.isFile) return [await promised((done, fail) => entry.file(done, fail))];
    const children = await childrenOf(entry);
    return await Promise.all(children.filter((one) => !one.name.startsWith(".")).map(inEntry));
  } catch (error) {
    if (error instanceof DOMException) return [null];
    throw error;
  }
}

/** Read all entries, in the order of their names: a reader returns batches in any order, and an empty one at the end. */
async function childrenOf(folder) {
  const reader = folder.createReader();
  const children = [];
  for (;;) {
    const batch = await promised((done, fail) => reader.readEntries(done, fail));
    if (!batch.length) return children.sort((one, other) => compareNames(one.name, other.name));
    children.push(...batch);
  }
}

function promised(ask) {
  return new Promise(ask);
}
