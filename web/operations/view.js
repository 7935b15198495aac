/** Operations: queues, throughput, failures, cost and alarms. */

import { el, fill } from "../lib/dom.js";
import { counted, duration } from "../lib/format.js";
import { repeat } from "../lib/repeat.js";
import { toast } from "../lib/toast.js";
import { Alarms } from "./alarms.js";
import { Operations } from "./api.js";
import { Chart } from "./charts.js";
import { Events } from "./events.js";
import { Failures } from "./failures.js";
import { Figures } from "./figures.js";
import { Letters } from "./letters.js";
import { Queues, letters, waitingIn } from "./queues.js";

const LOOK_MS = 5000;

/** @param {HTMLElement} root @param {{config: import("../lib/config.js").Config, signal: AbortSignal}} context */
export function mount(root, { config, signal }) {
  const view = new View(new Operations(config, signal), signal);
  root.append(view.element);
}

class View {
  /** @param {Operations} api @param {AbortSignal} signal */
  constructor(api, signal) {
    this.api = api;
    this.said = el("p", { class: "muted", role: "status" }, "Loading…");
    this.updated = el("p", { class: "muted small" });
    this.trouble = el("div", { class: "trouble", role: "alert", hidden: true });
    this.figures = new Figures();
    this.charts = charts();
    this.letters = new Letters({ api, onChange: () => this.refresh.now() });
    this.queues = new Queues({
      onRedrive: (role, count) => this.redrive(role, count),
      onOpen: (role, name, redrivable) => this.letters.open(role, name, redrivable),
    });
    this.failures = new Failures();
    this.events = new Events({ onSwitch: (down) => this.switchReceiver(down) });
    this.alarms = new Alarms(api);
    this.board = el(
      "div",
      { class: "board", hidden: true },
      this.figures.element,
      this.alarms.element,
      el("section", { class: "charts", "aria-label": "The last hour" }, this.charts.map(({ chart }) => chart.element)),
      this.queues.element,
      this.failures.element,
      this.events.element,
    );
    this.element = el(
      "div",
      { class: "operations" },
      el("div", { class: "head" }, el("div", {}, el("h1", {}, "Operations"), this.said), this.updated),
      this.trouble,
      this.board,
      this.letters.dialog,
    );
    this.refresh = repeat(() => this.look(), signal, LOOK_MS);
  }

  async look() {
    try {
      this.show(await this.api.overview());
      this.online(true);
    } catch (error) {
      this.online(false, error.message);
    }
  }

  /** @param {import("./api.js").Overview} overview */
  show(overview) {
    const now = Date.now() / 1000;
    this.board.hidden = false;
    this.figures.show(overview);
    for (const { chart, series } of this.charts) chart.show(series(overview), now);
    this.queues.show(overview.queues);
    this.failures.show(overview.photos.failuresByCode, overview.edits.failuresByCode);
    this.events.show(overview.events);
    this.alarms.show(overview.alarms);
    this.updated.textContent = `Updated ${new Date().toLocaleTimeString()}`;
    const said = inOneLine(overview);
    if (this.said.textContent !== said) this.said.textContent = said;
  }

  /** Show why the figures are out of date; the last ones stay in view. */
  online(fine, why = "") {
    if (!fine && this.board.hidden) this.said.textContent = "Not connected";
    if (this.trouble.hidden === fine) return;
    this.trouble.hidden = fine;
    fill(this.trouble, fine ? [] : [el("p", {}, why), el("button", { type: "button", onclick: () => this.refresh.now() }, "Try again")]);
  }

  async switchReceiver(down) {
    try {
      await this.api.switchReceiver(down);
    } catch (error) {
      toast(error.message);
    }
    await this.refresh.now();
  }

  async redrive(role, count) {
    try {
      await this.api.redrive(role);
      toast(`Redrive started: ${letters(count)} on the way back.`);
    } catch (error) {
      toast(error.message);
    }
    await this.refresh.now();
  }
}

function charts() {
  const count = (value) => Math.round(value).toLocaleString("en");
  const slow = { kind: "lines", write: duration };
  const many = { kind: "bars", write: count };
  const times = ({ durationMs = [], slowestMs = [] } = {}) => [
    { name: "Slowest", look: "slow", points: slowestMs },
    { name: "Median", look: "median", points: durationMs },
  ];
  return [
    { chart: new Chart({ title: "Photos per minute", ...many }), series: ({ photos }) => [bars("Ready", photos.rendered), bars("Failed", photos.failed)] },
    { chart: new Chart({ title: "Time per photo", ...slow }), series: ({ photos }) => times(photos) },
    { chart: new Chart({ title: "Edits per minute", ...many }), series: ({ edits }) => [bars("Done", edits.done), bars("Failed", edits.failed)] },
    { chart: new Chart({ title: "Time per edit", ...slow }), series: ({ edits }) => times(edits) },
  ];
}

function bars(name, points) {
  return { name, look: name === "Failed" ? "failed" : "main", points };
}

function inOneLine({ alarms, queues, photos }) {
  const active = alarms.filter(({ state }) => state === "ALARM").length;
  const waiting = queues.filter(({ role }) => !role.endsWith("-dead-letters")).reduce((all, one) => all + waitingIn(one) + one.inFlight, 0);
  const first = active ? `${counted(active, "active alarm")}` : "No active alarm";
  const { interrupted = 0 } = photos.states;
  const lost = interrupted ? ` · ${counted(interrupted, "upload")} interrupted` : "";
  return `${first} · ${waiting ? `${counted(waiting, "message")} in the queues` : "all queues are empty"}${lost}`;
}
