// The claims of a session token (contract §2): the proxy verifies them, the browser only goes by them.

import { decode } from "./base64url.js";

/**
 * Reads the claims; none where this is no such token.
 * @returns {{ seq: number, turn: number, head: string, sid: string, aud: string } | undefined}
 */
export function claimsOf(token) {
  try {
    return JSON.parse(new TextDecoder().decode(decode(token.split(".")[1])));
  } catch {
    return;
  }
}
