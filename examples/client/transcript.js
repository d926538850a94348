// The chain of turns: the browser keeps the conversation, and the proxy can tell if it is the one that was sealed.

import { b64 } from "./proof.js";

const ENDS = ["complete", "stopped", "incomplete"];

/** Bytes of text that reach the workflow at most; turns before them are told by their hashes. */
const MAX_HISTORY_BYTES = 128 * 1024;

const size = (text) => new Blob([text]).size;

/** An integer in so many bytes, the first one the greatest. */
function integer(value, bytes) {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, BigInt(value));
  return view.buffer.slice(8 - bytes);
}

const bytesOfUuid = (uuid) => Uint8Array.from(uuid.replaceAll("-", "").match(/../g), (pair) => parseInt(pair, 16));

const bytesOfB64 = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));

/** Hashes parts of text and bytes, joined. */
const hash = async (...parts) => crypto.subtle.digest("SHA-256", await new Blob(parts).arrayBuffer());

const textHash = (text) => hash("porthole/1/text\0", text);

/** Computes the head of a conversation without turns. */
export const startHead = async (site, session) =>
  b64(await hash("porthole/1/start\0", integer(size(site), 2), site, bytesOfUuid(session)));

/** Computes the head after a turn, from the head before it. */
export async function headAfter(head, number, { id, user, reply, end }) {
  const texts = [user, reply].map(async (text) => [integer(size(text), 8), await textHash(text)]);
  const kindAndEnd = Uint8Array.of(0, ENDS.indexOf(end));
  const noFiles = new Uint8Array(32);
  const before = ["porthole/1/turn\0", bytesOfB64(head), integer(number, 4), kindAndEnd, bytesOfUuid(id)];
  return b64(await hash(...before, ...(await Promise.all(texts)).flat(), noFiles));
}

const whole = ({ id, end, user, reply }) => ({ id, end, user, reply });

const hashed = async ({ id, end, user, reply }) => ({
  id,
  end,
  user_len: size(user),
  user_hash: b64(await textHash(user)),
  reply_len: size(reply),
  reply_hash: b64(await textHash(reply)),
});

/**
 * Tells the turns that the next message goes by, as the proxy wants them: those of the history with their texts. The
 * message follows turn `keep`; where there are later ones, it replaces them.
 */
export async function transcript(turns, keep, historyTurns) {
  const first = Math.max(0, keep - historyTurns);
  let start = keep;
  for (let bytes = 0; start > first; start--) {
    bytes += size(turns[start - 1].user) + size(turns[start - 1].reply);
    if (bytes > MAX_HISTORY_BYTES) break;
  }
  const isTold = (at) => at >= start && at < keep;
  const told = turns.map((turn, at) => (isTold(at) || !crypto.subtle ? whole(turn) : hashed(turn))).slice(first);
  return { base: turns[first - 1]?.head, keep, turns: await Promise.all(told) };
}
