/** The panel of the editor: what to do, and with which pictures. */

import { can, el, fill } from "../lib/dom.js";
import { counted } from "../lib/format.js";
import { Command } from "./command.js";
import { Options } from "./options.js";
import { requested } from "./request.js";
import { Running } from "./running.js";
import { Saved } from "./saved.js";
import { Steps } from "./steps.js";
import { Vocabulary, phrasesOf } from "./vocabulary.js";

const AGAIN_MS = 3000;

/** @typedef {import("./saved.js").Kept} Kept */

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
    this.again = el("button", { type: "button", class: "again", hidden: true, onclick: () => this.runAgain() });
    this.refused = el("p", { class: "refused", role: "alert" });
    this.saved = new Saved({ now: () => this.now(), onUse: (kept) => this.use(kept) });
    this.running = new Running(runs);
    const { label, input, said, chips } = this.command;
    this.element = el(
      "div",
      { class: "ask" },
      el("div", { class: "dock" }, label, input, said, chips, this.steps.element, this.scope, this.refused, this.button, this.again),
      this.running.element,
      el("div", { class: "folds" }, this.saved.element, this.menus.element, this.options.element),
    );
  }

  /** Read the vocabulary; as long as the API does not answer, again and again. */
  async start() {
    try {
      const vocabulary = await this.api.operations();
      this.menus.know(vocabulary.operations);
      this.options.know(vocabulary.formats);
      this.command.know(phrasesOf(vocabulary.operations));
      this.refused.textContent = "";
    } catch (error) {
      this.refused.textContent = `The menus could not be read. ${error.message}`;
      this.timer = setTimeout(() => this.start(), AGAIN_MS);
    }
  }

  close() {
    clearTimeout(this.timer);
    this.command.close();
  }

  /** @param {import("./pictures.js").Picture[]} targets  of a run @param {number} all  pictures in the editor */
  show(targets, all) {
    this.targets = targets;
    this.scope.hidden = all < 2;
    this.settle();
    this.running.show();
  }

  clear() {
    this.command.text = "";
    this.steps.set([]);
  }

  /** Put a command into the panel. @param {Kept} kept */
  use({ command, steps, options }) {
    this.command.text = command;
    this.steps.set(steps);
    this.options.values = options;
    this.command.input.focus();
  }

  /** What stands in the panel; null while it is not understood. @returns {(Kept & {operation: any})|null} */
  now() {
    const what = requested(this.command.outcome, this.steps.all);
    return what && { ...what, command: this.command.text, steps: this.steps.all, options: this.options.values };
  }

  changed() {
    this.refused.textContent = "";
    this.settle();
  }

  settle() {
    const { targets, saved } = this;
    const { outcome } = this.command;
    can(this.button, this.now() && targets.length);
    const [count, noun] = counted(targets.length, "picture").split(" ");
    fill(this.button, targets.length ? [`Run on ${count}`, el("span", { class: "noun" }, ` ${noun}`)] : "Run");
    this.again.hidden = !saved.last || !targets.length || outcome.kind !== "none" || this.steps.all.length > 0;
    this.again.textContent = `Again: ${saved.last?.label}`;
    saved.settle();
    if (this.hurried && outcome.kind === "plan") this.run();
    if (outcome.kind !== "checking") this.hurried = false;
  }

  /** Run on Enter; if the command is still being checked, run it once it is understood. */
  async run() {
    this.hurried = this.command.outcome.kind === "checking";
    const now = this.now();
    if (!now || !this.targets.length || !this.options.check()) return;
    await this.send(now);
  }

  /** Run the last command on the pictures in view now. */
  async runAgain() {
    await this.send(this.saved.last);
    this.command.input.focus();
  }

  async send(what) {
    this.refused.textContent = "";
    try {
      await this.onRun(what);
      this.saved.ran(what);
      this.clear();
    } catch (error) {
      this.refused.textContent = error.message;
    }
  }
}
