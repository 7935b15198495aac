/** Files and whole folders that are dropped on the page. */

/**
 * @param {HTMLElement} area
 * @param {(files: File[]) => void} take
 * @returns {() => void} stop
 */
export function acceptDrops(area, take) {
  let inside = 0;
  const mark = (on) => area.classList.toggle("dropping", on);
  const carriesFiles = (event) => event.dataTransfer?.types.includes("Files");
  const listeners = {
    dragenter: (event) => carriesFiles(event) && (event.preventDefault(), mark(++inside > 0)),
    dragover: (event) => carriesFiles(event) && event.preventDefault(),
    dragleave: () => mark(--inside > 0),
    drop: async (event) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      inside = 0;
      mark(false);
      take(await filesOf(event.dataTransfer));
    },
  };
  for (const [name, listener] of Object.entries(listeners)) addEventListener(name, listener);
  return () => Object.entries(listeners).forEach(([name, listener]) => removeEventListener(name, listener));
}

/** @param {DataTransfer} transfer @returns {Promise<File[]>} */
async function filesOf(transfer) {
  // Entries must be asked for before the first await: the transfer is emptied when the event ends.
  const entries = Array.from(transfer.items, (item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.length) return Array.from(transfer.files);
  return (await Promise.all(entries.map(inEntry))).flat();
}

async function inEntry(entry) {
  if (entry.isFile) return [await new Promise((resolve, reject) => entry.file(resolve, reject))];
  const reader = entry.createReader();
  const children = [];
  // A reader gives its entries in batches, and an empty one at the end.
  for (let batch; (batch = await new Promise((resolve, reject) => reader.readEntries(resolve, reject))).length; ) {
    children.push(...batch);
  }
  return (await Promise.all(children.map(inEntry))).flat().filter((file) => !file.name.startsWith("."));
}
