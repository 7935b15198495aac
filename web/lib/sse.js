/**
 * Server-sent events. The browser's EventSource reconnects by itself and sends `Last-Event-ID`, so nothing is lost or
 * told twice (docs/edit-api.md); what is added here is a word on whether we are connected, and an end.
 */

/**
 * @param {string} url  same origin, or with a ticket in it: EventSource sends no Authorization header
 * @param {Record<string, (data: any, event: MessageEvent) => void>} handlers  by event name
 * @param {(state: "open"|"lost"|"refused") => void} [onState]  "refused": the server said no; it is not asked again
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
