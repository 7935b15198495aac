/** What is done with results: saved on this device, one or all, or put into the gallery as photos. */

import { isSigned } from "../lib/config.js";
import { el } from "../lib/dom.js";
import { counted } from "../lib/format.js";
import { inLanes } from "../lib/lanes.js";
import { menu } from "../lib/menu.js";
import { bytesOf, save } from "../lib/save.js";
import { toast } from "../lib/toast.js";

/** @typedef {import("./pictures.js").Picture} Picture */

export class Results {
  /**
   * @param {{config: import("../lib/config.js").Config, table: ReturnType<import("./table.js").theTable>,
   *          uploads: import("../uploads/uploads.js").Uploads}} how
   */
  constructor({ config, table, uploads }) {
    this.config = config;
    this.table = table;
    this.uploads = uploads;
    this.element = menu("save", "Results", () => this.entries());
  }

  get edited() {
    return this.table.pictures.filter(({ result }) => result);
  }

  show() {
    this.element.hidden = !this.edited.length;
  }

  /** Entries of the menu for all results. */
  entries() {
    const all = this.edited;
    const entry = (words, act) => el("button", { type: "button", onclick: act }, words);
    return [entry(`Download ${counted(all.length, "result")}`, () => this.download(all)), entry("Save all to the gallery", () => this.keep(all))];
  }

  entry({ name, preview }) {
    return { name, url: preview, signed: isSigned(this.config, preview) };
  }

  /** Save results on this device. @param {Picture[]} pictures */
  async download(pictures) {
    const entries = pictures.map(({ result }) => this.entry(result));
    try {
      const errors = await save(entries, "results.zip");
      if (errors.length) toast(`${counted(errors.length, "result")} could not be read: ${errors[0].message}`);
    } catch (error) {
      toast(error.message);
    }
  }

  /** Put results into the gallery as photos. @param {Picture[]} pictures */
  async keep(pictures) {
    const { errors } = await inLanes(pictures, async ({ result, gallery }) => {
      const bytes = await bytesOf(this.entry(result));
      this.uploads.add([new File([bytes], result.name, { type: bytes.type })], gallery || null);
    });
    if (errors.length) toast(`${counted(errors.length, "result")} could not be read: ${errors[0].message}`);
  }
}
