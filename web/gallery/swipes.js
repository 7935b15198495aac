/** Swipes of one finger, to the left or to the right. */

const FAR_PX = 56;

/** @param {HTMLElement} element @param {(by: 1|-1) => void} onSwiped  1: next photo */
export function onSwipe(element, onSwiped) {
  let from = null;
  element.addEventListener("pointerdown", (event) => {
    from = event.pointerType === "mouse" || !event.isPrimary ? null : event;
  });
  element.addEventListener("pointerup", (event) => {
    const [x, y] = from ? [event.clientX - from.clientX, event.clientY - from.clientY] : [0, 0];
    if (Math.abs(x) > FAR_PX && Math.abs(x) > 2 * Math.abs(y)) onSwiped(x < 0 ? 1 : -1);
    from = null;
  });
  // The browser handles it as scrolling or zooming.
  element.addEventListener("pointercancel", () => (from = null));
}
