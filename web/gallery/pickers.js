/** The buttons that open the device's file picker. */

import { el } from "../lib/dom.js";
import { icon } from "../lib/icons.js";
import { compareNames } from "../lib/names.js";

// RAW files have no type that browsers know.
const PHOTOS = "image/*,.heic,.heif,.avif,.dng,.cr2,.cr3,.nef,.arw,.raf,.orf,.rw2,.pef,.srw,.3fr,.kdc";

// Browsers of phones know the attribute, but their pickers choose no folders.
const FOLDERS = "webkitdirectory" in HTMLInputElement.prototype && !matchMedia("(pointer: coarse)").matches;

/** @param {(files: File[]) => void} take */
export function pickers(take) {
  return [
    picker("Add photos", { look: "primary", sign: "add", input: { multiple: true, accept: PHOTOS } }, take),
    FOLDERS && picker("Add a folder", { look: "folder", sign: "folder", input: { webkitdirectory: true } }, take),
  ];
}

function picker(label, { look, sign, input }, take) {
  const chosen = el("input", {
    type: "file",
    hidden: true,
    ...input,
    onchange: () => {
      const files = Array.from(chosen.files).filter((file) => !file.name.startsWith("."));
      // A folder comes in the order of its file system; single files in that of the picker.
      take(files.sort((one, other) => compareNames(one.webkitRelativePath, other.webkitRelativePath)));
      chosen.value = "";
    },
  });
  return [el("button", { type: "button", class: look, onclick: () => chosen.click() }, icon(sign), label), chosen];
}
