/**
 * The pictures of the editor and their versions. Every edit adds a version and none is ever lost, so undo goes back to
 * the version that the edit started from.
 */

/**
 * @typedef {Object} Version
 * @property {string} source    how the edit API reads it: `photo://…`, `upload://…`, or its address at our CDN
 * @property {string} preview   how the page shows it; "" when it cannot
 * @property {string} label     what was done
 * @property {number} [parent]  place of the version that it was made from
 * @property {number} [width]
 * @property {number} [height]
 * @property {number} [size]    bytes
 * @property {string} [format]
 * @property {string} [name]    file name, of results
 * @property {string} [id]      of results
 * @property {string[]} [notes] deviations from the request, with reasons
 * @property {string} [unseen]  why there is no preview
 */

/** @typedef {{kind: "ready"|"busy"|"failed"|"cancelled", percent?: number, message?: string}} State */

export class Picture {
  /** @param {{name: string, thumb?: string, gallery?: string, original: Partial<Version>}} what  *gallery*: where results are saved */
  constructor({ name, thumb = "", gallery, original }) {
    this.id = crypto.randomUUID();
    this.name = name;
    this.thumb = thumb;
    this.gallery = gallery;
    this.versions = [{ source: "", preview: "", label: "Original", ...original }];
    this.at = 0;
    /** @type {State} */
    this.state = { kind: "ready" };
  }

  /** @param {any} saved  a picture that went through JSON */
  static revive(saved) {
    return Object.assign(new Picture({ ...saved, original: {} }), saved);
  }

  /** Release the object URL of a local file. */
  forget() {
    if (this.original.preview.startsWith("blob:")) URL.revokeObjectURL(this.original.preview);
  }

  get original() {
    return this.versions[0];
  }

  get current() {
    return this.versions[this.at];
  }

  /** Return whether it can be edited: it has an address and no edit runs. */
  get editable() {
    return this.current.source !== "" && this.state.kind !== "busy";
  }

  /** Add a result; the same one twice counts once. @param {any} result `result` of the API @param {string} label @param {number} parent */
  add(result, label, parent) {
    const known = this.versions.findIndex((one) => one.id === result.id);
    if (known < 0) this.versions.push(versionOf(result, label, parent));
    this.at = known < 0 ? this.versions.length - 1 : known;
    this.state = { kind: "ready" };
  }

  /** The version in view, if it is a result. */
  get result() {
    return this.current.id ? this.current : null;
  }

  undo() {
    this.at = this.current.parent ?? this.at;
  }

  /** Go back to the newest version that was made from this one. */
  redo() {
    const next = this.versions.findLastIndex((one) => one.parent === this.at);
    if (next > 0) this.at = next;
  }

  get undoable() {
    return this.current.parent !== undefined;
  }

  get redoable() {
    return this.versions.some((one) => one.parent === this.at);
  }
}

function versionOf({ id, url, name, format, width, height, size, metadata }, label, parent) {
  // Results are on our CDN; the worker reads those from the bucket, not over the network.
  return { id, source: url, preview: url, label, parent, name, format, width, height, size, notes: metadata?.notes || [] };
}
