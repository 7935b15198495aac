/** The list of running edits, each with a Cancel button. Elements are kept between updates, so that clicks reach them. */

import { can, el } from "../lib/dom.js";
import { keepFocus } from "../lib/focus.js";
import { counted } from "../lib/format.js";

const LOST = "Connection lost. The edit continues; its progress is shown once the connection is back.";

export class Running {
  /** @param {import("./run.js").Runs} runs */
  constructor(runs) {
    this.runs = runs;
    this.entries = new Map();
    this.waiting = el("span", { class: "small", role: "status" });
    this.queued = el("li", {}, this.waiting, el("button", { type: "button", onclick: () => runs.drop() }, "Cancel"));
    this.element = el("ul", { class: "runs", role: "list", "aria-label": "Running edits" });
  }

  show() {
    const { running } = this.runs;
    for (const [id, { element }] of this.entries) {
      if (running.has(id)) continue;
      keepFocus(element, () => element.remove(), () => document.getElementById("command"));
      this.entries.delete(id);
    }
    const { queued } = this.runs;
    if (queued) this.element.append(this.queued);
    else keepFocus(this.queued, () => this.queued.remove());
    this.waiting.textContent = `${counted(queued, "more picture")} will follow.`;
    for (const run of running.values()) {
      if (!this.entries.has(run.sessionId)) this.entries.set(run.sessionId, this.entry(run));
      this.update(run);
    }
  }

  entry(run) {
    const said = el("span", { class: "small", role: "status" });
    const cancel = el("button", { type: "button", onclick: () => this.runs.cancel(run) });
    const element = el("li", {}, el("span", {}, el("strong", {}, run.label), said), cancel);
    this.element.append(element);
    return { element, said, cancel };
  }

  update(run) {
    const { element, said, cancel } = this.entries.get(run.sessionId);
    const text = run.connected ? `${run.total - run.waiting.size} of ${counted(run.total, "picture")} done` : LOST;
    if (said.textContent !== text) said.textContent = text;
    element.classList.toggle("lost", !run.connected);
    can(cancel, !run.cancelling);
    cancel.textContent = run.cancelling ? "Cancelling…" : "Cancel";
  }
}
