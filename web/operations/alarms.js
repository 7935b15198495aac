/** Alarms: those that ring in full, the others folded away. */

import { el, fill } from "../lib/dom.js";
import { counted, moment } from "../lib/format.js";

const RUNBOOK = /\s*Runbook: (\S+)$/;
const STATES = { ALARM: "Rings", OK: "Fine", INSUFFICIENT_DATA: "No data yet" };

export class Alarms {
  constructor() {
    this.ringing = el("ul", { class: "alarms", role: "list", "aria-label": "Alarms that ring" });
    this.quiet = el("ul", { class: "alarms", role: "list", "aria-label": "Other alarms" });
    this.summary = el("summary");
    this.fold = el("details", { class: "fold" }, this.summary, this.quiet);
    this.element = el("section", { "aria-labelledby": "alarms" }, el("h2", { id: "alarms" }, "Alarms"), this.ringing, this.fold);
  }

  /** @param {import("./api.js").Alarm[]} alarms */
  show(alarms) {
    const print = JSON.stringify(alarms.map(({ name, state, since }) => [name, state, since]));
    if (print === this.print) return;
    this.print = print;
    const ringing = alarms.filter(({ state }) => state === "ALARM");
    const quiet = alarms.filter(({ state }) => state !== "ALARM");
    const fine = quiet.filter(({ state }) => state === "OK").length;
    fill(this.ringing, ringing.map(entry));
    fill(this.quiet, quiet.map(entry));
    this.ringing.hidden = !ringing.length;
    this.summary.textContent = `${counted(fine, "alarm")} fine${fine < quiet.length ? `, ${quiet.length - fine} without data yet` : ""}`;
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
