/** Options that apply to all results. Contract: `options` of `POST /image-edit`. */

import { el, fill } from "../lib/dom.js";

export class Options {
  constructor() {
    this.format = el("select", { id: "outputFormat", name: "outputFormat" });
    this.form = el(
      "form",
      { class: "form", onsubmit: (event) => event.preventDefault() },
      labelled("Format", this.format),
      labelled("Quality, 1 to 100", number("quality", 100)),
      labelled("Largest width, px", number("maxWidth", 10_000)),
      labelled("Largest height, px", number("maxHeight", 10_000)),
      el("label", { class: "check" }, el("input", { type: "checkbox", name: "preserveMetadata" }), "Keep artist and copyright"),
    );
    this.element = el("details", { class: "fold" }, el("summary", {}, "Options for the results"), this.form);
    this.know([]);
  }

  /** @param {string[]} formats  of the vocabulary */
  know(formats) {
    const options = formats.map((format) => el("option", { value: format }, format.toUpperCase()));
    fill(this.format, el("option", { value: "" }, "As the steps say"), options);
  }

  /** Return false, and show the field, if a value is not valid. */
  check() {
    if (this.form.checkValidity()) return true;
    this.element.open = true;
    return this.form.reportValidity();
  }

  set values(values) {
    for (const name of ["outputFormat", "quality", "maxWidth", "maxHeight"]) this.form.elements[name].value = values[name] ?? "";
    this.form.elements.preserveMetadata.checked = Boolean(values.preserveMetadata);
  }

  get values() {
    const said = new FormData(this.form);
    const numbers = ["quality", "maxWidth", "maxHeight"].filter((name) => said.get(name));
    return {
      ...(said.get("outputFormat") ? { outputFormat: said.get("outputFormat") } : {}),
      ...Object.fromEntries(numbers.map((name) => [name, Number(said.get(name))])),
      ...(said.has("preserveMetadata") ? { preserveMetadata: true } : {}),
    };
  }
}

function labelled(text, input) {
  return el("div", { class: "field" }, el("label", { for: input.id }, text), input);
}

function number(name, max) {
  return el("input", { type: "number", id: name, name, min: 1, max, step: 1 });
}
