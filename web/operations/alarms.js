/** Alarms: active ones in full, the others folded; each with its runbook. */

import { el, fill } from "../lib/dom.js";
import { keepFocus } from "../lib/focus.js";
import { counted, moment } from "../lib/format.js";

const RUNBOOK = /\s*Runbook: \S+#(\S+)$/;
const STATES = { ALARM: "In alarm", OK: "OK", INSUFFICIENT_DATA: "No data yet" };

export class Alarms {
  /** @param {import("./api.js").Operations} api */
  constructor(api) {
    this.api = api;
    this.entries = new Map();
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
    const focused = document.activeElement;
    keepFocus(this.element, () => {
      fill(this.active, active.map((one) => this.known(one)));
      fill(this.quiet, quiet.map((one) => this.known(one)));
    }, () => focused, () => this.summary);
    this.active.hidden = !active.length;
    this.summary.textContent = `${counted(ok, "alarm")} OK${ok < quiet.length ? `, ${quiet.length - ok} without data` : ""}`;
  }

  /** The entry of an alarm; an opened runbook stays open until the alarm changes. */
  known(alarm) {
    const print = JSON.stringify(alarm);
    const kept = this.entries.get(alarm.name);
    if (kept?.print === print) return kept.element;
    const element = this.entry(alarm);
    this.entries.set(alarm.name, { print, element });
    return element;
  }

  entry({ name, state, means, reason, since }) {
    const [, runbook] = means.match(RUNBOOK) || [];
    return el(
      "li",
      { "data-state": state },
      el("span", { class: "pill" }, STATES[state] || state),
      el("strong", {}, name),
      el("p", { class: "small" }, means.replace(RUNBOOK, "")),
      state === "ALARM" && el("p", { class: "small muted" }, `${reason}.${since ? ` Since ${moment(since)}.` : ""}`),
      runbook && this.runbook(runbook),
    );
  }

  /** The section of the runbook, read when it is opened. */
  runbook(name) {
    const text = el("div", { class: "runbook" });
    const read = async () => {
      if (!element.open || text.hasChildNodes()) return;
      try {
        fill(text, written((await this.api.runbook(name)).text));
      } catch (error) {
        fill(text, el("p", {}, error.message));
      }
    };
    const element = el("details", { class: "small", ontoggle: read }, el("summary", {}, "What to do"), text);
    return element;
  }
}

/** Write the few forms of Markdown that a runbook has: items, **terms**, `code`, links as their words. @param {string} text */
function written(text) {
  return text.split("\n").filter((line) => line.trim()).map((line) => {
    const [, indent, rest] = line.match(/^(\s*)(?:[-*] )?(.*)$/);
    const parts = rest.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").split(/(\*\*[^*]+\*\*|`[^`]+`)/);
    return el("p", { class: indent && "indented" }, parts.map(inline));
  });
}

function inline(part) {
  if (part.startsWith("**")) return el("strong", {}, part.slice(2, -2));
  return part.startsWith("`") ? el("code", {}, part.slice(1, -1)) : part;
}
