/**
 * Running edits: start, follow picture by picture, cancel. More pictures than one request may hold are sent in parts.
 *
 * Contract: `POST /image-edit` → 202 with a ticketed `progressUrl`; its stream sends `progress`, `complete` and
 * `image_error` for each picture and ends with one `session_complete`. An event may arrive twice after a lost
 * connection, so events of a finished picture are ignored.
 */

import { counted } from "../lib/format.js";
import { toast } from "../lib/toast.js";
import { follow } from "./follow.js";

const MOST = 50; // pictures of one request
const AT_ONCE = 3; // sessions of one user
const AGAIN_S = 5;

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
  /** @param {{api: import("./api.js").EditApi, table: ReturnType<import("./table.js").theTable>, signal: AbortSignal, say: (text: string) => void}} how */
  constructor({ api, table, signal, say }) {
    this.api = api;
    this.signal = signal;
    this.table = table;
    this.say = say;
    /** @type {Map<string, Run>} */
    this.running = new Map();
    /** Parts that wait until a session ends. */
    this.queue = [];
  }

  /** Pictures that wait until another session ends. */
  get queued() {
    if (this.starting) return 0;
    return this.queue.reduce((sum, { pictures }) => sum + pictures.length, 0);
  }

  /**
   * Edit some pictures, in parts of fifty.
   * @param {import("./pictures.js").Picture[]} pictures
   * @param {{operation: any, options: any, label: string}} what
   */
  async start(pictures, what) {
    for (let from = 0; from < pictures.length; from += MOST) {
      const some = pictures.slice(from, from + MOST);
      this.queue.push({ pictures: some, what, before: some.map(({ state }) => state) });
    }
    pictures.forEach((picture) => (picture.state = busy(0, "Waiting for its turn")));
    const started = this.next();
    this.table.changed();
    await started;
  }

  /** Start parts until as many sessions run as may. */
  async next() {
    while (this.queue.length && this.running.size < AT_ONCE && !this.starting) {
      const part = this.queue.shift();
      this.starting = true;
      try {
        await this.startPart(part);
      } catch (error) {
        if (error.status !== 429 || this.signal.aborted) {
          this.drop([part]);
          if (this.signal.aborted) toast(error.message);
          throw error;
        }
        this.queue.unshift(part);
        this.say(error.message);
        this.timer = setTimeout(() => this.goOn(), 1000 * (error.retryAfter || AGAIN_S));
        return;
      } finally {
        this.starting = false;
      }
    }
  }

  async startPart({ pictures, what: { operation, options, label } }) {
    const images = pictures.map(({ id, name, current }) => ({ id, url: current.source, name: plain(name) }));
    const session = await this.api.start({ images, operation, options });
    this.say(`Started with ${counted(pictures.length, "picture")}, about ${session.estimatedTime} s.`);
    this.watch(session, new Map(pictures.map((picture) => [picture.id, picture])), label);
  }

  /** Start the next part without a click of the user. */
  goOn() {
    this.next().catch((error) => this.say(error.message));
  }

  /** Take back parts that have not started. */
  drop(parts = this.queue.splice(0)) {
    for (const { pictures, before } of parts) pictures.forEach((picture, at) => (picture.state = before[at]));
    this.table.changed();
  }

  /**
   * Follow a session that was started elsewhere, or before a reload.
   * @param {any} session @param {Map<string, Picture>} pictures  by image id
   * @param {{label?: string, parents?: Record<string, number>}} [known]
   */
  resume(session, pictures, { label = session.plan.explanation, parents = {} } = {}) {
    for (const [id, picture] of pictures) {
      const { status, progress, message } = session.progress[id];
      if (session.results[id]) picture.add(session.results[id], label, parents[id] ?? 0);
      else if (session.errors[id]) picture.state = { kind: "failed", message: session.errors[id].message };
      else if (status === "cancelled") picture.state = { kind: "cancelled", message: "Cancelled" };
      else picture.state = busy(progress, message || "Waiting for its turn");
    }
    const open = new Map(Array.from(pictures).filter(([, { state }]) => state.kind === "busy"));
    if (open.size) this.watch(session, open, label, parents);
    else this.table.sessions.delete(session.sessionId);
    this.table.changed();
  }

  watch(session, pictures, label, parents = {}) {
    const waiting = new Map(Array.from(pictures, ([id, picture]) => [id, { picture, parent: parents[id] ?? picture.at }]));
    this.table.sessions.set(session.sessionId, { label, parents: Object.fromEntries(Array.from(waiting, ([id, { parent }]) => [id, parent])) });
    // The view ended while the session was started.
    if (this.signal.aborted) return this.table.startedElsewhere(session.sessionId);
    const run = { sessionId: session.sessionId, waiting, label, total: waiting.size, connected: true, cancelling: false };
    this.running.set(run.sessionId, run);
    run.stop = follow(this.api, session, {
      event: (name, data) => this.onEvent(run, name, data),
      connection: (fine) => {
        run.connected = fine;
        this.table.changed();
      },
      gone: (error) => this.ended(run, { kind: "failed", message: error.message }, error.message),
    });
    this.table.changed();
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
    this.table.changed();
  }

  /** End a session: pictures without an outcome get *state*. */
  ended(run, state, said) {
    for (const { picture } of run.waiting.values()) picture.state = state;
    this.running.delete(run.sessionId);
    this.table.sessions.delete(run.sessionId);
    this.say(said);
    this.table.changed();
    this.goOn();
  }

  /** Cancel: waiting pictures never start, running ones stop at their next step, results stay. @param {Run} run */
  async cancel(run) {
    run.cancelling = true;
    this.table.changed();
    try {
      await this.api.cancel(run.sessionId);
    } catch (error) {
      run.cancelling = false;
      this.say(error.message);
      this.table.changed();
    }
  }

  /** Stop following a session; the session itself continues. @param {string} id */
  forget(id) {
    this.running.get(id)?.stop();
    this.running.delete(id);
  }

  close() {
    clearTimeout(this.timer);
    if (this.queued) toast(`${counted(this.queued, "picture")} had not started and will not be edited.`);
    this.drop();
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
