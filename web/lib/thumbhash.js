/**
 * Decode ThumbHash placeholders: about 25 bytes that hold a blurred version of a photo.
 *
 * The format (https://evanw.github.io/thumbhash/): a header of five bytes with the averages and scales of luminance
 * (L), two colour differences (P, Q) and opacity (A), then the low-frequency cosine terms of each, four bits apiece.
 */

const SIDE = 32;

/**
 * Draw a placeholder.
 * @param {string} text  the hash in base64, as photo records hold it
 * @returns {string} a data: URL of a picture of at most 32 px, or "" when the text is no hash
 */
export function placeholderUrl(text) {
  const bytes = decoded(text);
  if (bytes.length < 5) return "";
  const { width, height, pixels } = drawn(bytes);
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  canvas.getContext("2d").putImageData(new ImageData(pixels, width, height), 0, 0);
  return canvas.toDataURL("image/png");
}

function decoded(text) {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return new Uint8Array();
  }
}

/** @param {Uint8Array} bytes */
export function drawn(bytes) {
  const head = header(bytes);
  const channels = terms(bytes, head);
  const width = Math.round(head.aspect > 1 ? SIDE : SIDE * head.aspect);
  const height = Math.round(head.aspect > 1 ? SIDE / head.aspect : SIDE);
  const pixels = new Uint8ClampedArray(width * height * 4);
  const across = waves(width);
  const down = waves(height);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += 4) {
      const [l, p, q, a] = channels.map((channel) => valueAt(channel, across[x], down[y]));
      const b = l - (2 / 3) * p;
      const r = (3 * l - b + q) / 2;
      pixels.set([255 * r, 255 * (r - q), 255 * b, 255 * a], at);
    }
  }
  return { width, height, pixels };
}

function header(bytes) {
  const first = bytes[0] | (bytes[1] << 8) | (bytes[2] << 16);
  const second = bytes[3] | (bytes[4] << 8);
  const alpha = Boolean(first >> 23);
  const landscape = Boolean(second >> 15);
  const longest = alpha ? 5 : 7;
  const shorter = Math.max(3, second & 7);
  const [lx, ly] = landscape ? [longest, shorter] : [shorter, longest];
  return {
    alpha,
    lx,
    ly,
    aspect: (landscape ? longest : second & 7) / (landscape ? second & 7 : longest),
    l: { mean: (first & 63) / 63, scale: ((first >> 18) & 31) / 31 },
    p: { mean: ((first >> 6) & 63) / 31.5 - 1, scale: ((second >> 3) & 63) / 63 },
    q: { mean: ((first >> 12) & 63) / 31.5 - 1, scale: ((second >> 9) & 63) / 63 },
    a: alpha ? { mean: (bytes[5] & 15) / 15, scale: (bytes[5] >> 4) / 15 } : { mean: 1, scale: 0 },
  };
}

function terms(bytes, head) {
  const next = nibbles(bytes, head.alpha ? 6 : 5);
  const saturated = 1.25; // the encoder damps colour; this undoes it
  return [
    channel(head.l, head.lx, head.ly, 1, next),
    channel(head.p, 3, 3, saturated, next),
    channel(head.q, 3, 3, saturated, next),
    head.alpha ? channel(head.a, 5, 5, 1, next) : { mean: 1, parts: [] },
  ];
}

function channel({ mean, scale }, nx, ny, boost, next) {
  const parts = [];
  for (let y = 0; y < ny; y++) {
    for (let x = y ? 0 : 1; x * ny < nx * (ny - y); x++) {
      parts.push({ x, y, factor: (next() / 7.5 - 1) * scale * boost });
    }
  }
  return { mean, parts };
}

function nibbles(bytes, start) {
  let index = 0;
  return () => {
    const byte = bytes[start + (index >> 1)] ?? 0;
    return (byte >> ((index++ & 1) << 2)) & 15;
  };
}

/** Cosines of each position for the frequencies 0 to 6. */
function waves(size) {
  return Array.from({ length: size }, (_, at) =>
    Array.from({ length: 7 }, (_, frequency) => Math.cos((Math.PI / size) * (at + 0.5) * frequency)),
  );
}

function valueAt({ mean, parts }, across, down) {
  return parts.reduce((sum, { x, y, factor }) => sum + factor * across[x] * down[y] * 2, mean);
}
