// The chain over a conversation (contract §3): the branch that a token seals, the transcript that proves it, and the
// head of each turn, computed anew.

import { bytesOf, encode } from "./base64url.js";
import { hashOf, headAfter, startOf } from "./head.js";

/** @typedef {import("./store.js").StoredTurn} StoredTurn */

/** The most bytes of text that reach a workflow as history. */
const MAX_HISTORY = 131_072;

/** Returns the stored turns that lead to a head, in order. */
export function branchOf(turns, head) {
  const byHead = new Map(turns.map((turn) => [turn.head, turn]));
  const branch = [];
  for (let turn; head && (turn = byHead.get(head)); head = turn.parent) {
    byHead.delete(head);
    branch.unshift(turn);
  }
  return branch;
}

/** Returns a turn as a transcript has it, with its texts. */
export const full = ({ id, user, reply, end }) => ({ id, user, reply, end });

async function hashed({ id, user, reply, end }) {
  const [said, answered] = [await hashOf(user), await hashOf(reply)];
  return {
    id,
    end,
    user_len: said.length,
    user_hash: encode(said.hash),
    reply_len: answered.length,
    reply_hash: encode(answered.hash),
  };
}

/**
 * Makes the smallest transcript that the rules allow; where the earlier turns are not there, one that keeps none.
 * @param {{ turn: number, head: string }} claims of the token that goes with it
 * @param {number} window the turns that the workflow gets
 * @param {number} [keep] the turns before an edited one
 */
export async function transcript(turns, { turn: sealed, head }, window, keep) {
  const kept = keep ?? sealed;
  const first = Math.max(0, kept - window);
  const branch = branchOf(turns, head);
  if (branch.length < sealed - first) return { keep: 0 };
  const shown = branch.slice(branch.length - (sealed - first));
  let left = MAX_HISTORY;
  const parts = [];
  for (let at = shown.length; at-- > 0; ) {
    const turn = shown[at];
    const isKept = first + at < kept;
    if (isKept) left -= bytesOf(turn.user).length + bytesOf(turn.reply).length;
    parts.unshift(isKept && left >= 0 || !crypto.subtle ? full(turn) : await hashed(turn));
  }
  return { base: first ? shown[0]?.parent : undefined, turns: parts, keep };
}

/** Computes the head after a turn; an empty `parent` is the start of the session in `claims`. */
export const headOf = async (turn, { sid, aud, turn: number }) =>
  headAfter(turn.parent || (await startOf(aud, sid)), number, turn);
