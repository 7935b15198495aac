/**
 * The table: the pictures of the editor, which of them is in view, and the edits that run on them. It outlives the view,
 * and in this tab a reload too (sessionStorage).
 */

import { Picture } from "./pictures.js";

const KEY = "darkroom-table";
const SAVE_MS = 200;
const LOST = "The upload was interrupted. Add the file again.";
const UNSEEN = "After a reload this page cannot show a file of your device. It can be edited all the same.";

/** One for the page. @type {Table|null} */
let table = null;

/** @returns {Table} */
export function theTable() {
  return (table ??= Table.load());
}

class Table {
  constructor() {
    /** @type {Picture[]} */
    this.pictures = [];
    /** @type {Picture|undefined} */
    this.chosen = undefined;
    /** Sessions that run: label, and by image id the version that was edited. @type {Map<string, {label: string, parents: Record<string, number>}>} */
    this.sessions = new Map();
    this.onChange = () => {};
    /** A session has started for a view that has ended. @type {(id: string) => void} */
    this.onSession = () => {};
  }

  static load() {
    const loaded = new Table();
    try {
      const { pictures, chosen, sessions } = JSON.parse(sessionStorage.getItem(KEY));
      loaded.pictures = pictures.map(revived);
      loaded.chosen = loaded.pictures[chosen];
      loaded.sessions = new Map(sessions);
    } catch {
      // Nothing was kept, or by another release of this page.
    }
    return loaded;
  }

  /** Show and keep what has changed. */
  changed() {
    this.onChange();
    this.saving ??= setTimeout(() => this.save(), SAVE_MS);
  }

  /** Keep a session that a former view has started, and let the view of now follow it. @param {string} id */
  startedElsewhere(id) {
    this.save();
    this.onSession(id);
  }

  save() {
    clearTimeout(this.saving);
    this.saving = null;
    const { pictures, chosen, sessions } = this;
    try {
      sessionStorage.setItem(KEY, JSON.stringify({ pictures, chosen: pictures.indexOf(chosen), sessions: Array.from(sessions) }));
    } catch {
      // The browser allows no storage: the table ends with the page.
    }
  }

  /** Put pictures on the table; the first comes into view. @param {Picture[]} pictures */
  add(pictures) {
    this.pictures.push(...pictures);
    this.chosen = pictures[0] || this.chosen;
    this.changed();
  }

  /** Put only these on the table. @param {Picture[]} pictures */
  replace(pictures) {
    for (const picture of this.pictures) if (!pictures.includes(picture)) picture.forget();
    this.pictures = [];
    this.add(pictures);
  }

  /** Find the picture on the table with the same original: it has its versions. @param {Picture} picture */
  known(picture) {
    return this.pictures.find(({ original }) => original.source === picture.original.source) || picture;
  }

  /** @param {Picture} picture */
  remove(picture) {
    const at = this.pictures.indexOf(picture);
    this.pictures.splice(at, 1);
    picture.forget();
    this.chosen = this.pictures[Math.min(at, this.pictures.length - 1)];
    this.changed();
  }
}

function revived(saved) {
  const picture = Picture.revive(saved);
  const { original, state } = picture;
  if (original.preview.startsWith("blob:")) {
    Object.assign(original, { preview: "", unseen: UNSEEN });
    picture.thumb = "";
  }
  if (!original.source) picture.state = { kind: "failed", message: LOST };
  else if (state.kind === "busy") picture.state = { kind: "ready" };
  return picture;
}
