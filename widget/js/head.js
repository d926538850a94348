// The heads of a chain over a conversation (contract §3), computed with WebCrypto, which only a secure context has.

import { bytesOf, decode, encode, sha256 } from "./base64url.js";

const ENDS = ["complete", "stopped", "incomplete"];
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const digest = async (...parts) => sha256(await new Blob(parts).arrayBuffer());

function bigEndian(value, bytes) {
  const view = new DataView(new ArrayBuffer(bytes));
  view[bytes < 4 ? "setUint16" : "setUint32"](bytes < 4 ? 0 : bytes - 4, value);
  return view;
}

function uuid(text) {
  if (!UUID.test(text)) throw new TypeError("no UUID");
  return Uint8Array.from(text.replaceAll("-", "").match(/../g), (byte) => parseInt(byte, 16));
}

/** Computes the length of a text in bytes and its hash. */
export async function hashOf(text) {
  if (typeof text !== "string") throw new TypeError("no text");
  const bytes = bytesOf(text);
  return { length: bytes.length, hash: await digest("porthole/1/text\0", bytes) };
}

async function textParts(text) {
  const { length, hash } = await hashOf(text);
  return [bigEndian(length, 8), hash];
}

/** Computes the head of a session without turns. */
export const startOf = async (site, sid) =>
  encode(await digest("porthole/1/start\0", bigEndian(site.length, 2), site, uuid(sid)));

/** Computes the head after a turn; rejects where it is no turn. */
export async function headAfter(head, number, { id, user, reply, end }) {
  const endByte = ENDS.indexOf(end);
  if (endByte < 0) throw new TypeError("no turn");
  const parts = ["porthole/1/turn\0", decode(head), bigEndian(number, 4), Uint8Array.of(0, endByte), uuid(id)];
  return encode(await digest(...parts, ...(await textParts(user)), ...(await textParts(reply)), new Uint8Array(32)));
}
