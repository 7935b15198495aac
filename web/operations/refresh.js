/** Poll while the tab is visible, one request at a time. */

const EVERY_MS = 5000;

/**
 * @param {(signal: AbortSignal) => Promise<void>} look  shows its own errors
 * @returns {{now: () => Promise<void>, stop: () => void}}
 */
export function repeat(look) {
  let timer;
  let running = null;
  let asked = new AbortController();

  const now = () => {
    clearTimeout(timer);
    running ??= look(asked.signal).finally(() => {
      running = null;
      if (!document.hidden && !asked.signal.aborted) timer = setTimeout(now, EVERY_MS);
    });
    return running;
  };
  const onVisible = () => {
    if (document.hidden) clearTimeout(timer);
    else now();
  };
  const stop = () => {
    clearTimeout(timer);
    document.removeEventListener("visibilitychange", onVisible);
    asked.abort();
  };

  document.addEventListener("visibilitychange", onVisible);
  now();
  return { now, stop };
}
