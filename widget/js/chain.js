// The chain over a conversation (contract §3): the branch that a token seals, the transcript that proves it, and the
// head of each turn, computed anew.

import { bytesOf, decode, encode, sha256 } from "./base64url.js";

/** @typedef {import("./store.js").StoredTurn} StoredTurn */

/** The most bytes of text that reach a workflow as history. */
const MAX_HISTORY = 131_072;
const ENDS = ["complete", "stopped", "incomplete"];

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

const textHash = (text) => sha256(bytesOf(`porthole/1/text\0${text}`));
const sizeOf = (text) => bytesOf(text).length;
const full = ({ id, user, reply, end }) => ({ id, user, reply, end });
const hashed = async ({ id, user, reply, end }) => ({
  id,
  end,
  user_len: sizeOf(user),
  user_hash: encode(await textHash(user)),
  reply_len: sizeOf(reply),
  reply_hash: encode(await textHash(reply)),
});

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
    if (isKept) left -= sizeOf(turn.user) + sizeOf(turn.reply);
    parts.unshift(isKept && left >= 0 || !crypto.subtle ? full(turn) : await hashed(turn));
  }
  return { base: first ? shown[0]?.parent : undefined, turns: parts, keep };
}

const joined = async (parts) => sha256(await new Blob(parts).arrayBuffer());
const u64 = (number) => new Uint8Array(new BigUint64Array([BigInt(number)]).buffer).reverse();
const u32 = (number) => u64(number).slice(4);
const uuid = (text) => Uint8Array.from(text.replaceAll("-", "").match(/../g), (byte) => parseInt(byte, 16));

/** Computes the head after a turn; an empty `parent` is the start of the session in `claims`. */
export async function headOf({ parent, id, user, reply, end }, { sid, aud, turn }) {
  const before = parent
    ? decode(parent)
    : await joined(["porthole/1/start\0", u64(aud.length).slice(6), aud, uuid(sid)]);
  return encode(await joined([
    "porthole/1/turn\0",
    before,
    u32(turn),
    Uint8Array.of(0, ENDS.indexOf(end)),
    uuid(id),
    u64(sizeOf(user)),
    await textHash(user),
    u64(sizeOf(reply)),
    await textHash(reply),
    new Uint8Array(32),
  ]));
}
