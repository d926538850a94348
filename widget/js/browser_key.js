// The browser's own key, which a session is bound to: a copied token opens nothing without it (contract §2, RFC 9449).

import { bytesOf, encode, sha256 } from "./base64url.js";
import { messageId } from "./message_id.js";

const P256 = { name: "ECDSA", namedCurve: "P-256" };
const SIGNATURE = { name: "ECDSA", hash: "SHA-256" };

/** @typedef {{ privateKey: CryptoKey, jwk: object }} BrowserKey the private half never leaves the browser. */

/** Makes a key; `undefined` where the browser has no secure context. */
export async function makeKey() {
  if (!crypto.subtle) return;
  const { privateKey, publicKey } = await crypto.subtle.generateKey(P256, false, ["sign", "verify"]);
  const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", publicKey);
  return { privateKey, jwk: { kty, crv, x, y } };
}

const part = (members) => encode(bytesOf(JSON.stringify(members)));
const hash = async (text) => text && encode(await sha256(bytesOf(text)));

/**
 * Proves one call.
 * @param {BrowserKey} key
 * @param {{ method: string, url: string, token?: string, body?: string, nonce?: string }} call
 */
export async function prove({ privateKey, jwk }, { method, url, token, body, nonce }) {
  const times = { iat: Math.floor(Date.now() / 1000), jti: messageId() };
  const claims = { htm: method, htu: url, nonce, ath: await hash(token), bh: await hash(body), ...times };
  const input = `${part({ typ: "dpop+jwt", alg: "ES256", jwk })}.${part(claims)}`;
  return `${input}.${encode(await crypto.subtle.sign(SIGNATURE, privateKey, bytesOf(input)))}`;
}
