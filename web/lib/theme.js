/** Light, dark, or as the device has it; remembered on this device. */

const KEY = "darkroom-theme";
const NEXT = { auto: "light", light: "dark", dark: "auto" };
const LABELS = { auto: "Auto", light: "Light", dark: "Dark" };

/** @param {HTMLButtonElement} button */
export function startTheme(button) {
  let theme = localStorage.getItem(KEY) || "auto";
  const show = () => {
    if (theme === "auto") document.documentElement.removeAttribute("data-theme");
    else document.documentElement.dataset.theme = theme;
    button.textContent = LABELS[theme];
    button.setAttribute("aria-label", `Theme: ${LABELS[theme]}. Change it`);
  };
  button.addEventListener("click", () => {
    theme = NEXT[theme] || "auto";
    localStorage.setItem(KEY, theme);
    show();
  });
  show();
}
