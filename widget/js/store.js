// The conversation between two visits, as far as the browser keeps it: `local` in its database, `session` in the tab's
// own storage, `none` in memory. Nothing is made before the first message, and the first failure turns to memory for
// good.

import { database } from "./database.js";
import { proofs } from "./proofs_part.js";
import { claimsOf } from "./session_token.js";
import { tabStorage } from "./tab_storage.js";

/**
 * The records are those of `stored.rs`, where their meaning is decided.
 * @typedef {{ token: string, id?: string, bound?: boolean, branches?: Record<string, string> }} StoredSession `branches`
 *   are the tokens at the ends of other branches, by their heads.
 * @typedef {{ id: string, text: string, attempt: number, at: number, until: number, keep?: number }} Outgoing
 * @typedef {{ id: string, user: string, reply: string, at: number, sealed_at?: number, end: string,
 *   suggestions: string, receipt: string, rating?: "up" | "down", turn: number, head: string, parent: string,
 *   thoughts: string, thought_ms: number, beside: string }} StoredTurn
 * @typedef {{ session?: StoredSession, outgoing?: Outgoing, key?: object, title?: string, agent?: string,
 *   turns: StoredTurn[] }} Rows
 */

/** The most branches that can be gone back to: a token has up to 2 KiB. */
const MAX_BRANCHES = 32;

const newest = (branches) => Object.fromEntries(Object.entries(branches).slice(-MAX_BRANCHES));

/** Tells if a session may be stored in place of another: of one conversation, the later token wins. */
function replaces(session, other) {
  const [mine, theirs] = [claimsOf(session.token), claimsOf(other?.token)];
  return !theirs || mine?.sid !== theirs.sid || mine.seq > theirs.seq;
}

/** Opens the store of one chat. */
export function openStore(keeping, name) {
  let place = { local: database, session: tabStorage }[keeping]?.(name);
  /** @type {StoredSession | undefined} */
  let known;
  /** The browser's key and the turns, where nothing is stored. */
  let knownKey;
  let knownTurns = [];

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

  const putSession = (session) => {
    known = session;
    return write(true, (rows, put) => put("chat", "session", session));
  };

  /** Returns the session and the turns as they are now: another tab may have moved them on. */
  async function current(all) {
    const rows = (await read(all)) ?? { turns: knownTurns };
    knownKey = rows.key ?? knownKey;
    return { ...rows, session: rows.session ?? known, key: knownKey };
  }

  return {
    isLost: () => !place,

    /** @returns {Promise<Rows>} */
    async load() {
      const rows = (await read(true)) ?? { turns: [] };
      known = rows.session ?? known;
      knownTurns = rows.turns;
      return rows;
    },

    current,

    /**
     * Returns the session's token and, where it is bound, its key, as a call shows them; that of another branch where
     * its `head` is named.
     */
    async credential(head) {
      const { session, key } = await current();
      const token = session?.branches?.[head] ?? session?.token;
      return { token, key: session?.bound ? key : undefined };
    },

    /**
     * Returns the browser's key, made at the first call; none in a tab's storage, which holds texts alone, so that it
     * would be lost before the token, unless the site serves no others.
     */
    async key(isRequired) {
      if (place && keeping !== "local" && !isRequired) return;
      const { key } = await current();
      if (key) return key;
      try {
        const { makeKey } = await proofs();
        const made = await makeKey();
        if (made && keeping === "local") await place?.write(true, (rows, put) => put("chat", "key", made));
        knownKey = made;
      } catch {
        // A browser that makes no key, or cannot keep one, has sessions that are not bound.
      }
      return knownKey;
    },

    /** Keeps a session that was opened. */
    keepSession(token, id, bound) {
      const { branches } = known?.id === id ? known : {};
      return putSession({ token, id, bound, branches });
    },

    /** @param {Outgoing} outgoing */
    keepOutgoing: (outgoing) => write(true, (rows, put) => put("chat", "outgoing", outgoing)),

    /** Keeps the title that the workflow gave the conversation. */
    keepTitle: (title) => write(true, (rows, put) => put("chat", "title", title)),

    /** Keeps the agent that the conversation is with. */
    keepAgent: (agent) => write(true, (rows, put) => put("chat", "agent", agent)),

    /** Another tab may wait with a message of its own. */
    dropOutgoing: (id) => write(false, (rows, put) => {
      if (rows.outgoing?.id === id) put("chat", "outgoing");
    }),

    /**
     * Returns a turn that was just sealed with its place in the chain.
     * @param {StoredTurn} turn
     */
    async placed(turn, token) {
      const [before, after] = [claimsOf((await current()).session?.token), claimsOf(token)];
      if (!after) return turn;
      const kept = after.turn - 1;
      let parent = kept ? before?.head : "";
      if (kept && kept !== before?.turn) {
        const { branchOf } = await proofs();
        parent = branchOf((await current(true)).turns, before?.head)[kept - 1]?.head;
      }
      return { ...turn, parent: parent ?? "", head: after.head };
    },

    /**
     * Keeps a sealed turn and its token and drops the outgoing message, all at once. The token of a branch that it leaves
     * stays, for a visitor who goes back to it.
     * @param {StoredTurn} turn
     */
    keepTurn(turn, token) {
      const next = (before) => {
        const { id, bound, branches } = before ?? {};
        const left = claimsOf(before?.token);
        const isLeft = left && left.turn && left.head !== turn.parent;
        return { token, id, bound, branches: isLeft ? newest({ ...branches, [left.head]: before.token }) : branches };
      };
      if (replaces({ token }, known)) known = next(known);
      knownTurns = [...knownTurns, turn];
      return write(true, (rows, put) => {
        if (!replaces({ token }, rows.session)) return;
        put("chat", "session", next(rows.session));
        put("chat", "outgoing");
        put("turns", turn.at, turn);
      });
    },

    /** Returns the turn of a message. */
    turn: async (id) => (await current(true)).turns.find((turn) => turn.id === id),

    /** @param {StoredTurn} turn */
    keepRating(turn, rating) {
      const rated = { ...turn, rating };
      knownTurns = knownTurns.map((known) => (known.at === turn.at ? rated : known));
      return write(false, (rows, put) => put("turns", turn.at, rated));
    },

    /** Makes the token at the end of another branch the session's. */
    async switchBranch(head) {
      const { session } = await current();
      const { [head]: token, ...others } = session?.branches ?? {};
      if (!token) return;
      const left = claimsOf(session.token);
      await putSession({ ...session, token, branches: { ...others, [left.head]: session.token } });
    },

    clear() {
      known = knownKey = undefined;
      knownTurns = [];
      return write(false, (rows, put) => {
        put("chat");
        put("turns");
      });
    },
  };
}
