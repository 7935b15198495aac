/** Upload local files to the edit API's slots: one PUT straight to the bucket (`POST /image-edit/uploads`). */

/** The slot has its file: an answer was lost, and the browser sent the request again. */
const THERE_ALREADY = 412;

/**
 * @param {{upload: {url: string, headers: Record<string, string>}}} slot
 * @param {File} file
 * @param {(share: number) => void} onProgress  0 to 1
 * @returns {Promise<void>}
 */
export function put({ upload }, file, onProgress) {
  // fetch() reports no upload progress; XMLHttpRequest does.
  const request = new XMLHttpRequest();
  return new Promise((resolve, reject) => {
    request.upload.addEventListener("progress", ({ loaded, total }) => onProgress(loaded / total));
    request.addEventListener("load", () => {
      if (request.status < 300 || request.status === THERE_ALREADY) resolve();
      else reject(new Error(`The file was not accepted (status ${request.status}). Choose it again.`));
    });
    request.addEventListener("error", () => reject(new Error("The upload was interrupted. Choose the file again.")));
    request.open("PUT", upload.url);
    for (const [name, value] of Object.entries(upload.headers)) request.setRequestHeader(name, value);
    request.send(file);
  });
}
