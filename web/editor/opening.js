/** Put pictures on the table that are known elsewhere: photos by their ids, an earlier edit, edits that still run. */

import { replaceAddress } from "../lib/address.js";
import { toast } from "../lib/toast.js";
import { ofIds, ofSession } from "./sources.js";

/**
 * @typedef {Object} OpeningHow
 * @property {import("./sources.js").From} from
 * @property {import("./api.js").EditApi} api
 * @property {ReturnType<import("./table.js").theTable>} table
 * @property {import("./run.js").Runs} runs
 * @property {(command: string) => void} onCommand  of the session that was opened
 * @property {() => void} onOpened
 * @property {(text: string) => void} say
 */

export class Opening {
  /** @param {OpeningHow} how */
  constructor(how) {
    this.how = how;
  }

  /** Open what the address names, once: the table is kept, and so a reload shows it as it is. @param {URLSearchParams} params */
  async open(params) {
    const ids = params.getAll("photo");
    const session = params.get("session");
    if (!ids.length && !session) return;
    await (session ? this.session(session) : this.photos(ids));
    if (!this.how.from.signal.aborted) replaceAddress("#/editor");
  }

  /** @param {string[]} ids */
  photos(ids) {
    const { from, table } = this.how;
    return this.attempt(async () => {
      const pictures = await ofIds(ids, from);
      const lost = ids.length - pictures.length;
      if (lost) toast(lost === 1 ? "1 photo is not there any more." : `${lost} photos are not there any more.`);
      table.replace(pictures.map((picture) => table.known(picture)));
    });
  }

  /** @param {string} id */
  session(id) {
    const { from, api, table, runs, onCommand } = this.how;
    return this.attempt(async () => {
      const session = await api.session(id);
      const pictures = await ofSession(session, from);
      runs.forget(id);
      table.replace(Array.from(pictures.values()));
      runs.resume(session, pictures);
      onCommand(session.operation.command || "");
    });
  }

  /** Follow edits that were started before this view. */
  followAll() {
    for (const [id, known] of this.how.table.sessions) this.follow(id, known);
  }

  async follow(id, known) {
    const { api, table, runs, say } = this.how;
    const byId = new Map(table.pictures.map((picture) => [picture.id, picture]));
    const pictures = new Map(Object.keys(known.parents).filter((one) => byId.has(one)).map((one) => [one, byId.get(one)]));
    try {
      runs.resume(await api.session(id), pictures, known);
    } catch (error) {
      if (error.status === 404) table.sessions.delete(id);
      say(error.message);
    }
  }

  async attempt(work) {
    try {
      await work();
      this.how.onOpened();
    } catch (error) {
      toast(error.message);
    }
  }
}
