// The chain over a conversation (contract §3), computed with WebCrypto.

const ENDS = ["complete", "stopped", "incomplete"];
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Decodes base64url; throws where the text is none. */
export function fromB64(text) {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (byte) => byte.charCodeAt(0));
}

/** Encodes a hash or a signature as base64url. */
export function toB64(bytes) {
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** Computes the head after a turn; rejects where it is no turn. */
export async function headAfter(head, number, { id, user, reply, end }) {
  const endByte = ENDS.indexOf(end);
  if (endByte < 0 || !UUID.test(id)) throw new TypeError("no turn");
  const uuid = Uint8Array.from(id.replaceAll("-", "").match(/../g), (byte) => parseInt(byte, 16));
  const parts = ["porthole/1/turn\0", fromB64(head), bigEndian(number, 4), Uint8Array.of(0, endByte), uuid];
  return toB64(await hash(...parts, ...(await textParts(user)), ...(await textParts(reply)), new Uint8Array(32)));
}

async function textParts(text) {
  if (typeof text !== "string") throw new TypeError("no text");
  const bytes = new TextEncoder().encode(text);
  return [bigEndian(bytes.length, 8), await hash("porthole/1/text\0", bytes)];
}

function bigEndian(value, bytes) {
  const view = new DataView(new ArrayBuffer(bytes));
  view.setUint32(bytes - 4, value);
  return view;
}

async function hash(...parts) {
  const bytes = await new Blob(parts).arrayBuffer();
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}
