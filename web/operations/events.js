/** Events: what this machine's receiver of webhooks has got, and a switch that takes it down and up again. */

import { addressOf } from "../lib/address.js";
import { el, fill } from "../lib/dom.js";
import { counted, moment } from "../lib/format.js";

const NAMES = {
  "photo.active": "Photo active",
  "photo.failed": "Photo failed",
  "photo.deleted": "Photo deleted",
  "edit.completed": "Edit completed",
};
const SHOWN = 12;

export class Events {
  /** @param {{onSwitch: (down: boolean) => Promise<void>}} how */
  constructor({ onSwitch }) {
    this.list = el("ol", { class: "events", role: "list" });
    this.box = el("input", { type: "checkbox", onchange: () => onSwitch(this.box.checked) });
    this.element = el(
      "section",
      { "aria-labelledby": "events" },
      el("h2", { id: "events" }, "Events"),
      el("label", { class: "small" }, this.box, " Receiver is down: events are delivered once it is up again"),
      this.list,
    );
  }

  /** @param {import("./api.js").Events} events */
  show({ down, last }) {
    this.box.checked = down;
    const print = JSON.stringify(last);
    if (print === this.print) return;
    this.print = print;
    fill(this.list, last.length ? last.slice(0, SHOWN).map(entry) : el("li", { class: "muted" }, "No event has been received yet."));
  }
}

/** @param {import("./api.js").ReceivedEvent} event */
function entry({ event, receivedAt, deliveries }) {
  const { "detail-type": type, detail } = event;
  const again = deliveries > 1 ? ` · delivered ${counted(deliveries, "time")}` : "";
  return el(
    "li",
    { "data-id": detail.id },
    el("strong", {}, NAMES[type] || type),
    subject(detail),
    el("span", { class: "small muted" }, `${detail.error_code || detail.version || detail.status} · ${moment(1000 * receivedAt)}${again}`),
  );
}

function subject({ photo_id: photo, session_id: session }) {
  if (session) return el("span", { class: "mono" }, session);
  return el("a", { class: "mono", href: addressOf("gallery", { photo: decodeURIComponent(photo) }) }, photo);
}
