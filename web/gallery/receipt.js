/**
 * "Why does it look like this?": a receipt in plain words. Contract: the receipt of docs/render.schema.json, as
 * manifests keep it.
 */

import { el } from "../lib/dom.js";
import { duration, money, moment, size } from "../lib/format.js";

const DECODERS = {
  native: "Decoded directly",
  heif: "Decoded by the HEIF decoder",
  pillow: "Decoded by the general decoder",
  "raw-preview": "Taken from the preview that the camera embedded in the RAW file",
  "raw-half": "Developed from the sensor's data at half size",
  "raw-full": "Developed from the sensor's data at full size",
};
const TURNS = {
  1: "As stored",
  2: "Mirrored",
  3: "Turned by 180°",
  4: "Mirrored upside down",
  5: "Mirrored and turned by 90°",
  6: "Turned by 90° clockwise",
  7: "Mirrored and turned by 270°",
  8: "Turned by 90° counter-clockwise",
};

/** @param {Record<string, any>} photo  with its whole receipt */
export function receiptList(photo) {
  const rows = [...facts(photo), ...making(photo.receipt || {})].filter(([, text]) => text);
  return el("dl", { class: "receipt" }, rows.map(([name, text]) => [el("dt", {}, name), el("dd", {}, text)]));
}

function facts(photo) {
  return [
    ["File", photo.filename],
    ["Original", `${photo.width} × ${photo.height} px, ${String(photo.format).toUpperCase()}${megabytes(photo)}`],
    ["Taken", photo.taken_at && moment(photo.taken_at)],
    ["Camera", camera(photo.camera || {})],
  ];
}

function making(receipt) {
  if (!receipt.decoder) return [];
  const several = new Set(Object.values(receipt.sources || {})).size > 1;
  return [
    ["Decoder", `${DECODERS[receipt.decoder] || receipt.decoder}${receipt.decoder_why ? `: ${receipt.decoder_why}` : ""}`],
    ["By size", several && Object.entries(receipt.sources).map(([name, by]) => `${name}: ${by}`).join(", ")],
    ["Name", receipt.extension_matches === false && `The file is a ${receipt.detected_format}, whatever its name says`],
    ["Colour", receipt.colour],
    ["Orientation", TURNS[receipt.orientation]],
    ["Where", receipt.isolated === undefined ? null : receipt.isolated ? "In a process of its own" : "In the function itself"],
    ["Time", receipt.total_ms && `${duration(receipt.total_ms)}${slowest(receipt.steps_ms)}`],
    ["Memory", receipt.peak_memory_mib && `${receipt.peak_memory_mib} MiB of ${receipt.memory_mib || "?"} MiB`],
    ["Renditions", receipt.output_bytes && size(receipt.output_bytes)],
    ["Cost", receipt.cost_usd !== undefined && `${money(Number(receipt.cost_usd))} (${money(receipt.cost_usd * 1000)} per 1,000 such photos)`],
    ["Engine", receipt.engine && Object.entries(receipt.engine).map(([name, version]) => `${name} ${version}`).join(", ")],
    ["Recipe", receipt.recipe],
  ];
}

function megabytes(photo) {
  return photo.file_size ? `, ${size(photo.file_size)}` : "";
}

function camera({ make, model, lens, iso, exposure_s: exposure, aperture, focal_length_mm: focal }) {
  const shutter = exposure && (exposure < 1 ? `1/${Math.round(1 / exposure)} s` : `${exposure} s`);
  const name = model?.startsWith(make) ? model : [make, model].filter(Boolean).join(" ");
  return [name, lens, focal && `${focal} mm`, aperture && `f/${aperture}`, shutter, iso && `ISO ${iso}`].filter(Boolean).join(" · ");
}

function slowest(steps = {}) {
  const [name, ms] = Object.entries(steps).sort(([, one], [, other]) => other - one)[0] || [];
  return name ? `, most of it for “${name}” (${duration(ms)})` : "";
}
