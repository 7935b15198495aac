/** Ask the user: before an action that cannot be undone, or for a name. */

import { el } from "./dom.js";

/**
 * @param {{title: string, text: string, action: string}} question  *action*: text of the confirming button
 * @returns {Promise<boolean>} false when the dialog is closed in any other way
 */
export function confirmed({ title, text, action }) {
  const dialog = question(
    { title, text, role: "alertdialog" },
    el("button", { type: "button", autofocus: true, onclick: () => dialog.close() }, "Keep"),
    el("button", { type: "button", class: "dangerous", onclick: () => dialog.close("yes") }, action),
  );
  return answered(dialog, () => dialog.returnValue === "yes");
}

/**
 * Ask for a name.
 * @param {{title: string, text: string, label: string, action: string}} question
 * @returns {Promise<string>} empty when the dialog is closed in any other way
 */
export function asked({ title, text, label, action }) {
  const input = el("input", { type: "text", "aria-label": label, autofocus: true, maxlength: 200, onkeydown: (event) => event.key === "Enter" && dialog.close("yes") });
  const dialog = question(
    { title, text, role: "dialog" },
    input,
    el("button", { type: "button", onclick: () => dialog.close() }, "Cancel"),
    el("button", { type: "button", class: "primary", onclick: () => dialog.close("yes") }, action),
  );
  return answered(dialog, () => (dialog.returnValue === "yes" ? input.value.trim() : ""));
}

function question({ title, text, role }, ...answers) {
  return el(
    "dialog",
    { class: "question", role, "aria-labelledby": "question-title", "aria-describedby": "question-text" },
    el("h2", { id: "question-title" }, title),
    el("p", { id: "question-text" }, text),
    el("div", { class: "answers" }, answers),
  );
}

function answered(dialog, read) {
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(read());
    });
  });
}
