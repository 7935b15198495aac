/**
 * Follow a session to its end, across lost connections.
 *
 * The browser resumes a broken stream by itself, with `Last-Event-ID`: no gap, no duplicate. It does not retry a stream
 * that the server refused (the API restarted, or the ticket of 15 minutes expired). Then this module reads the session,
 * which holds a new ticket, and listens from the first event on: handlers must accept an event twice.
 */

import { ApiError } from "../lib/http.js";
import { listen } from "../lib/sse.js";

const SOON_MS = 1000;
const LATER_MS = 15_000;

/**
 * @param {import("./api.js").EditApi} api
 * @param {{sessionId: string, progressUrl: string}} session
 * @param {{event: (name: string, data: any) => void, connection: (fine: boolean) => void, gone: (error: Error) => void}} on
 * @returns {() => void} stop following; the session itself goes on
 */
export function follow(api, { sessionId, progressUrl }, on) {
  let stopListening = () => {};
  let timer;
  let pause = SOON_MS;
  let ended = false;

  const end = () => {
    ended = true;
    clearTimeout(timer);
    stopListening();
  };
  const handler = (name) => (data) => {
    on.event(name, data);
    if (name === "session_complete") end();
  };
  const open = (url) => {
    stopListening = listen(
      api.streamOf(url),
      {
        progress: handler("progress"),
        complete: handler("complete"),
        image_error: handler("image_error"),
        session_complete: handler("session_complete"),
      },
      (state) => {
        on.connection(state === "open");
        if (state === "open") pause = SOON_MS;
        if (state === "refused") again();
      },
    );
  };
  const again = () => {
    timer = setTimeout(renew, pause);
    pause = Math.min(2 * pause, LATER_MS);
  };
  const renew = async () => {
    try {
      const { progressUrl: renewed } = await api.session(sessionId);
      if (!ended) open(renewed);
    } catch (error) {
      if (ended) return;
      const forGood = error instanceof ApiError && error.status < 500 && error.status !== 429;
      if (forGood) on.gone(error);
      else again();
    }
  };

  open(progressUrl);
  return end;
}
