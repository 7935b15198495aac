/** Pack photos into ZIP files. The modules are loaded for the first one, or when this tab has some from before a reload. */

import { part } from "../lib/parts.js";
import { toast } from "../lib/toast.js";
import { kept } from "./kept.js";

export class Packing {
  /** @param {import("../lib/config.js").Config} config @param {HTMLElement} element  that shows them */
  constructor(config, element) {
    this.config = config;
    this.element = element;
    /** @type {Promise<import("./archives.js").Archives>|null} */
    this.archives = null;
    if (kept().length) this.load().catch((error) => toast(error.message));
  }

  /** @param {import("./api.js").Order} order */
  async start(order) {
    try {
      const archives = await this.load();
      await archives.start(order);
    } catch (error) {
      toast(error.message);
    }
  }

  load() {
    this.archives ??= part(() => import("./tray.js"), "archives/archives.css").then(
      ({ showArchives }) => showArchives(this.config, this.element),
      (error) => {
        this.archives = null;
        throw error;
      },
    );
    return this.archives;
  }
}
