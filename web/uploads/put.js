/** Send a file by a presigned PUT, with progress, and notice when nothing moves. */

const STALLED_MS = 30_000;

/** An upload that was refused or that broke off. *expired*: its address is not valid any more. */
export class UploadError extends Error {
  /** @param {string} message @param {string} code @param {boolean} [expired] */
  constructor(message, code, expired = false) {
    super(message);
    this.code = code;
    this.expired = expired;
  }
}

/**
 * @param {{method: string, url: string, headers: Record<string, string>}} place
 * @param {File} file
 * @param {(sent: number) => void} onProgress  0 to 1
 * @param {AbortSignal} signal  cancels
 * @returns {Promise<void>}
 */
export function put({ method, url, headers }, file, onProgress, signal) {
  // XMLHttpRequest, because fetch() reports no upload progress.
  const request = new XMLHttpRequest();
  let timer;
  return new Promise((resolve, reject) => {
    const fail = (message, code, expired) => reject(new UploadError(message, code, expired));
    const watch = () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        fail("The upload stalled: nothing was sent for 30 seconds. Try again.", "STALLED");
        request.abort();
      }, STALLED_MS);
    };
    request.open(method, url);
    Object.entries(headers).forEach(([name, value]) => request.setRequestHeader(name, value));
    request.upload.addEventListener("progress", (event) => {
      watch();
      if (event.lengthComputable) onProgress(event.loaded / event.total);
    });
    request.addEventListener("load", () => {
      if (request.status >= 200 && request.status < 300) resolve();
      else fail(`The upload was refused (status ${request.status}). Try again.`, "REFUSED", request.status === 403);
    });
    request.addEventListener("error", () => fail("The upload was interrupted. Try again once the connection is back.", "INTERRUPTED"));
    request.addEventListener("abort", () => fail("The upload was cancelled.", "CANCELLED"));
    signal.addEventListener("abort", () => request.abort(), { once: true });
    watch();
    request.send(file);
  }).finally(() => clearTimeout(timer));
}
