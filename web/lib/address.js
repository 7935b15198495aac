/** Addresses of the views: `#/gallery?photo=…`. A parameter may stand several times. */

/** @param {string} view @param {Record<string, string|string[]|null|undefined>} params  empty ones are left out */
export function addressOf(view, params = {}) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    for (const one of [value].flat()) if (one) query.append(name, one);
  }
  return `#/${view}${query.size ? `?${query}` : ""}`;
}

/**
 * Change the address without another entry in the history. The user may be on the way to another view, whose address is
 * there before this one ends: that entry stays as it is.
 * @param {string} address
 */
export function replaceAddress(address) {
  if (viewOf(location.hash || address) === viewOf(address)) history.replaceState(history.state, "", address);
}

function viewOf(address) {
  return address.split("?")[0];
}
