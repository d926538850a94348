// The conversations between two visits, as far as the browser keeps them: `local` in its database, `session` in the
// tab's own storage, `none` in memory. Nothing is made before the first message, and the first failure turns to memory,
// until the visitor has it stored again. One conversation is the current one, for all tabs; the earlier ones stand whole in a row each.

import { idsOf, keyOf, outboxOf, putCurrent, recordOf } from "./chat_record.js";
import { database } from "./database.js";
import { proofs } from "./proofs_part.js";
import { claimsOf } from "./session_token.js";
import { memory, tabStorage } from "./tab_storage.js";

/**
 * The records are those of `stored.rs`, where their meaning is decided.
 * @typedef {{ token: string, id?: string, bound?: boolean, branches?: Record<string, string> }} StoredSession `branches`
 *   are the tokens at the ends of other branches, by their heads.
 * @typedef {{ id: string, text: string, attempt: number, at: number, until: number, keep?: number }} Outgoing
 * @typedef {{ id: string, user: string, reply: string, at: number, sealed_at?: number, end: string,
 *   suggestions: string, receipt: string, rating?: "up" | "down", turn: number, head: string, parent: string,
 *   thoughts: string, thought_ms: number, beside: string, key?: number }} StoredTurn
 * @typedef {{ session?: StoredSession, outgoing?: Outgoing, outbox?: Outgoing[], key?: object, title?: string,
 *   named?: boolean, agent?: string, history?: History, turns: StoredTurn[], kept?: EarlierChat }} Rows `named` where the visitor chose the title.
 * @typedef {{ id: string, at: number, session?: StoredSession, outbox: Outgoing[], title?: string, named?: boolean,
 *   agent?: string, history?: History, turns: StoredTurn[] }} EarlierChat
 * @typedef {{ id: string, at?: number, messages: object[] }} History what the workflow remembers of the session with this id
 */

/** The most branches that can be gone back to: a token has up to 2 KiB. */
const MAX_BRANCHES = 32;

const newest = (branches) => Object.fromEntries(Object.entries(branches).slice(-MAX_BRANCHES));

const without = (outbox, id) => outbox.filter((message) => message.id !== id);

function putOutbox(put, outbox) {
  put("chat", "outgoing");
  put("chat", "outbox", outbox.length ? outbox : undefined);
}

/**
 * Tells if a token may be stored in place of that of a session: it is of the same conversation, and later, as far as it
 * can be read. Without a session the conversation was deleted.
 */
function replaces(token, session) {
  const [mine, theirs] = [claimsOf(token), claimsOf(session?.token)];
  return !!theirs && (!mine || mine.sid === theirs.sid && mine.seq > theirs.seq);
}

/** Opens the store of one chat; `onLost` is called with the name of a failure that turns it to memory. */
export function openStore(keeping, name, onLost) {
  const open = () => ({ local: database, session: tabStorage })[keeping]?.(name, lose);
  let place = open();
  /** The place that takes nothing any more, and may be read. */
  let lost;
  /** All that this tab knows of its conversation: it is left where the place fails. */
  const known = memory();
  /** The conversation that this tab shows. */
  let shown;
  /** Settles when a place that was opened again has all that is known. */
  let recovered = Promise.resolve();

  function lose(reason) {
    // A database that was not made yet is no failure: opening it was aborted.
    if (!place || reason?.name === "AbortError") return;
    // One that does not answer is not asked again.
    lost = reason && place;
    place = undefined;
    onLost(reason?.name);
  }

  const read = async (all, id) => place?.read(all, id).catch(lose);

  /** Lets `change` put rows; `all` turns are told, and the earlier conversation with this id. */
  async function writeRows(make, change, id, all) {
    await recovered;
    await known.write(make, change, id);
    await place?.write(make, change, id, all).catch(lose);
  }

  /** Lets `change` put rows of this tab's conversation, which another tab may have put among the earlier ones. */
  const write = (make, change, all) => writeRows(make, (rows, put) => {
    const { kept } = rows;
    if (!kept) return change(rows, put);
    const record = { ...kept };
    change(kept, (table, key, value) => {
      if (table === "turns") record.turns = [...record.turns.filter((turn) => keyOf(turn) !== key), value];
      else record[key] = value;
    });
    put("chat", `chats/${shown}`, record);
  }, shown, all);

  /** Changes the outbox; other tabs do so too, and none loses what another one adds. */
  const changeOutbox = (make, change, all) =>
    write(make, (rows, put) => putOutbox(put, change(outboxOf(rows), rows.turns)), all);

  /** Returns the rows of this tab's conversation as they are now: another tab may have moved it on. */
  async function current(all) {
    const mine = await known.read(all, shown);
    const { kept, ...rows } = (await read(all, shown)) ?? mine;
    return { ...rows, ...kept, key: rows.key ?? mine.key };
  }

  return {
    isLost: () => !place,

    /** Has `putAll` write all that is known into the place, which is opened again; rejects where that fails. */
    async recover(putAll) {
      const again = open();
      const done = (async () => {
        await putAll(await known.read(), await known.earlier(), again.write);
        place = again;
      })();
      recovered = done.catch(() => {});
      await done;
    },

    /**
     * Returns the rows as they are now; `isOther` where the conversation is not the one that this tab has shown.
     * @returns {Promise<Rows & { isOther: boolean }>}
     */
    async load() {
      const rows = await read(true);
      // Where there is a place and no database in it, another tab has deleted everything.
      if (place) known.fill(rows);
      const loaded = await known.read();
      const [before, ids] = [shown, idsOf(loaded)];
      // Tabs that begin a conversation at the same moment have each named it by their own message.
      shown = ids[0];
      return { ...loaded, outbox: outboxOf(loaded), isOther: before !== undefined && !ids.includes(before) };
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
        const keep = (rows, put) => put("chat", "key", made);
        await known.write(true, keep);
        if (keeping === "local") await place?.write(true, keep);
      } catch {
        // A browser that makes no key, or cannot keep one, has sessions that are not bound.
      }
      return (await current()).key;
    },

    /** Keeps a session that was opened. */
    keepSession: (token, id, bound) => write(false, ({ session }, put) => {
      const branches = session?.id === id ? session.branches : undefined;
      put("chat", "session", { token, id, bound, branches });
    }),

    /**
     * Keeps a message in the outbox: where it is, in place of the one that it `replaces` unless that was sent meanwhile,
     * or at the end. Attempts that another tab has made count.
     * @param {Outgoing} outgoing
     */
    keepOutgoing(outgoing, replaces) {
      shown ??= outgoing.id;
      return changeOutbox(true, (outbox) => {
        const old = outbox.find(({ id, attempt }) => id === outgoing.id || (id === replaces && !attempt));
        const kept = { ...outgoing, attempt: Math.max(outgoing.attempt, old?.attempt ?? 0) };
        return old ? outbox.map((message) => (message === old ? kept : message)) : [...outbox, kept];
      });
    },

    /**
     * Notes the attempt that is about to be made. Not so, and `false`, where the message is in the outbox no longer, is a
     * turn already, or another tab has made that attempt; `isMine` tells that it was this one.
     */
    async claim(id, attempt, isMine) {
      let isFree;
      await changeOutbox(true, (outbox, turns) => {
        const left = turns.some((turn) => turn.id === id) ? without(outbox, id) : outbox;
        const found = left.find((message) => message.id === id);
        isFree = !!found && (isMine || found.until > 0 || found.attempt < attempt);
        return isFree ? left.map((it) => (it === found ? { ...it, attempt, until: 0 } : it)) : left;
      }, true);
      return isFree;
    },

    /** Keeps the title that the workflow gave the conversation, unless its visitor has named it. */
    keepTitle: (title) => write(false, ({ named, session }, put) => named || !session || put("chat", "title", title)),

    /** Keeps the agent that the conversation is with. */
    keepAgent: (agent) => write(false, (rows, put) => put("chat", "agent", agent)),

    dropOutgoing: (id) => changeOutbox(false, (outbox) => {
      const left = without(outbox, id);
      // The conversation is named by its first message: without it by the next one, as soon as there is one.
      if (shown === id) shown = left[0]?.id;
      return left;
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
     * Keeps a sealed turn and its token and removes its message from the outbox, all at once. The token of a branch that it leaves
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
      return write(false, ({ session, turns, ...rows }, put) => {
        if (!replaces(token, session)) return;
        putOutbox(put, without(outboxOf(rows), turn.id));
        put("chat", "session", next(session));
        const [same, last] = [turns.find(({ id }) => id === turn.id), turns.at(-1)];
        // Behind the others, whatever the clock says.
        const key = same ? keyOf(same) : Math.max(turn.at, last ? keyOf(last) + 1 : 0);
        put("turns", key, { ...turn, key });
      }, true);
    },

    /** Makes the token at the end of another branch the session's. */
    switchBranch: (head) => write(false, ({ session }, put) => {
      const { [head]: token, ...others } = session?.branches ?? {};
      if (!token) return;
      const branches = { ...others, [claimsOf(session.token).head]: session.token };
      put("chat", "session", { ...session, token, branches });
    }),

    /** Puts the conversation among the earlier ones, and the one with this id in its place; without any, none. */
    async swap(id) {
      const left = id && !place ? await lost?.read(false, id).catch(() => {}) : undefined;
      await writeRows(false, ({ kept = left?.kept, ...rows }, put) => {
        const record = recordOf(rows);
        // Another tab has opened it meanwhile.
        if (id && record.id === id) return;
        if (record.id) put("chat", `chats/${record.id}`, record);
        putCurrent(put, kept);
        put("chat", `chats/${id}`);
      }, id, true);
      // The next task is about the other conversation.
      shown = id;
    },

    writeRows,

    /** Lets `change` delete rows, also in a place that takes nothing any more: that makes room. */
    async remove(change, id) {
      await writeRows(false, change, id, true);
      await (place ? undefined : lost)?.write(false, change, id, true);
    },

    /** Returns all earlier conversations, as this tab knows them where the place takes nothing; none where they cannot be read. */
    async earlier() {
      const stored = (await (place ?? lost)?.earlier().catch(() => [])) ?? [];
      if (place) return stored;
      const mine = await known.earlier();
      return [...mine, ...stored.filter(({ id }) => id !== shown && mine.every((chat) => chat.id !== id))];
    },

    /** Forgets what is known only here: another tab has deleted everything. */
    erase() {
      if (place) return;
      lost = undefined;
      known.fill();
    },
  };
}
