// The conversation between two visits, as far as the browser keeps it: `local` in its database, `session` in the tab's
// own storage, `none` in memory. Nothing is made before the first message, and the first failure turns to memory for
// good.

import { database } from "./database.js";
import { opened_turn, replaces } from "./glue.js";
import { tabStorage } from "./tab_storage.js";

/**
 * The records are those of `stored.rs`, where their meaning is decided.
 * @typedef {{ token: string, id?: string, turn: number }} StoredSession `turn` is the last one that the token knows.
 * @typedef {{ id: string, text: string, attempt: number, at: number, until: number }} Outgoing
 * @typedef {{ id: string, user: string, reply: string, at: number, end: string, suggestions: string,
 *   receipt: string, turn: number }} StoredTurn
 */

/** Opens the store of one chat. */
export function openStore(keeping, name) {
  let place = { local: database, session: tabStorage }[keeping]?.(name);
  /** @type {StoredSession | undefined} */
  let known;

  async function write(make, change) {
    try {
      await place?.write(make, change);
    } catch {
      place = undefined;
    }
  }

  async function read(all) {
    try {
      return await place?.read(all);
    } catch (reason) {
      // A database that was not made yet is no failure: opening it was aborted.
      if (reason?.name !== "AbortError") place = undefined;
    }
  }

  return {
    isLost: () => !place,

    /** @returns {Promise<{ session?: StoredSession, outgoing?: Outgoing, turns: StoredTurn[] }>} */
    async load() {
      const rows = (await read(true)) ?? { turns: [] };
      known = rows.session ?? known;
      return rows;
    },

    /** Returns the session's token as it is now: another tab may have moved it on. */
    async token() {
      const rows = await read();
      return (rows?.session ?? known)?.token;
    },

    keepSession(token, id) {
      known = { token, id, turn: opened_turn(id, known) };
      return write(true, (rows, put) => put("chat", "session", known));
    },

    /** @param {Outgoing} outgoing */
    keepOutgoing: (outgoing) => write(true, (rows, put) => put("chat", "outgoing", outgoing)),

    /** Another tab may wait with a message of its own. */
    dropOutgoing: (id) => write(false, (rows, put) => {
      if (rows.outgoing?.id === id) put("chat", "outgoing");
    }),

    /**
     * Keeps a sealed turn and its token and drops the outgoing message, all at once.
     * @param {StoredTurn} turn
     */
    keepTurn(turn, token) {
      const session = { token, id: known?.id, turn: turn.turn };
      if (replaces(session, known)) known = session;
      return write(true, (rows, put) => {
        if (!replaces(session, rows.session)) return;
        put("chat", "session", session);
        put("chat", "outgoing");
        put("turns", turn.at, turn);
      });
    },

    clear() {
      known = undefined;
      return write(false, (rows, put) => {
        put("chat");
        put("turns");
      });
    },
  };
}
