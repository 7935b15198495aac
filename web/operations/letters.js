/** The dead letters of one queue: what each is about, how old it is, its error and body; redrive or discard one. */

import { confirmed } from "../lib/confirm.js";
import { el, fill } from "../lib/dom.js";
import { inherit } from "../lib/focus.js";
import { counted, moment } from "../lib/format.js";
import { icon } from "../lib/icons.js";
import { toast } from "../lib/toast.js";

const CODES = {
  NO_ERROR_RECORDED: "No error was recorded: search the logs",
  NO_RECORD: "The photo has no record",
  NO_S3_EVENT: "The message is no event of S3",
  NO_EDIT_JOB: "The message is no edit job",
  NO_SESSION: "The edit session does not exist any more",
};

export class Letters {
  /** @param {{api: import("./api.js").Operations, onChange: () => Promise<void>}} how */
  constructor({ api, onChange }) {
    this.api = api;
    this.onChange = onChange;
    this.title = el("h2", { id: "letters-title" });
    this.list = el("ol", { class: "letters", role: "list" });
    const close = el("button", { type: "button", class: "quiet round", "aria-label": "Close", onclick: () => this.dialog.close() }, icon("close"));
    this.dialog = el(
      "dialog",
      { class: "letters-dialog", "aria-labelledby": "letters-title" },
      el("header", {}, this.title, close),
      el("div", { class: "scroll", tabindex: 0, role: "region", "aria-labelledby": "letters-title" }, this.list),
    );
  }

  /** @param {string} role @param {string} name  of the queue @param {boolean} redrivable */
  async open(role, name, redrivable) {
    Object.assign(this, { role, name, redrivable });
    this.title.textContent = `Dead letters of ${name}`;
    fill(this.list, el("li", { class: "muted" }, "Loading…"));
    this.dialog.showModal();
    await this.read();
  }

  async read() {
    try {
      const letters = await this.api.letters(this.role);
      this.title.textContent = `${this.name}: ${counted(letters.length, "dead letter")}`;
      fill(this.list, letters.length ? letters.map((one) => this.entry(one)) : el("li", { class: "muted" }, "There are none."));
    } catch (error) {
      fill(this.list, el("li", { role: "alert" }, error.message));
    }
  }

  /** @param {import("./api.js").Letter} letter */
  entry({ id, body, sentAt, receives, code, keys }) {
    const button = (label, act) => el("button", { type: "button", "aria-label": `${label}: ${id}`, onclick: act }, label);
    return el(
      "li",
      { "data-id": id },
      el("p", {}, el("strong", { class: "mono" }, keys.join(", ") || id)),
      el("p", { class: "small" }, CODES[code] || code),
      el("p", { class: "small muted" }, `Sent ${moment(sentAt)} · received ${counted(receives, "time")}`),
      el("details", { class: "small" }, el("summary", {}, "Body"), el("pre", {}, pretty(body))),
      el("div", { class: "answers" }, this.redrivable && button("Redrive", () => this.redrive(id)), button("Discard", () => this.discard(id))),
    );
  }

  redrive(id) {
    return this.act(() => this.api.redriveOne(this.role, id), "The message is on its way back to the queue.");
  }

  async discard(id) {
    const text = "The message is deleted for good. Originals stay: a backfill of what is missing finds them again.";
    if (!(await confirmed({ title: "Discard this message?", text, action: "Discard" }))) return;
    await this.act(() => this.api.discard(this.role, id), "The message is deleted.");
  }

  async act(work, done) {
    try {
      await work();
      toast(done);
    } catch (error) {
      toast(error.message);
    }
    await this.read();
    inherit(() => this.list.querySelector("button"), () => this.dialog.querySelector("button"));
    await this.onChange();
  }
}

function pretty(body) {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
