/** Queues: waiting messages, dead letters, and buttons to look at those and to redrive them. */

import { can, el } from "../lib/dom.js";
import { counted, duration } from "../lib/format.js";

const DEAD = "-dead-letters";
const LANES = {
  uploads: ["Uploads", "New photos"],
  backfill: ["Backfill", "Photos to render again"],
  jobs: ["Edits", "One message per picture"],
};
const EVENTS = {
  "rendition-failures": ["Lost rendition events", "No source queue; see the runbook"],
  "reconciler-missed": ["Missed reconciler runs", "No source queue; see the runbook"],
  events: ["Unsent events", "No source queue; see the runbook"],
  webhooks: ["Undelivered webhooks", "No source queue; see the runbook"],
  "reconcile-failures": ["Failed reconciler runs", "No source queue; see the runbook"],
};
const UNKNOWN_SOURCE = "CouldNotDetermineMessageSource"; // of the SQS API, StartMessageMoveTask
const COLUMNS = ["Queue", "Waiting", "In flight", "Oldest", "Dead letters", "Oldest dead letter", "Actions"];

/** Messages that wait for a worker. Delayed ones of edits are looks after their session (ADR 27): no work. */
export function waitingIn({ role, visible, delayed }) {
  return role === "jobs" ? visible : visible + delayed;
}

export class Queues {
  /**
   * @param {{onRedrive: (role: string, count: number) => Promise<void>,
   *          onOpen: (role: string, name: string, redrivable: boolean) => void}} how
   */
  constructor({ onRedrive, onOpen }) {
    this.onRedrive = onRedrive;
    this.onOpen = onOpen;
    this.rows = new Map();
    this.body = el("tbody");
    const titles = COLUMNS.map((name) => el("th", { scope: "col" }, name === "Actions" ? el("span", { class: "hidden-visually" }, name) : name));
    this.element = el(
      "section",
      { "aria-labelledby": "queues" },
      el("h2", { id: "queues" }, "Queues"),
      el("table", { class: "queues" }, el("thead", {}, el("tr", {}, titles)), this.body),
    );
  }

  /** @param {import("./api.js").Queue[]} queues */
  show(queues) {
    const byRole = new Map(queues.map((queue) => [queue.role, queue]));
    const roles = Array.from(byRole.keys());
    const lanes = roles.filter((role) => !role.endsWith(DEAD));
    const alone = roles.filter((role) => role.endsWith(DEAD)).map((role) => role.slice(0, -DEAD.length)).filter((role) => !byRole.has(role));
    for (const role of [...lanes, ...alone]) {
      if (!this.rows.has(role)) this.rows.set(role, this.row(role, lanes.includes(role)));
      this.update(role, byRole.get(role), byRole.get(`${role}${DEAD}`));
    }
  }

  row(role, redrivable) {
    const [title, what] = LANES[role] || EVENTS[role] || [role, ""];
    const [waiting, working, oldest, dead, oldestDead] = COLUMNS.slice(1, 6).map((column) => el("td", { "data-column": column }));
    const button = redrivable && el("button", { type: "button", "aria-label": `Redrive the dead letters of ${title}`, onclick: () => this.redrive(role) }, "Redrive");
    const open = el("button", { type: "button", "aria-label": `Open the dead letters of ${title}`, onclick: () => this.onOpen(role, title, redrivable) }, "Open");
    const redrive = el("span", { class: "small bad" });
    this.body.append(
      el("tr", { "data-role": role }, el("th", { scope: "row" }, title, el("span", { class: "muted small" }, what), redrive), waiting, working, oldest, dead, oldestDead, el("td", {}, open, button)),
    );
    return { waiting, working, oldest, dead, oldestDead, button, open, redrive };
  }

  update(role, queue, letters) {
    const { waiting, working, oldest, dead, oldestDead, button, open, redrive } = this.rows.get(role);
    const count = letters ? letters.visible + letters.inFlight + letters.delayed : 0;
    waiting.textContent = queue ? waitingIn(queue).toLocaleString("en") : "–";
    working.textContent = queue ? queue.inFlight.toLocaleString("en") : "–";
    oldest.textContent = ageOf(queue);
    for (const cell of [waiting, working, oldest]) cell.classList.toggle("none", !queue);
    dead.textContent = letters ? count.toLocaleString("en") : "–";
    dead.classList.toggle("bad", count > 0);
    oldestDead.textContent = ageOf(letters);
    this.rows.get(role).count = count;
    redrive.textContent = count > 0 ? failureOf(letters.redrive) : "";
    can(open, count);
    // SQS moves visible messages only, none that a consumer holds.
    if (button && !button.dataset.busy) can(button, letters?.visible);
  }

  async redrive(role) {
    const { button, count } = this.rows.get(role);
    button.dataset.busy = "true";
    can(button, false);
    try {
      await this.onRedrive(role, count);
    } finally {
      delete button.dataset.busy;
    }
  }
}

/** @param {import("./api.js").Queue|undefined} queue */
function ageOf(queue) {
  return queue?.oldestAgeS == null ? "–" : duration(1000 * queue.oldestAgeS);
}

/** SQS accepts a redrive first and reports its outcome later. @param {import("./api.js").Redrive} redrive */
function failureOf(redrive) {
  if (redrive?.status !== "FAILED") return "";
  const why = redrive.reason === UNKNOWN_SOURCE ? "their source queue is unknown; see the runbook" : redrive.reason;
  return `The last redrive left messages: ${why}.`;
}

/** @param {number} count */
export function letters(count) {
  return counted(count, "dead letter");
}
