/** Addresses of the views: `#/gallery?photo=…`. A parameter may stand several times. */

/** @param {string} view @param {Record<string, string|string[]|null|undefined>} params  empty ones are left out */
export function addressOf(view, params = {}) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    for (const one of [value].flat()) if (one) query.append(name, one);
  }
  return `#/${view}${query.size ? `?${query}` : ""}`;
}

/** Change the address without another entry in the history. @param {string} address */
export function replaceAddress(address) {
  history.replaceState(history.state, "", address);
}
