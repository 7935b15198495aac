/** Steps chosen from the menus: they run after the command, in this order, until they are removed. */

import { el, fill } from "../lib/dom.js";
import { icon } from "../lib/icons.js";
import { inWords } from "./vocabulary.js";

export class Steps {
  /** @param {{onChange: () => void}} how */
  constructor({ onChange }) {
    this.onChange = onChange;
    this.all = [];
    this.list = el("ol", { class: "steps" });
    this.element = el("div", { hidden: true }, el("h3", { id: "then" }, "Then"), this.list);
    this.list.setAttribute("aria-labelledby", "then");
  }

  /** @param {{op: string}} step */
  add(step) {
    this.set([...this.all, step]);
  }

  set(steps) {
    this.all = steps;
    this.element.hidden = !steps.length;
    fill(this.list, steps.map((step, at) => this.entry(step, at)));
    this.onChange();
  }

  entry(step, at) {
    const words = inWords(step);
    const remove = () => {
      this.set(this.all.filter((_, place) => place !== at));
      // Keep the focus in the list, so that several steps can be removed by keyboard.
      (this.list.children[at] || this.list.lastElementChild)?.querySelector("button").focus();
    };
    return el("li", {}, el("span", {}, words), el("button", { type: "button", class: "quiet", "aria-label": `Remove: ${words}`, onclick: remove }, icon("close")));
  }
}
