/** Ask before an action that cannot be undone. */

import { el } from "./dom.js";

/**
 * @param {{title: string, text: string, action: string}} question  *action*: text of the confirming button
 * @returns {Promise<boolean>} false when the dialog is closed in any other way
 */
export function confirmed({ title, text, action }) {
  const dialog = el(
    "dialog",
    { class: "question", role: "alertdialog", "aria-labelledby": "question-title", "aria-describedby": "question-text" },
    el("h2", { id: "question-title" }, title),
    el("p", { id: "question-text" }, text),
    el(
      "div",
      { class: "answers" },
      el("button", { type: "button", autofocus: true, onclick: () => dialog.close() }, "Keep"),
      el("button", { type: "button", class: "dangerous", onclick: () => dialog.close("yes") }, action),
    ),
  );
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
  });
}
