/** The numbers behind a chart: minutes of the last hour across, a round number at the top. */

export const MINUTES = 60;

/**
 * Values by minute, oldest first; 0 or null where nothing was reported.
 * @param {import("./api.js").Points} points @param {number} now  s since 1970 @param {0|null} nothing
 */
export function byMinute(points, now, nothing) {
  const end = Math.floor(now / 60);
  const values = Array(MINUTES).fill(nothing);
  for (const [at, value] of points) {
    const place = MINUTES - 1 - (end - Math.floor(at / 60));
    if (place >= 0 && place < MINUTES) values[place] = value;
  }
  return values;
}

/** The next of 1, 2, 5, 10, 20, … that is not below. @param {number} value */
export function roundUp(value) {
  if (value <= 1) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].find((step) => step * power >= value) * power;
}

/** @param {number[]} values */
export function sum(values) {
  return values.reduce((all, one) => all + one, 0);
}
