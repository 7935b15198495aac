/** One ZIP file in the tray: its progress, its link, or why there is none. */

import { confirmed } from "../lib/confirm.js";
import { copy } from "../lib/copy.js";
import { can, el, fill } from "../lib/dom.js";
import { keepFocus } from "../lib/focus.js";
import { icon } from "../lib/icons.js";
import { named } from "../lib/names.js";
import { contentInWords, noteInWords, progressInWords, sizeInWords, subject, title } from "./words.js";

const WITHDRAWN = "The link stops working for everybody who has it. This cannot be undone.";

export class Row {
  /** @param {import("./archives.js").Archives} archives @param {import("./archives.js").Archive} archive */
  constructor(archives, archive) {
    this.archives = archives;
    this.archive = archive;
    this.said = el("span", {});
    this.note = el("p", { class: "note" });
    this.bar = el("progress", { max: 1, "aria-label": `Packing ${title(archive)}` });
    this.actions = el("div", { class: "actions" });
    const what = el("p", {}, el("strong", {}, named(subject(archive.order))), el("span", {}, `, ${sizeInWords(archive.order)}`));
    this.element = el("li", {}, el("div", { class: "what" }, what, this.said, this.note), this.actions, this.bar);
  }

  /** Show it as it is. @returns {boolean} whether its state has changed */
  show() {
    const { archive } = this;
    const { document, ending } = archive;
    const state = archive.state === "asking" ? "processing" : archive.state;
    const changed = state !== this.state;
    this.state = state;
    this.bar.hidden = state !== "processing";
    if (document?.total) this.bar.value = (document.files + document.leftOut) / document.total;
    else this.bar.removeAttribute("value");
    this.write();
    if (changed) keepFocus(this.actions, () => fill(this.actions, this.buttons()), () => this.actions.firstElementChild);
    for (const button of this.actions.querySelectorAll(".ends")) can(button, !ending);
    return changed;
  }

  write() {
    const { archive } = this;
    const complete = this.state === "complete";
    const failed = this.state === "error";
    this.said.textContent = failed ? "" : complete ? contentInWords(archive) : progressInWords(archive);
    this.note.textContent = failed ? archive.error : complete ? noteInWords(archive) : archive.trouble;
    this.note.classList.toggle("bad", failed || Boolean(archive.trouble));
  }

  buttons() {
    const { archive, archives } = this;
    if (this.state === "complete") return this.linkButtons();
    if (this.state === "error") return [this.button("Try again", () => archives.again(archive)), this.dismiss()];
    return this.button("Cancel", () => archives.cancel(archive), "quiet ends");
  }

  linkButtons() {
    const { archive, archives } = this;
    const href = archives.api.linkOf(archive.document);
    const check = (event) => archives.works(archive) || event.preventDefault();
    return [
      // In a tab of its own, which ends with the download: from here, the browser would ask whether to leave running uploads.
      el("a", { class: "button", href, target: "_blank", rel: "noopener", "aria-label": `Download: ${title(archive)}`, onclick: check }, icon("save"), "Download"),
      copy("Copy link", href, { class: "quiet", "aria-label": `Copy link: ${title(archive)}` }),
      this.button("Withdraw link", () => this.withdraw(), "quiet ends"),
      this.dismiss(),
    ];
  }

  button(words, act, look = "") {
    return el("button", { type: "button", class: look, "aria-label": `${words}: ${title(this.archive)}`, onclick: act }, words);
  }

  dismiss() {
    return el("button", { type: "button", class: "quiet round", "aria-label": `Dismiss: ${title(this.archive)}`, onclick: () => this.archives.dismiss(this.archive) }, icon("close"));
  }

  async withdraw() {
    if (await confirmed({ title: "Withdraw the link?", text: WITHDRAWN, action: "Withdraw" })) await this.archives.cancel(this.archive);
  }
}
