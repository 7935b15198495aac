/**
 * Listen to server-sent events. EventSource reconnects by itself and sends `Last-Event-ID`, so no event is lost or sent
 * twice (docs/edit-api.md). This module adds the state of the connection, and a way to stop.
 */

/**
 * @param {string} url  same origin, or with a ticket in it: EventSource sends no Authorization header
 * @param {Record<string, (data: any, event: MessageEvent) => void>} handlers  by event name
 * @param {(state: "open"|"lost"|"refused") => void} [onState]  "refused": the server refused; EventSource does not retry
 * @returns {() => void} stop listening
 */
export function listen(url, handlers, onState = () => {}) {
  const source = new EventSource(url);
  source.addEventListener("open", () => onState("open"));
  source.addEventListener("error", () => onState(source.readyState === EventSource.CLOSED ? "refused" : "lost"));
  for (const [name, handle] of Object.entries(handlers)) {
    source.addEventListener(name, (event) => handle(event.data ? JSON.parse(event.data) : null, event));
  }
  return () => source.close();
}
