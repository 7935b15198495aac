/** The operator's API. Contract: `/gallery/operations`, `/gallery/queues/…` of docs/local.md; this machine only. */

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

/** @typedef {{id: string, body: string, sentAt: number, receives: number, code: string, keys: string[]}} Letter */

/**
 * @typedef {{event: {"detail-type": string, detail: Record<string, string>}, receivedAt: number, deliveries: number}} ReceivedEvent
 * @typedef {{down: boolean, last: ReceivedEvent[]}} Events  the newest first
 */

/**
 * @typedef {Object} Overview
 * @property {Queue[]} queues
 * @property {Alarm[]} alarms
 * @property {Record<string, {invocations: Points, errors: Points, durationMs: Points, slowestMs: Points}>} functions
 * @property {any} photos
 * @property {any} edits
 * @property {{photosUsd: number, editsUsd: number}} cost
 * @property {Events} events
 */

export class Operations {
  /** @param {import("../lib/config.js").Config} config @param {AbortSignal} signal  ends all reading */
  constructor({ gallery }, signal) {
    this.base = gallery;
    this.signal = signal;
  }

  /** @returns {Promise<Overview>} */
  overview() {
    return this.read("/operations");
  }

  /** Send the dead letters of a queue back to it. @param {string} role */
  redrive(role) {
    return call(`${this.base}/queues/${role}/redrive`, { method: "POST" });
  }

  /** @param {string} role @returns {Promise<Letter[]>} up to fifty, the oldest first */
  async letters(role) {
    return (await this.read(`/queues/${role}/letters`)).letters;
  }

  /** Take the receiver of events down, or up again. @param {boolean} down */
  switchReceiver(down) {
    return call(`${this.base}/events/receiver`, { method: "PUT", body: { down } });
  }

  /** Send one letter back to its queue. */
  redriveOne(role, id) {
    return call(`${this.base}/queues/${role}/letters/${id}/redrive`, { method: "POST" });
  }

  /** Delete one letter for good. */
  discard(role, id) {
    return call(`${this.base}/queues/${role}/letters/${id}`, { method: "DELETE" });
  }

  /** @param {string} name  anchor in docs/operations.md @returns {Promise<{title: string, text: string}>} */
  runbook(name) {
    return this.read(`/runbook/${name}`);
  }

  read(path) {
    return call(`${this.base}${path}`, { signal: this.signal });
  }
}
