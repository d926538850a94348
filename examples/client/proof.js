// The key of a browser, and the proofs of single calls that it signs (DPoP, RFC 9449).

const encode = (text) => new TextEncoder().encode(text);

/** Base64url without padding. */
export const b64 = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)))
  .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

const hash = async (text) => b64(await crypto.subtle.digest("SHA-256", encode(text)));

/** Makes a key whose private half never leaves the browser; `undefined` outside of a secure context. */
export async function makeKey() {
  if (!crypto.subtle) return undefined;
  const curve = { name: "ECDSA", namedCurve: "P-256" };
  const { privateKey, publicKey } = await crypto.subtle.generateKey(curve, false, ["sign"]);
  const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", publicKey);
  return { privateKey, jwk: { kty, crv, x, y } };
}

/**
 * Proves one call; token and body are left out where the call has none.
 * @param {{ method: string, url: string, nonce?: string, token?: string, body?: string }} call
 */
export async function prove({ privateKey, jwk }, { method, url, nonce, token, body }) {
  const header = { typ: "dpop+jwt", alg: "ES256", jwk };
  const claims = { htm: method, htu: url, nonce, jti: crypto.randomUUID(), iat: Math.floor(Date.now() / 1000) };
  if (token) claims.ath = await hash(token);
  if (body) claims.bh = await hash(body);
  const input = [header, claims].map((part) => b64(encode(JSON.stringify(part)))).join(".");
  const signature = await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, privateKey, encode(input));
  return `${input}.${b64(signature)}`;
}
