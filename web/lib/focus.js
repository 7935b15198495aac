/** Keep the focus when the element that has it is redrawn or removed: on `<body>` a keyboard user is lost. */

/**
 * Do *work*; if the focus was in *area* and is gone afterwards, give it to the first of *heirs* that takes it.
 * @param {Element} area
 * @param {() => any} work
 * @param {(() => HTMLElement|null|undefined)[]} heirs
 */
export function keepFocus(area, work, ...heirs) {
  const had = area.contains(document.activeElement);
  const outcome = work();
  if (had) inherit(...heirs);
  return outcome;
}

/** Give a lost focus to the first of *heirs* that takes it, else to the view. @param {(() => HTMLElement|null|undefined)[]} heirs */
export function inherit(...heirs) {
  for (const heir of [...heirs, () => document.getElementById("view")]) {
    if (!isLost()) return;
    heir()?.focus({ preventScroll: true });
  }
}

/** Return whether no element in view has the focus; one that was just hidden keeps it until the next frame. */
function isLost() {
  const { activeElement } = document;
  return !activeElement || activeElement === document.body || !activeElement.checkVisibility();
}
