/**
 * Refuse files before upload that the pipeline would skip by their extension (processor/keys.py), leaving their record
 * pending. All other files are judged by the pipeline, by their content.
 */

const KINDS = [
  ["This is a video. Only photos are accepted.", "VIDEO", "3g2 3gp avi flv insv m2ts m4v mkv mov mp4 mpeg mpg mts mxf ogv webm wmv"],
  ["This is an archive. Unpack it and add the photos.", "ARCHIVE", "7z bz2 gz rar tar tgz xz zip zst"],
  ["This is a drawing. Only photos are accepted.", "SVG", "svg svgz"],
  ["This is a PDF document. Only photos are accepted.", "PDF", "pdf"],
];

/** @param {File} file @returns {{message: string, code: string}|null} */
export function unfit(file) {
  if (!file.size) return { message: "The file is empty.", code: "EMPTY" };
  const extension = file.name.includes(".") ? file.name.split(".").pop().toLowerCase() : "";
  const kind = KINDS.find(([, , extensions]) => extensions.split(" ").includes(extension));
  return kind ? { message: kind[0], code: kind[1] } : null;
}
