/** Alarms: active ones in full, the others folded. */

import { el, fill } from "../lib/dom.js";
import { counted, moment } from "../lib/format.js";

const RUNBOOK = /\s*Runbook: (\S+)$/;
const STATES = { ALARM: "In alarm", OK: "OK", INSUFFICIENT_DATA: "No data" };

export class Alarms {
  constructor() {
    this.active = el("ul", { class: "alarms", role: "list", "aria-label": "Active alarms" });
    this.quiet = el("ul", { class: "alarms", role: "list", "aria-label": "Other alarms" });
    this.summary = el("summary");
    this.fold = el("details", { class: "fold" }, this.summary, this.quiet);
    this.element = el("section", { "aria-labelledby": "alarms" }, el("h2", { id: "alarms" }, "Alarms"), this.active, this.fold);
  }

  /** @param {import("./api.js").Alarm[]} alarms */
  show(alarms) {
    const print = JSON.stringify(alarms.map(({ name, state, since }) => [name, state, since]));
    if (print === this.print) return;
    this.print = print;
    const active = alarms.filter(({ state }) => state === "ALARM");
    const quiet = alarms.filter(({ state }) => state !== "ALARM");
    const ok = quiet.filter(({ state }) => state === "OK").length;
    fill(this.active, active.map(entry));
    fill(this.quiet, quiet.map(entry));
    this.active.hidden = !active.length;
    this.summary.textContent = `${counted(ok, "alarm")} OK${ok < quiet.length ? `, ${quiet.length - ok} without data` : ""}`;
  }
}

function entry({ name, state, means, reason, since }) {
  const [, runbook] = means.match(RUNBOOK) || [];
  return el(
    "li",
    { "data-state": state },
    el("span", { class: "pill" }, STATES[state] || state),
    el("strong", {}, name),
    el("p", { class: "small" }, means.replace(RUNBOOK, "")),
    state === "ALARM" && el("p", { class: "small muted" }, `${reason}.${since ? ` Since ${moment(since)}.` : ""}`),
    state === "ALARM" && runbook && el("p", { class: "small muted" }, "What to do: ", el("code", {}, runbook)),
  );
}
