/** The orders of the grid, as the gallery API sorts (local/front/gallery/model.py), and the days that they are headed by. */

import { nameOf } from "./states.js";

const DIGITS = 12;
/** Sorts after every date. */
export const LAST = "~";

/**
 * @typedef {Object} Order
 * @property {string} title
 * @property {(photo: any) => string} key
 * @property {boolean} descending
 * @property {(photo: any) => string|null} day  YYYY-MM-DD, "" without a date; null: no headings
 */

/** @type {Record<string, Order>} */
export const ORDERS = {
  added: { title: "Newest added", key: ({ created_at: at = "" }) => at, descending: true, day: ({ created_at: at }) => localDay(at) },
  taken: { title: "Newest taken", key: ({ taken_at: at }) => at || "", descending: true, day: takenDay },
  "taken-oldest": { title: "Oldest taken", key: ({ taken_at: at }) => at || LAST, descending: false, day: takenDay },
  name: { title: "Name", key: byName, descending: false, day: () => null },
};

/** Return whether *one* stands before *other*. @param {Order} order */
export function isBefore(order, one, other) {
  const [first, second] = [order.key(one), order.key(other)];
  const less = first === second ? one.id < other.id : first < second;
  return order.descending ? !less : less;
}

/** Numbers by their value: IMG_2 before IMG_10. */
function byName(photo) {
  return nameOf(photo).toLowerCase().replace(/[0-9]+/g, (found) => found.padStart(DIGITS, "0"));
}

/** The camera's own date, wherever it was. */
function takenDay({ taken_at: at }) {
  return (at || "").slice(0, 10);
}

function localDay(at) {
  if (!at) return "";
  const day = new Date(at);
  return [day.getFullYear(), day.getMonth() + 1, day.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
}
