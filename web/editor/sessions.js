/** Earlier edits of this user, newest first. Contract: `GET /image-edit/sessions`. */

import { el, fill } from "../lib/dom.js";
import { counted, moment } from "../lib/format.js";

const STATES = {
  pending: "Waiting",
  processing: "Running",
  complete: "Done",
  partial: "Partly done",
  error: "Failed",
  cancelled: "Cancelled",
};

export class Sessions {
  /** @param {{api: import("./api.js").EditApi, onOpen: (id: string) => void}} how */
  constructor({ api, onOpen }) {
    this.api = api;
    this.onOpen = onOpen;
    this.list = el("ul", { class: "sessions", role: "list" });
    this.next = el("button", { type: "button", hidden: true, onclick: () => this.more() }, "Show more");
    this.said = el("p", { class: "muted small", role: "status" });
    this.element = el(
      "details",
      { class: "fold", ontoggle: () => this.refresh() },
      el("summary", {}, "Earlier edits"),
      this.said,
      this.list,
      this.next,
    );
  }

  /** Load the list only while it is open: reads count against the rate limit. */
  async refresh() {
    if (!this.element.open) return;
    this.cursor = undefined;
    await this.more(true);
  }

  async more(restart = false) {
    try {
      const page = await this.api.sessions(this.cursor);
      this.cursor = page.cursor;
      const entries = page.sessions.map((one) => this.entry(one));
      if (restart) fill(this.list, entries);
      else this.list.append(...entries);
      this.said.textContent = this.list.children.length ? "" : "None yet.";
    } catch (error) {
      this.said.textContent = error.message;
    }
    this.next.hidden = !this.cursor;
  }

  entry({ sessionId, status, operation, counters, createdAt }) {
    const what = operation.command || operation.bulkOp?.label || operation.bulkOp?.type || "Steps from the menus";
    return el(
      "li",
      {},
      el(
        "button",
        { type: "button", class: "quiet", onclick: () => this.onOpen(sessionId) },
        el("span", {}, what),
        el("span", { class: "muted small" }, `${STATES[status] || status} · ${counted(counters.total, "picture")} · ${moment(createdAt)}`),
      ),
    );
  }
}
