/**
 * Uploads: each file is announced (its record is pending), then sent by a presigned PUT straight to the originals
 * bucket, four at a time. What fails stays, says why, and can be tried again.
 */

const AT_ONCE = 4;

/**
 * @typedef {Object} Upload
 * @property {File} file
 * @property {"waiting"|"sending"|"sent"|"failed"} state
 * @property {number} sent  0 to 1
 * @property {string} [why]
 * @property {import("./photos.js").Photo} [photo]  its record, once it is announced
 */

export class Uploads {
  /** @param {import("./photos.js").Photos} photos @param {(upload: Upload) => void} onChange */
  constructor(photos, onChange) {
    this.photos = photos;
    this.onChange = onChange;
    this.queue = [];
    this.running = 0;
  }

  /** @param {Iterable<File>} files @returns {Upload[]} */
  add(files) {
    const added = Array.from(files, (file) => ({ file, state: "waiting", sent: 0 }));
    this.queue.push(...added);
    added.forEach(this.onChange);
    this.next();
    return added;
  }

  /** @param {Upload} upload */
  again(upload) {
    this.change(upload, { state: "waiting", sent: 0, why: undefined });
    this.queue.push(upload);
    this.next();
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
    this.change(upload, { state: "sending" });
    try {
      if (!upload.file.size) throw new Error("The file is empty.");
      // A record that is there already is used again; its upload address lives for an hour.
      upload.announced ??= await this.photos.announce(upload.file);
      this.change(upload, { photo: upload.announced.photo });
      await put(upload.announced.upload, upload.file, (sent) => this.change(upload, { sent }));
      this.change(upload, { state: "sent", sent: 1 });
    } catch (error) {
      this.change(upload, { state: "failed", why: error.message });
    }
  }

  change(upload, what) {
    Object.assign(upload, what);
    this.onChange(upload);
  }
}

/** fetch() cannot tell how much was sent; XMLHttpRequest can. */
function put({ method, url, headers }, file, onProgress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(method, url);
    Object.entries(headers).forEach(([name, value]) => request.setRequestHeader(name, value));
    request.upload.addEventListener("progress", (event) => event.lengthComputable && onProgress(event.loaded / event.total));
    request.addEventListener("load", () => {
      if (request.status >= 200 && request.status < 300) resolve();
      else reject(new Error(`The upload was refused (status ${request.status}).`));
    });
    request.addEventListener("error", () => reject(new Error("The upload was interrupted.")));
    request.send(file);
  });
}
