// Calls of the API (contract §7).

import { proofs } from "./proofs_part.js";

/** The API, seen from the folder of this script's build: the proxy may lie below a path of the host. */
const API = new URL("../../api/v1/", import.meta.url);

/** The nonce of the last answer, for the next proof. */
let nonce;

/** Tells the nonce of the boot document. */
export const startWithNonce = (first) => (nonce ??= first);

/** Proves a call with the key of its session. */
async function proofOf(key, call) {
  const { prove } = await proofs();
  return prove(key, call);
}

async function send(method, url, { token, key, body, headers, signal }) {
  const response = await fetch(url, {
    method,
    signal,
    headers: {
      Accept: "application/json",
      ...(token && { Authorization: `${key ? "DPoP" : "Bearer"} ${token}` }),
      ...(key && { DPoP: await proofOf(key, { method, url: url.href, token, body, nonce }) }),
      ...(body && { "Content-Type": "application/json" }),
      ...headers,
    },
    body,
  }).catch(() => {
    throw {};
  });
  nonce = response.headers.get("DPoP-Nonce") ?? nonce;
  if (response.ok) return response;
  throw { refused: true, ...(await response.json().catch(() => null)) };
}

/**
 * Calls the API, once more where the proof needs a fresh nonce; a refusal is thrown as its problem document with
 * `refused`, silence as an empty object.
 * @param {{ token?: string, key?: import("./browser_key.js").BrowserKey, body?: object, headers?: object,
 *   signal?: AbortSignal }} request `key` is that of the session, or of one that is to be bound
 */
export async function call(method, path, { body, ...request } = {}) {
  const url = new URL(path, API);
  const whole = { ...request, body: body && JSON.stringify(body) };
  return send(method, url, whole).catch((problem) => {
    if (problem.code !== "use_dpop_nonce") throw problem;
    return send(method, url, whole);
  });
}
