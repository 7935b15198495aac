/** Swipes of one finger, to the left or to the right. */

const FAR_PX = 56;

/** @param {HTMLElement} element @param {(by: 1|-1) => void} tell  1: on, as when turning a page */
export function onSwipe(element, tell) {
  let from = null;
  element.addEventListener("pointerdown", (event) => {
    from = event.pointerType === "mouse" || !event.isPrimary ? null : event;
  });
  element.addEventListener("pointerup", (event) => {
    const [x, y] = from ? [event.clientX - from.clientX, event.clientY - from.clientY] : [0, 0];
    if (Math.abs(x) > FAR_PX && Math.abs(x) > 2 * Math.abs(y)) tell(x < 0 ? 1 : -1);
    from = null;
  });
  // The browser took it for scrolling or zooming.
  element.addEventListener("pointercancel", () => (from = null));
}
