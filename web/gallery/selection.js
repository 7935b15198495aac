/** The chosen photos, and the bar of actions for them. */

import { confirmed } from "../lib/confirm.js";
import { el } from "../lib/dom.js";
import { counted } from "../lib/format.js";
import { icon } from "../lib/icons.js";

export class Selection {
  /** @param {{grid: import("./grid.js").Grid, remove: (id: string) => Promise<boolean>}} how */
  constructor({ grid, remove }) {
    this.grid = grid;
    this.removeOne = remove;
    this.ids = new Set();
    this.count = el("p", { role: "status" });
    this.edit = el("a", { class: "button primary" }, icon("edit"), "Edit");
    this.element = el(
      "section",
      { class: "selection", "aria-label": "Chosen photos", hidden: true },
      this.count,
      this.edit,
      el("button", { type: "button", class: "quiet delete", onclick: () => this.remove() }, icon("remove"), el("span", {}, "Delete")),
      el("button", { type: "button", class: "quiet round", "aria-label": "Choose none", onclick: () => this.clear() }, icon("close")),
    );
  }

  /** @param {string} id @param {boolean} chosen */
  set(id, chosen) {
    if (chosen) this.ids.add(id);
    else this.ids.delete(id);
    this.count.textContent = `${counted(this.ids.size, "photo")} chosen`;
    this.edit.setAttribute("href", `#/editor?photos=${Array.from(this.ids, encodeURIComponent).join(",")}`);
    this.element.hidden = !this.ids.size;
  }

  clear() {
    for (const id of this.ids) {
      const box = this.grid.tiles.get(id)?.element.querySelector("input");
      if (box) box.checked = false;
      this.set(id, false);
    }
  }

  async remove() {
    const ids = Array.from(this.ids);
    const title = `Delete ${counted(ids.length, "photo")}?`;
    const text = "The originals and all their renditions are deleted. This cannot be undone.";
    if (!(await confirmed({ title, text, action: "Delete" }))) return;
    for (const id of ids) await this.removeOne(id);
  }
}
