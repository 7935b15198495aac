/** The ZIP files below the navigation, in every view: how far they are, and their links. Elements are kept between updates. */

import { el, fill } from "../lib/dom.js";
import { keepFocus } from "../lib/focus.js";
import { ArchiveApi } from "./api.js";
import { Archives } from "./archives.js";
import { Row } from "./row.js";
import { newsOf } from "./words.js";

const SAID_MS = 100;

/**
 * Show the ZIP files that this tab has asked for.
 * @param {import("../lib/config.js").Config} config @param {HTMLElement} element
 * @returns {Archives}
 */
export function showArchives(config, element) {
  const archives = new Archives(new ArchiveApi(config));
  new ArchiveTray(archives, element);
  archives.resume();
  return archives;
}

class ArchiveTray {
  /** @param {Archives} archives @param {HTMLElement} element */
  constructor(archives, element) {
    this.archives = archives;
    this.element = element;
    /** @type {Map<import("./archives.js").Archive, Row>} */
    this.rows = new Map();
    this.said = el("p", { class: "hidden-visually", role: "status" });
    this.list = el("ul", { role: "list" });
    fill(element, this.said, this.list);
    archives.onChange = () => this.draw();
  }

  draw() {
    const { all } = this.archives;
    this.element.hidden = !all.length;
    for (const [archive, { element }] of this.rows) {
      if (all.includes(archive)) continue;
      const next = element.nextElementSibling || element.previousElementSibling;
      keepFocus(element, () => element.remove(), () => next?.querySelector("a, button"));
      this.rows.delete(archive);
    }
    for (const archive of all) this.show(archive);
  }

  show(archive) {
    if (!this.rows.has(archive)) {
      const row = new Row(this.archives, archive);
      this.rows.set(archive, row);
      this.list.append(row.element);
    }
    if (this.rows.get(archive).show()) this.say(newsOf(archive));
  }

  /** Say what has changed. A screen reader misses what is in an element that was hidden just now. */
  say(text) {
    setTimeout(() => (this.said.textContent = text), SAID_MS);
  }
}
