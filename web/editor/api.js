/** The edit API, call by call. Contract: `/image-edit/openapi.json`; every refusal is an `ApiError` (lib/http.js). */

import { call, startOnce } from "../lib/http.js";

/** @typedef {{steps: Array<{op: string}>, explanation: string}} Plan */
/** @typedef {{id: string, url: string, name?: string}} SourceImage */

export class EditApi {
  /** @param {import("../lib/config.js").Config} config @param {AbortSignal} signal  ends all reading */
  constructor({ api, token }, signal) {
    this.base = api;
    this.token = token;
    this.signal = signal;
  }

  /** The vocabulary, which the menus are built from. */
  operations() {
    return this.read("/operations");
  }

  /** What a command would do; nothing runs. @param {string} command @param {AbortSignal} signal @returns {Promise<Plan>} */
  parse(command, signal) {
    return this.ask("/parse", { method: "POST", body: { command }, signal });
  }

  /** Start a session: exactly one, also if the response is lost. */
  start(body) {
    return startOnce(this.base, { body, token: this.token });
  }

  session(id) {
    return this.read(`/session/${id}`);
  }

  sessions(cursor) {
    return this.read(`/sessions?${new URLSearchParams({ limit: "10", ...(cursor ? { cursor } : {}) })}`);
  }

  cancel(id) {
    return this.ask(`/session/${id}`, { method: "DELETE" });
  }

  /** Ask for an upload slot for each file; without a content type for RAW files, which browsers do not know. @param {File[]} files */
  async slots(files) {
    const said = files.map(({ type, size }) => (type.startsWith("image/") ? { contentType: type, size } : { size }));
    return (await this.ask("/uploads", { method: "POST", body: { files: said } })).slots;
  }

  /** The address of a session's stream, with the ticket in it. @param {string} progressUrl a path */
  streamOf(progressUrl) {
    return new URL(progressUrl, this.base).href;
  }

  read(path) {
    return this.ask(path, { signal: this.signal });
  }

  ask(path, how = {}) {
    return call(`${this.base}${path}`, { token: this.token, ...how });
  }
}
