/**
 * "Why does it look like this?": the receipt (how the renditions were made, how long it took, what it cost) in plain
 * words. Contract: `receipt` in docs/render.schema.json, as the item of the original keeps it, and the photo record.
 */

import { el } from "../lib/dom.js";
import { duration, money, moment, size } from "../lib/format.js";
import { inWords } from "./states.js";

const DECODERS = {
  native: "Decoded directly",
  heif: "Decoded by the HEIF decoder",
  pillow: "Decoded by the general decoder",
  "raw-preview": "The preview that the camera embedded",
  "raw-half": "Rendered from the sensor's data at half size",
  "raw-full": "Rendered from the sensor's data at full size",
};
const TURNS = {
  1: "Upright as stored",
  2: "Mirrored back",
  3: "Turned by 180°",
  4: "Turned upside down and mirrored",
  5: "Mirrored and turned by 90° counter-clockwise",
  6: "Turned by 90° clockwise",
  7: "Mirrored and turned by 90° clockwise",
  8: "Turned by 90° counter-clockwise",
};
// Steps that contain others: "render" is everything between download and upload.
const WHOLES = new Set(["render"]);

/** @param {Record<string, any>} photo  with its whole receipt @param {Record<string, any>} sizes  of the stack's outputs */
export function receiptParts(photo, sizes) {
  const receipt = photo.receipt || {};
  const rows = [...facts(photo), ...making(receipt), ...price(receipt, photo.requests_usd)].filter(([, text]) => text);
  return [
    ...warnings(photo, sizes).map((text) => el("p", { class: "remark" }, text)),
    el("dl", { class: "receipt" }, rows.map(([name, text]) => [el("dt", {}, name), el("dd", {}, text)])),
    timeline(receipt),
  ];
}

function facts(photo) {
  const format = String(photo.format || "").toUpperCase();
  return [
    ["File", photo.filename || photo.id],
    ["Original", photo.width && `${photo.width} × ${photo.height} px, ${format}${photo.file_size ? `, ${size(photo.file_size)}` : ""}`],
    ["Taken", photo.taken_at && moment(photo.taken_at)],
    ["Camera", camera(photo.camera || {})],
    ["State", ["active", "failed"].includes(photo.status) ? null : inWords(photo.status)],
  ];
}

function making(receipt) {
  return [
    ["Made from", madeFrom(receipt)],
    ["Why", receipt.decoder_why],
    ["Colour", receipt.colour],
    ["Orientation", TURNS[receipt.orientation]],
    ["Focus", receipt.focus],
    ["Profile", receipt.profile],
  ];
}

/** The receipt holds the function's time; *requests*: the price of the requests around one photo, USD. */
function price(receipt, requests = 0) {
  const { output_bytes: bytes, cost_usd: cost, engine = {} } = receipt;
  return [
    ["Renditions", bytes && `${size(bytes)} in all`],
    ["Memory", receipt.peak_memory_mib && `${receipt.peak_memory_mib} MiB${receipt.memory_mib ? ` of ${receipt.memory_mib}` : ""}`],
    ["Isolation", receipt.isolated && "Decoded in a process of its own"],
    ["Cost", cost !== undefined && `${money((Number(cost) + requests) * 1000)} for 1,000 photos like it`],
    ["Engine", Object.entries(engine).map(([name, version]) => `${name} ${version}`).join(", ")],
    ["Recipe", receipt.recipe],
  ];
}

/** Name the decoder of each size; one sentence if all have the same. */
function madeFrom({ decoder, sources = {} }) {
  const bySource = Map.groupBy(Object.entries(sources), ([, source]) => source);
  if (bySource.size < 2) return decoder && (DECODERS[decoder] || decoder);
  const parts = Array.from(bySource, ([source, entries]) => [entries.map(([name]) => name).join(", "), DECODERS[source] || source]);
  return parts.map(([names, words]) => el("span", { class: "source" }, `${names}: ${words[0].toLowerCase()}${words.slice(1)}`));
}

/** List remarks for photographers. */
function warnings(photo, sizes) {
  const receipt = photo.receipt || {};
  const sources = Object.values(receipt.sources || {});
  const largest = Math.max(...Object.values(sizes).map(({ width }) => width));
  return [
    receipt.extension_matches === false && `The content is ${String(receipt.detected_format).toUpperCase()}, unlike the file name.`,
    sources.length && sources.every((one) => one === "raw-preview") && "Made from the preview that the camera embedded, so it has the camera's look.",
    photo.width && Math.max(photo.width, photo.height) < largest && "The original is smaller than the largest size; nothing is ever enlarged.",
  ].filter(Boolean);
}

/** Show the time of each step as bars. */
function timeline({ total_ms: total, steps_ms: steps = {} }) {
  const parts = Object.entries(steps).filter(([name, ms]) => !WHOLES.has(name) && ms >= 1);
  if (!total || !parts.length) return null;
  const longest = Math.max(...parts.map(([, ms]) => ms));
  const rows = parts.sort(([, one], [, other]) => other - one).map(([name, ms]) => step(name, ms, longest));
  return el("section", { class: "timeline" }, el("h4", {}, `Made in ${duration(total)}`), el("ul", { role: "list" }, rows));
}

function step(name, ms, longest) {
  const bar = el("span", { class: "bar-of-time" });
  bar.style.setProperty("--share", ms / longest);
  return el("li", {}, el("span", {}, name), bar, el("span", { class: "ms" }, duration(ms)));
}

function camera({ make, model, lens, iso, exposure_s: exposure, aperture, focal_length_mm: focal }) {
  const shutter = exposure && (exposure < 0.4 ? `1/${Math.round(1 / exposure)} s` : `${exposure} s`);
  const name = make && model?.startsWith(make) ? model : [make, model].filter(Boolean).join(" ");
  return [name, lens, focal && `${focal} mm`, aperture && `f/${aperture}`, shutter, iso && `ISO ${iso}`].filter(Boolean).join(" · ");
}
