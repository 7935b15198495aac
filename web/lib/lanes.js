/** Work on many things, a few at a time; one that fails stops no other. */

/**
 * @template T
 * @param {T[]} items
 * @param {(item: T) => Promise<any>} work
 * @param {number} [lanes]
 * @returns {Promise<{done: number, errors: Error[]}>}
 */
export async function inLanes(items, work, lanes = 4) {
  const queue = Array.from(items);
  const errors = [];
  const lane = async () => {
    while (queue.length) await work(queue.shift()).catch((error) => errors.push(error));
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return { done: items.length - errors.length, errors };
}
