/** Switch between light, dark and the device's theme; the choice is stored on this device. */

import { fill } from "./dom.js";
import { icon } from "./icons.js";

const KEY = "darkroom-theme";
const NEXT = { auto: "light", light: "dark", dark: "auto" };
const LABELS = { auto: "as the device has it", light: "light", dark: "dark" };

/** @param {HTMLButtonElement} button */
export function startTheme(button) {
  let theme = kept();
  const show = () => {
    if (theme === "auto") document.documentElement.removeAttribute("data-theme");
    else document.documentElement.dataset.theme = theme;
    const label = `Theme: ${LABELS[theme]}`;
    fill(button, icon(theme));
    button.setAttribute("aria-label", label);
    button.title = label;
  };
  button.addEventListener("click", () => {
    theme = NEXT[theme];
    localStorage.setItem(KEY, theme);
    show();
  });
  show();
}

function kept() {
  const theme = localStorage.getItem(KEY);
  return theme in NEXT ? theme : "auto";
}
