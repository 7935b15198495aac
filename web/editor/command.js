/**
 * The command: typed in plain words, compiled by the API while the user types, and shown as a plan before it runs.
 *
 * Contract: `POST /image-edit/parse` → `{steps, explanation}`, or 422 with `{understood, stopped_at, suggestions}` in its
 * details. Parsing counts as a read (60 a minute), so we wait for a pause in the typing, and no text is asked for twice.
 */

import { el, fill } from "../lib/dom.js";
import { ApiError, Offline } from "../lib/http.js";
import { matching, replaced, stepAt } from "./phrases.js";

const PAUSE_MS = 250;
const AGAIN_S = 2;
const MOST_CHARS = 2000;

/** @typedef {{kind: "none"|"checking"|"plan"|"error", command: string, plan?: import("./api.js").Plan, error?: Error}} Outcome */

export class Command {
  /** @param {{api: import("./api.js").EditApi, onOutcome: (outcome: Outcome) => void, onEnter: () => void}} how */
  constructor({ api, onOutcome, onEnter }) {
    this.api = api;
    this.onOutcome = onOutcome;
    this.phrases = [];
    this.known = new Map();
    /** @type {Outcome} */
    this.outcome = { kind: "none", command: "" };
    this.input = el("textarea", {
      id: "command",
      rows: 2,
      maxlength: MOST_CHARS,
      placeholder: "resize to 800px and convert to webp",
      spellcheck: "false",
      autocapitalize: "off",
      "aria-describedby": "said",
      oninput: () => this.typed(),
      onkeydown: (event) => {
        if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
        event.preventDefault();
        onEnter();
      },
    });
    this.said = el("div", { id: "said", class: "said", role: "status" });
    this.chips = el("ul", { class: "chips", role: "list", "aria-label": "Suggestions" });
    this.label = el("label", { for: "command" }, "What should be done?");
  }

  /** @param {string[]} phrases  of the vocabulary, the most useful first */
  know(phrases) {
    this.phrases = phrases;
    this.suggest();
  }

  get text() {
    return this.input.value.trim();
  }

  /** Positions in errors count from the first letter. */
  get typedSoFar() {
    return this.input.value.trimStart();
  }

  set text(command) {
    this.input.value = command;
    this.typed();
  }

  typed() {
    this.close();
    const command = this.text;
    if (!command) this.display({ kind: "none", command });
    else if (this.known.has(command)) this.display(this.known.get(command));
    else {
      this.outcome = { kind: "checking", command };
      this.onOutcome(this.outcome);
      this.timer = setTimeout(() => this.check(command), PAUSE_MS);
    }
    this.suggest();
  }

  async check(command) {
    this.asked = new AbortController();
    const { signal } = this.asked;
    try {
      const plan = await this.api.parse(command, signal);
      this.settle({ kind: "plan", command, plan });
    } catch (error) {
      if (signal.aborted) return;
      this.settle({ kind: "error", command, error });
      if (error instanceof Offline || error.status === 429) this.again(command, error.retryAfter || AGAIN_S);
    }
  }

  again(command, afterS) {
    this.timer = setTimeout(() => this.check(command), 1000 * afterS);
  }

  settle(outcome) {
    // Remember what the API decided, but no lost connection.
    if (outcome.kind === "plan" || outcome.error.status === 422) this.known.set(outcome.command, outcome);
    this.display(outcome);
    this.suggest();
  }

  /** @param {Outcome} outcome */
  display(outcome) {
    this.outcome = outcome;
    const refused = outcome.kind === "error";
    if (outcome.kind === "none") this.input.removeAttribute("aria-invalid");
    else this.input.setAttribute("aria-invalid", String(refused && outcome.error.status === 422));
    fill(this.said, outcome.kind === "plan" ? understood(outcome.plan) : refused ? refusal(outcome) : []);
    this.onOutcome(outcome);
  }

  suggest() {
    const { error } = this.outcome;
    const offered = this.outcome.kind === "error" && error instanceof ApiError ? error.details.suggestions || [] : [];
    const at = offered.length ? error.details.stopped_at?.position ?? 0 : this.typedSoFar.length;
    const step = stepAt(this.typedSoFar, at);
    const phrases = offered.length ? offered : matching(this.phrases, step.text);
    fill(this.chips, phrases.map((phrase) => el("li", {}, this.chip(phrase, step))));
  }

  chip(phrase, step) {
    const take = () => {
      this.text = replaced(this.typedSoFar, step, phrase);
      this.input.focus();
    };
    return el("button", { type: "button", class: "chip", onclick: take }, phrase);
  }

  close() {
    clearTimeout(this.timer);
    this.asked?.abort();
  }
}

function understood({ explanation, steps }) {
  return [
    el("p", { class: "plan" }, explanation),
    steps.length > 1 && el("p", { class: "muted small" }, `${steps.length} steps, in this order.`),
  ];
}

/** Show what was understood and where parsing stopped: the word is marked in the typed text. */
function refusal({ command, error }) {
  const parts = [el("p", { class: "refused" }, error.message)];
  const { understood: first = [], stopped_at: stop } = error.details || {};
  if (first.length) parts.push(el("p", { class: "small muted" }, `Understood so far: ${first.join(", then ")}.`));
  if (stop?.word) parts.push(marked(command, stop));
  return parts;
}

function marked(command, { position, word }) {
  const end = position + word.length;
  return el("p", { class: "echo mono" }, command.slice(0, position), el("mark", {}, command.slice(position, end)), command.slice(end));
}
