/** The operator's API. Contract: `/gallery/operations` and redrive of docs/local.md; this machine only. */

import { call } from "../lib/http.js";

/** @typedef {Array<[number, number]>} Points  [s since 1970, value], one for each minute with data, oldest first */

/** @typedef {{status: string, moved: number, reason: string|null}|null} Redrive */

/**
 * @typedef {Object} Queue
 * @property {string} role
 * @property {string} name
 * @property {number} visible
 * @property {number} inFlight
 * @property {number} delayed
 * @property {number|null} oldestAgeS
 * @property {Redrive} redrive  the last one, of dead letters
 */

/** @typedef {{name: string, state: "OK"|"ALARM"|"INSUFFICIENT_DATA", means: string, reason: string, since: string}} Alarm */

/**
 * @typedef {Object} Overview
 * @property {Queue[]} queues
 * @property {Alarm[]} alarms
 * @property {Record<string, {invocations: Points, errors: Points, durationMs: Points, slowestMs: Points}>} functions
 * @property {any} photos
 * @property {any} edits
 */

export class Operations {
  /** @param {import("../lib/config.js").Config} config */
  constructor({ gallery }) {
    this.base = gallery;
  }

  /** @param {AbortSignal} [signal] @returns {Promise<Overview>} */
  overview(signal) {
    return call(`${this.base}/operations`, { signal });
  }

  /** Send the dead letters of a queue back to it. @param {string} role */
  redrive(role) {
    return call(`${this.base}/queues/${role}/redrive`, { method: "POST" });
  }
}
