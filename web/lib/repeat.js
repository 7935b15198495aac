/** Poll while the tab is visible, one request at a time. */

/**
 * @param {() => Promise<void>} look  shows its own errors
 * @param {AbortSignal} signal  ends it
 * @param {number} everyMs
 * @returns {{now: () => Promise<void>}}
 */
export function repeat(look, signal, everyMs) {
  let timer;
  let running = null;

  const now = () => {
    clearTimeout(timer);
    running ??= look().finally(() => {
      running = null;
      if (!document.hidden && !signal.aborted) timer = setTimeout(now, everyMs);
    });
    return running;
  };
  const onVisible = () => {
    if (document.hidden) clearTimeout(timer);
    else now();
  };

  document.addEventListener("visibilitychange", onVisible, { signal });
  signal.addEventListener("abort", () => clearTimeout(timer));
  now();
  return { now };
}
