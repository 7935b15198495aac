/** The gallery as it was left, for a return from another view: its photos, those chosen, and the place on the page. */

/** @typedef {{listing: import("./listing.js").Listing, grid: import("./grid.js").Grid, selection: import("./selection.js").Selection}} View */

/** What was shown last. */
let memory = null;

/** @param {View} view */
export function remember({ listing, grid, selection }) {
  const first = grid.shown.find(({ element }) => element.getBoundingClientRect().bottom > 0);
  memory = {
    ...listing.memory(),
    chosen: selection.all.map(({ photo }) => photo.id),
    anchor: first && { id: first.photo.id, top: first.element.getBoundingClientRect().top },
  };
}

/** Show it again, if the same photos are asked for. @param {View} view */
export function recall({ listing, grid, selection }) {
  if (!listing.recall(memory)) return;
  const { chosen, anchor } = memory;
  const tiles = chosen.map((id) => grid.tiles.get(id)).filter(Boolean);
  tiles.forEach((tile) => selection.choose(tile, true, false));
  // What is above has no exact height before it is shown, so the first tile in view is put back where it was.
  if (history.state?.scroll && anchor) requestAnimationFrame(() => putBack(grid.tiles.get(anchor.id)?.element, anchor.top));
}

function putBack(element, top) {
  if (!element) return;
  element.scrollIntoView({ block: "start", behavior: "instant" });
  scrollBy({ top: element.getBoundingClientRect().top - top, behavior: "instant" });
}
