/**
 * Files that the rendition line would skip without a word to their record (processor/keys.py): said before a byte is
 * sent. Whether anything else is a photo is for the line to say, which looks at the content and not at the name.
 */

const KINDS = [
  ["A video: only photos are developed.", "VIDEO", "3g2 3gp avi flv insv m2ts m4v mkv mov mp4 mpeg mpg mts mxf ogv webm wmv"],
  ["An archive: unpack it and add the photos.", "ARCHIVE", "7z bz2 gz rar tar tgz xz zip zst"],
  ["A drawing: only photos are developed.", "SVG", "svg svgz"],
  ["A PDF document: only photos are developed.", "PDF", "pdf"],
];

/** @param {File} file @returns {{message: string, code: string}|null} */
export function unfit(file) {
  if (!file.size) return { message: "The file is empty.", code: "EMPTY" };
  const extension = file.name.includes(".") ? file.name.split(".").pop().toLowerCase() : "";
  const kind = KINDS.find(([, , extensions]) => extensions.split(" ").includes(extension));
  return kind ? { message: kind[0], code: kind[1] } : null;
}
