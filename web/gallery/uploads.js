/**
 * Uploads: each file is announced (its record is pending), then sent by a presigned PUT straight to the originals
 * bucket, four at a time. A failed upload stays, shows its reason, and can be tried again.
 */

import { Offline } from "../lib/http.js";
import { unfit } from "./unfit.js";

const AT_ONCE = 4;

/**
 * @typedef {Object} Upload
 * @property {File} file
 * @property {"waiting"|"sending"|"sent"|"failed"} state
 * @property {number} sent  0 to 1
 * @property {{message: string, code: string, again: boolean}} [error]  *again*: another attempt can help
 * @property {{photo: import("./photos.js").Photo, upload: any}} [announced]  its record and where to put it
 */

export class Uploads {
  /** @param {import("./photos.js").Photos} photos @param {(upload: Upload) => void} onChange */
  constructor(photos, onChange) {
    this.photos = photos;
    this.onChange = onChange;
    this.queue = [];
    this.running = 0;
  }

  /** @param {Iterable<File>} files */
  add(files) {
    const added = Array.from(files, (file) => ({ file, state: "waiting", sent: 0 }));
    this.queue.push(...added);
    // Last file first: each is inserted at the beginning of the grid, so the first ends there.
    added.toReversed().forEach(this.onChange);
    this.next();
  }

  /** @param {Upload} upload */
  again(upload) {
    this.change(upload, { state: "waiting", sent: 0, error: undefined });
    this.queue.push(upload);
    this.next();
  }

  /** Return whether leaving the page now would lose uploads. */
  get busy() {
    return this.running > 0;
  }

  next() {
    while (this.running < AT_ONCE && this.queue.length) {
      this.running += 1;
      this.send(this.queue.shift()).finally(() => {
        this.running -= 1;
        this.next();
      });
    }
  }

  async send(upload) {
    const why = unfit(upload.file);
    if (why) return this.change(upload, { state: "failed", error: { ...why, again: false } });
    this.change(upload, { state: "sending" });
    try {
      // Reuse an existing record; its upload address expires after an hour.
      upload.announced ??= await this.photos.announce(upload.file);
      this.change(upload, {});
      await put(upload.announced.upload, upload.file, (sent) => this.change(upload, { sent }));
      this.change(upload, { state: "sent", sent: 1 });
    } catch (error) {
      const code = error instanceof Offline ? "OFFLINE" : error.code || "NOT_UPLOADED";
      this.change(upload, { state: "failed", error: { message: error.message, code, again: true } });
    }
  }

  change(upload, what) {
    Object.assign(upload, what);
    this.onChange(upload);
  }
}

/** PUT a file; XMLHttpRequest, because fetch() reports no upload progress. */
function put({ method, url, headers }, file, onProgress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(method, url);
    Object.entries(headers).forEach(([name, value]) => request.setRequestHeader(name, value));
    request.upload.addEventListener("progress", (event) => event.lengthComputable && onProgress(event.loaded / event.total));
    request.addEventListener("load", () => {
      if (request.status >= 200 && request.status < 300) resolve();
      else reject(new Error(`The upload was refused (status ${request.status}). Add the file again.`));
    });
    request.addEventListener("error", () => reject(new Error("The upload was interrupted. Try again once the connection is back.")));
    request.send(file);
  });
}
