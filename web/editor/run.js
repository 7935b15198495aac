/**
 * Running edits: start, follow picture by picture, cancel.
 *
 * Contract: `POST /image-edit` → 202 with a ticketed `progressUrl`; its stream sends `progress`, `complete` and
 * `image_error` for each picture and ends with one `session_complete`. An event may arrive twice after a lost
 * connection, so events of a finished picture are ignored.
 */

import { counted } from "../lib/format.js";
import { follow } from "./follow.js";

/**
 * @typedef {Object} Run
 * @property {string} sessionId
 * @property {Map<string, {picture: import("./pictures.js").Picture, parent: number}>} waiting  by image id
 * @property {string} label
 * @property {number} total
 * @property {boolean} connected
 * @property {boolean} cancelling
 * @property {() => void} stop
 */

export class Runs {
  /** @param {{api: import("./api.js").EditApi, onChange: () => void, say: (text: string) => void}} how */
  constructor({ api, onChange, say }) {
    this.api = api;
    this.onChange = onChange;
    this.say = say;
    /** @type {Map<string, Run>} */
    this.running = new Map();
  }

  /**
   * Start one session for some pictures.
   * @param {import("./pictures.js").Picture[]} pictures
   * @param {{operation: any, options: any, label: string}} what
   * @returns {Promise<string>} the session's id
   */
  async start(pictures, { operation, options, label }) {
    const before = pictures.map(({ state }) => state);
    const images = pictures.map(({ id, name, current }) => ({ id, url: current.source, name: plain(name) }));
    pictures.forEach((picture) => (picture.state = busy(0, "Waiting for its turn")));
    this.onChange();
    try {
      const session = await this.api.start({ images, operation, options });
      this.say(`Started with ${counted(pictures.length, "picture")}, about ${session.estimatedTime} s.`);
      this.watch(session, new Map(pictures.map((picture) => [picture.id, picture])), label);
      return session.sessionId;
    } catch (error) {
      pictures.forEach((picture, at) => (picture.state = before[at]));
      this.onChange();
      throw error;
    }
  }

  /** Follow a session that was started elsewhere. @param {any} session @param {Map<string, Picture>} pictures by image id */
  resume(session, pictures) {
    for (const [id, picture] of pictures) {
      const { status, progress, message } = session.progress[id];
      if (session.errors[id]) picture.state = { kind: "failed", message: session.errors[id].message };
      else if (status === "cancelled") picture.state = { kind: "cancelled", message: "Cancelled" };
      else if (!session.results[id]) picture.state = busy(progress, message || "Waiting for its turn");
    }
    const open = new Map(Array.from(pictures).filter(([, { state }]) => state.kind === "busy"));
    if (open.size) this.watch(session, open, session.plan.explanation);
  }

  watch(session, pictures, label) {
    const waiting = new Map(Array.from(pictures, ([id, picture]) => [id, { picture, parent: picture.at }]));
    const run = { sessionId: session.sessionId, waiting, label, total: waiting.size, connected: true, cancelling: false };
    this.running.set(run.sessionId, run);
    run.stop = follow(this.api, session, {
      event: (name, data) => this.onEvent(run, name, data),
      connection: (fine) => {
        run.connected = fine;
        this.onChange();
      },
      gone: (error) => this.ended(run, { kind: "failed", message: error.message }, error.message),
    });
    this.onChange();
  }

  onEvent(run, name, data) {
    if (name === "session_complete") {
      this.ended(run, { kind: "cancelled", message: "Cancelled" }, summary(data));
      return;
    }
    const open = run.waiting.get(data.imageId);
    if (!open) return;
    if (name === "progress") open.picture.state = busy(data.progress, data.message);
    else run.waiting.delete(data.imageId);
    if (name === "complete") open.picture.add(data.result, run.label, open.parent);
    if (name === "image_error") open.picture.state = { kind: "failed", message: data.error.message };
    this.onChange();
  }

  /** End a session: pictures without an outcome get *state*. */
  ended(run, state, said) {
    for (const { picture } of run.waiting.values()) picture.state = state;
    this.running.delete(run.sessionId);
    this.say(said);
    this.onChange();
  }

  /** Cancel: waiting pictures never start, running ones stop at their next step, results stay. @param {Run} run */
  async cancel(run) {
    run.cancelling = true;
    this.onChange();
    try {
      await this.api.cancel(run.sessionId);
    } catch (error) {
      run.cancelling = false;
      this.say(error.message);
      this.onChange();
    }
  }

  /** Stop following a session; the session itself continues. @param {string} id */
  forget(id) {
    this.running.get(id)?.stop();
    this.running.delete(id);
  }

  close() {
    for (const run of this.running.values()) run.stop();
  }
}

function busy(percent, message) {
  return { kind: "busy", percent, message };
}

/** Make a file name acceptable to the API: no control characters, at most 255 characters. */
function plain(name) {
  return name.replace(/[\u0000-\u001f\u007f]/g, " ").slice(0, 255);
}

function summary({ status, totalProcessed, totalFailed }) {
  const done = `${counted(totalProcessed, "picture")} edited`;
  const failed = totalFailed ? `, ${counted(totalFailed, "picture")} failed` : "";
  return status === "cancelled" ? `Cancelled: ${done}${failed}.` : `${done}${failed}.`;
}
