/** The panel of the editor: what to do, and with which pictures. */

import { el } from "../lib/dom.js";
import { counted } from "../lib/format.js";
import { Command } from "./command.js";
import { Options } from "./options.js";
import { requested } from "./request.js";
import { Running } from "./running.js";
import { Steps } from "./steps.js";
import { Vocabulary, phrasesOf } from "./vocabulary.js";

export class Panel {
  /**
   * @param {{api: import("./api.js").EditApi, runs: import("./run.js").Runs,
   *          onRun: (what: {operation: any, options: any, label: string}) => Promise<void>, onScope: () => void}} how
   */
  constructor({ api, runs, onRun, onScope }) {
    this.api = api;
    this.onRun = onRun;
    this.targets = [];
    this.command = new Command({ api, onOutcome: () => this.changed(), onEnter: () => this.run() });
    this.steps = new Steps({ onChange: () => this.changed() });
    this.menus = new Vocabulary({ onStep: (step) => this.steps.add(step) });
    this.options = new Options();
    this.onlyThis = el("input", { type: "checkbox", onchange: onScope });
    this.scope = el("label", { class: "check", hidden: true }, this.onlyThis, "Only the picture in view");
    this.button = el("button", { type: "button", class: "primary run", onclick: () => this.run() });
    this.refused = el("p", { class: "refused", role: "alert" });
    this.running = new Running(runs);
    this.element = el(
      "div",
      { class: "ask" },
      [this.command.element, this.steps.element, this.scope, this.button, this.refused, this.running.element],
      el("div", { class: "folds" }, this.menus.element, this.options.element),
    );
  }

  async start() {
    try {
      const vocabulary = await this.api.operations();
      this.menus.know(vocabulary.operations);
      this.options.know(vocabulary.formats);
      this.command.know(phrasesOf(vocabulary.operations));
    } catch (error) {
      this.refused.textContent = `The menus could not be read. ${error.message}`;
    }
  }

  /** @param {import("./pictures.js").Picture[]} targets  of a run @param {number} all  pictures in the editor */
  show(targets, all) {
    this.targets = targets;
    this.scope.hidden = all < 2;
    this.settle();
    this.running.show();
  }

  /** Ignore a second click while a run starts. */
  clear() {
    this.command.text = "";
    this.steps.set([]);
  }

  changed() {
    this.refused.textContent = "";
    this.settle();
  }

  settle() {
    const what = requested(this.command.outcome, this.steps.all);
    this.button.disabled = !what || !this.targets.length;
    this.button.textContent = this.targets.length ? `Run on ${counted(this.targets.length, "picture")}` : "Run";
    if (this.hurried && this.command.outcome.kind === "plan") this.run();
    if (this.command.outcome.kind !== "checking") this.hurried = false;
  }

  /** Run on Enter; if the command is still being checked, run it once it is understood. */
  async run() {
    this.hurried = this.command.outcome.kind === "checking";
    const what = requested(this.command.outcome, this.steps.all);
    if (!what || !this.targets.length || !this.options.check()) return;
    this.refused.textContent = "";
    try {
      await this.onRun({ ...what, options: this.options.values });
    } catch (error) {
      this.refused.textContent = error.message;
    }
  }
}
