/** Suggestions while a command is typed: phrases of the vocabulary that continue the typed words. */

const SEPARATOR = /\s*(?:[,;]|\b(?:and then|and|then)\b)\s*/gi;
const MOST = 6;

/**
 * Find the step of a command at a position.
 * @param {string} command
 * @param {number} at  characters from the beginning
 * @returns {{from: number, to: number, text: string}}
 */
export function stepAt(command, at) {
  let from = 0;
  for (const { index, 0: separator } of command.matchAll(SEPARATOR)) {
    if (index >= at) return { from, to: index, text: command.slice(from, index) };
    from = index + separator.length;
  }
  return { from, to: command.length, text: command.slice(from) };
}

/**
 * Return phrases for the step that is being typed; the most useful ones if it is empty.
 * @param {string[]} phrases @param {string} typed
 */
export function matching(phrases, typed) {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = (phrase) => words.every((word) => phrase.toLowerCase().split(/\s+/).some((one) => one.startsWith(word)));
  return phrases.filter((phrase) => fits(phrase) && phrase !== typed.trim()).slice(0, MOST);
}

/** Replace a step by a phrase. @returns {string} */
export function replaced(command, { from, to }, phrase) {
  return `${command.slice(0, from)}${phrase}${command.slice(to)}`;
}
