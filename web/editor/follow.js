/**
 * Follow a session to its end, whatever happens to the connection.
 *
 * A stream that breaks is resumed by the browser itself, with `Last-Event-ID`: no gap, nothing twice. A stream that is
 * refused (the API was being restarted, the ticket of 15 minutes is over) is not tried again by browsers. Then we ask
 * for the session, which gives a new ticket, and listen from the first event on: whoever handles events must not mind
 * hearing one again.
 */

import { ApiError } from "../lib/http.js";
import { listen } from "../lib/sse.js";

const SOON_MS = 1000;
const LATER_MS = 15_000;

/**
 * @param {import("./api.js").EditApi} api
 * @param {{sessionId: string, progressUrl: string}} session
 * @param {{event: (name: string, data: any) => void, connection: (fine: boolean) => void, gone: (error: Error) => void}} tell
 * @returns {() => void} stop following; the session itself goes on
 */
export function follow(api, { sessionId, progressUrl }, tell) {
  let stopListening = () => {};
  let timer;
  let pause = SOON_MS;

  const end = () => {
    clearTimeout(timer);
    stopListening();
  };
  const hear = (name) => (data) => {
    tell.event(name, data);
    if (name === "session_complete") end();
  };
  const open = (url) => {
    stopListening = listen(
      api.streamOf(url),
      {
        progress: hear("progress"),
        complete: hear("complete"),
        image_error: hear("image_error"),
        session_complete: hear("session_complete"),
      },
      (state) => {
        tell.connection(state === "open");
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
      open((await api.session(sessionId)).progressUrl);
    } catch (error) {
      const forGood = error instanceof ApiError && error.status < 500 && error.status !== 429;
      if (forGood) tell.gone(error);
      else again();
    }
  };

  open(progressUrl);
  return end;
}
