/** Form fields made from the vocabulary: one parameter, one field. Contract: `GET /image-edit/operations`. */

import { el } from "../lib/dom.js";

/**
 * @typedef {Object} Parameter
 * @property {string} name
 * @property {"integer"|"number"|"string"|"boolean"} type
 * @property {boolean} required
 * @property {any} default
 * @property {string} allowed      in words
 * @property {string} description
 * @property {any[]} [choices]
 * @property {number} [minimum]
 * @property {number} [maximum]
 * @property {number} [exclusiveMinimum]
 */

const TRUTHS = ["true", "false"];

/** @param {Parameter} parameter @param {string} operation */
export function field(parameter, operation) {
  const id = `${operation}-${parameter.name}`;
  const input = inputOf(parameter, id);
  return el(
    "div",
    { class: "field" },
    el("label", { for: id }, wordsOf(parameter.name), parameter.required && el("span", { class: "muted" }, " (needed)")),
    input,
    el("p", { class: "muted small", id: `${id}-hint` }, parameter.description),
  );
}

/** Read the parameters that a form sets. @param {HTMLFormElement} form @param {Parameter[]} parameters */
export function valuesOf(form, parameters) {
  const said = new FormData(form);
  const entries = parameters
    .map((parameter) => [parameter.name, typed(parameter, String(said.get(parameter.name) ?? "").trim())])
    .filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries);
}

/** "width_percent" → "Width percent" @param {string} name */
export function wordsOf(name) {
  const words = name.replaceAll("_", " ");
  return words[0].toUpperCase() + words.slice(1);
}

function inputOf(parameter, id) {
  const { name, type, required, choices } = parameter;
  const common = { id, name, required, "aria-describedby": `${id}-hint` };
  // A number that may also be a word ("circle") is a text field; the API checks it.
  if (choices && type === "string") return select(common, choices, parameter.default, required);
  if (type === "boolean") return select(common, TRUTHS, null, required);
  const placeholder = parameter.default ?? (choices ? parameter.allowed : "");
  if (type === "string" || choices) return el("input", { type: "text", ...common, placeholder, maxlength: 512 });
  return el("input", {
    type: "number",
    ...common,
    placeholder,
    min: parameter.minimum ?? parameter.exclusiveMinimum,
    max: parameter.maximum,
    step: type === "integer" ? 1 : "any",
  });
}

function select(common, choices, preset, required) {
  const none = !required && preset === null && el("option", { value: "" }, "Default");
  const options = choices.map((choice) => el("option", { value: choice, selected: choice === preset }, wordsOf(choice)));
  return el("select", common, none, options);
}

function typed({ type, choices }, text) {
  if (text === "") return undefined;
  if (type === "boolean") return text === "true";
  if (type === "string" || choices?.includes(text)) return text;
  return Number(text);
}
