/**
 * Pack files into a ZIP archive without compressing them: photos are compressed already.
 * Format: APPNOTE.TXT 6.3.10 (PKWARE), sections 4.3.7, 4.3.12 and 4.3.16; names in UTF-8 (bit 11 of 4.4.4).
 */

const UTF8 = 0x0800;
const VERSION = 20;
const MOST_BYTES = 0xffffffff;
const MOST_FILES = 0xffff;
const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  for (let bit = 0; bit < 8; bit++) byte = byte & 1 ? 0xedb88320 ^ (byte >>> 1) : byte >>> 1;
  return byte;
});

export class Zip {
  constructor() {
    this.parts = [];
    this.directory = [];
    this.names = new Set();
    this.bytes = 0;
  }

  /** @param {string} name  made unique when it is taken @param {Blob} file */
  async add(name, file) {
    const entry = { name: new TextEncoder().encode(this.unique(name)), size: file.size, crc: await crcOf(file), at: this.bytes };
    const head = header(0x04034b50, entry, 30);
    this.parts.push(head, entry.name, file);
    this.bytes += head.length + entry.name.length + file.size;
    this.directory.push(entry);
    if (this.bytes > MOST_BYTES || this.directory.length > MOST_FILES) throw new Error("This is more than 4 GB. Choose fewer photos at a time.");
  }

  /** @returns {Blob} */
  finish() {
    const entries = this.directory.flatMap((entry) => [header(0x02014b50, entry, 46), entry.name]);
    const size = entries.reduce((sum, { length }) => sum + length, 0);
    const end = new DataView(new ArrayBuffer(22));
    end.setUint32(0, 0x06054b50, true);
    end.setUint16(8, this.directory.length, true);
    end.setUint16(10, this.directory.length, true);
    end.setUint32(12, size, true);
    end.setUint32(16, this.bytes, true);
    return new Blob([...this.parts, ...entries, end], { type: "application/zip" });
  }

  unique(name) {
    const dot = name.lastIndexOf(".") > 0 ? name.lastIndexOf(".") : name.length;
    let found = name.replaceAll(/[/\\]/g, "_");
    for (let copy = 2; this.names.has(found); copy++) found = `${name.slice(0, dot)} (${copy})${name.slice(dot)}`;
    this.names.add(found);
    return found;
  }
}

/** Write the header before a file (30 bytes), or its entry in the directory (46 bytes). */
function header(signature, { name, size, crc, at }, length) {
  const view = new DataView(new ArrayBuffer(length));
  const inDirectory = length === 46;
  const from = inDirectory ? 2 : 0; // the directory names the writer's version first
  view.setUint32(0, signature, true);
  view.setUint16(4, VERSION, true);
  view.setUint16(4 + from, VERSION, true);
  view.setUint16(6 + from, UTF8, true);
  view.setUint16(12 + from, 0x21, true); // 1 January 1980: the earliest date that the format knows
  view.setUint32(14 + from, crc, true);
  view.setUint32(18 + from, size, true);
  view.setUint32(22 + from, size, true);
  view.setUint16(26 + from, name.length, true);
  if (inDirectory) view.setUint32(42, at, true);
  return new Uint8Array(view.buffer);
}

async function crcOf(file) {
  let crc = 0xffffffff;
  for await (const bytes of file.stream()) {
    for (let at = 0; at < bytes.length; at++) crc = TABLE[(crc ^ bytes[at]) & 255] ^ (crc >>> 8);
  }
  return (crc ^ 0xffffffff) >>> 0;
}
