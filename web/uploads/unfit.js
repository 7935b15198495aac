/**
 * Tell before an upload what is no photo. Files that the pipeline would skip by their extension (processor/keys.py) are
 * refused with a reason; files that lie beside photos are left out. All others are judged by the pipeline, by their content.
 */

const KINDS = [
  ["This is a video. Only photos are accepted.", "VIDEO", "3g2 3gp avi flv insv m2ts m4v mkv mov mp4 mpeg mpg mts mxf ogv webm wmv"],
  ["This is an archive. Unpack it and add the photos.", "ARCHIVE", "7z bz2 gz rar tar tgz xz zip zst"],
  ["This is a drawing. Only photos are accepted.", "SVG", "svg svgz"],
  ["This is a PDF document. Only photos are accepted.", "PDF", "pdf"],
];
// Settings of raw converters, catalogues, thumbnails of cameras and systems, notes.
const BESIDE = new Set("aae cop cos ctg dat db dop ds_store html ini json log lrcat lrdata lrprev lrv md nksc on1 pp3 txt thm url xml xmp".split(" "));

/** @param {File} file @returns {{message: string, code: string}|null} */
export function unfit(file) {
  if (!file.size) return { message: "The file is empty.", code: "EMPTY" };
  const kind = KINDS.find(([, , extensions]) => extensions.split(" ").includes(extensionOf(file)));
  return kind ? { message: kind[0], code: kind[1] } : null;
}

/** Return whether a file is one that lies beside photos. @param {File} file */
export function liesBeside(file) {
  return BESIDE.has(extensionOf(file));
}

function extensionOf({ name }) {
  return name.includes(".") ? name.split(".").pop().toLowerCase() : "";
}
