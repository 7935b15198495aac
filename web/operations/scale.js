/** The scale of a chart: 60 minutes across, a round number at the top. */

export const MINUTES = 60;

/**
 * Return values by minute, oldest first; *nothing* where no value was reported.
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

/** Round up to 1, 2, 5, 10, 20, …. @param {number} value */
export function roundUp(value) {
  if (value <= 1) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].find((step) => step * power >= value) * power;
}

/** @param {number[]} values */
export function sum(values) {
  return values.reduce((all, one) => all + one, 0);
}
