/** Upload local files to the edit API's slots: a form posted straight to the bucket (`POST /image-edit/uploads`). */

/**
 * @param {{upload: {url: string, fields: Record<string, string>}}} slot
 * @param {File} file
 * @param {(share: number) => void} onProgress  0 to 1
 * @returns {Promise<void>}
 */
export function post({ upload }, file, onProgress) {
  const form = new FormData();
  for (const [name, value] of Object.entries(upload.fields)) form.append(name, value);
  form.append("file", file); // S3 ignores every field after the file
  // fetch() reports no upload progress; XMLHttpRequest does.
  const request = new XMLHttpRequest();
  return new Promise((resolve, reject) => {
    request.upload.addEventListener("progress", ({ loaded, total }) => onProgress(loaded / total));
    request.addEventListener("load", () => {
      if (request.status < 300) resolve();
      else reject(new Error(`The file was not accepted (status ${request.status}). Choose it again.`));
    });
    request.addEventListener("error", () => reject(new Error("The upload was interrupted. Choose the file again.")));
    request.open("POST", upload.url);
    request.send(form);
  });
}
