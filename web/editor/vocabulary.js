/** The vocabulary as menus: choose an operation, fill in its form, add it as a step after the command. */

import { el, fill } from "../lib/dom.js";
import { field, valuesOf, wordsOf } from "./fields.js";

const GROUPS = {
  size: "Size and shape",
  turn: "Turn",
  light: "Light and colour",
  effect: "Effects",
  overlay: "Text and marks",
  file: "File",
};

/**
 * Order phrases for suggestions: one of each group, then one of each operation, then all others.
 * @param {Array<{group: string, examples: string[]}>} operations
 */
export function phrasesOf(operations) {
  const firstOfGroup = Object.keys(GROUPS).map((group) => operations.find((one) => one.group === group)?.examples[0]);
  const first = operations.map(({ examples }) => examples[0]);
  return Array.from(new Set([...firstOfGroup, ...first, ...operations.flatMap(({ examples }) => examples)])).filter(Boolean);
}

/** A step in words: "Resize: width 800, fit cover". @param {{op: string}} step */
export function inWords({ op, ...parameters }) {
  const said = Object.entries(parameters).map(([name, value]) => `${name.replaceAll("_", " ")} ${value}`);
  return said.length ? `${wordsOf(op)}: ${said.join(", ")}` : wordsOf(op);
}

export class Vocabulary {
  /** @param {{onStep: (step: {op: string}) => void}} how */
  constructor({ onStep }) {
    this.onStep = onStep;
    this.operations = new Map();
    this.choice = el("select", { id: "operation", onchange: () => this.choose(this.choice.value) });
    this.form = el("form", { class: "form", onsubmit: (event) => this.add(event) });
    this.element = el(
      "details",
      { class: "fold" },
      el("summary", {}, "Choose from the menus"),
      el("div", { class: "field" }, el("label", { for: "operation" }, "Operation"), this.choice),
      this.form,
    );
  }

  /** @param {any[]} operations */
  know(operations) {
    this.operations = new Map(operations.map((one) => [one.name, one]));
    const groups = byGroup(operations);
    fill(
      this.choice,
      Array.from(groups, ([group, members]) =>
        el("optgroup", { label: GROUPS[group] || wordsOf(group) }, members.map(({ name }) => el("option", { value: name }, wordsOf(name)))),
      ),
    );
    this.choose(operations[0].name);
  }

  choose(name) {
    const { summary, parameters } = this.operations.get(name);
    fill(
      this.form,
      el("p", { class: "muted small" }, summary),
      parameters.map((parameter) => field(parameter, name)),
      el("button", { type: "submit" }, "Add this step"),
    );
  }

  add(event) {
    event.preventDefault();
    const { name, parameters } = this.operations.get(this.choice.value);
    this.onStep({ op: name, ...valuesOf(this.form, parameters) });
  }
}

/** Group by key; Map.groupBy is missing in older browsers. */
function byGroup(operations) {
  const groups = new Map();
  for (const one of operations) groups.set(one.group, [...(groups.get(one.group) || []), one]);
  return groups;
}
