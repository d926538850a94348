// The check of a signed transcript (contract §11): the same as the proxy's own, in the browser.

import { decode, encode } from "../js/base64url.js";
import { headAfter } from "../js/head.js";

const MEMBERS = ["id", "user", "reply", "partial", "end"];
const EC = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

/**
 * Verifies the text of a file with a key set.
 *
 * The outcome is `holds`, or the reason for which the file proves nothing: `form`, `turn`, `key`, `signature`.
 */
export async function verify(text, { keys }) {
  const [header, payload, signature, ...more] = text.trim().split(".");
  const kid = keyOf(header);
  const { claims, damaged } = signature === undefined || more.length || !kid ? {} : read(payload);
  if (!claims) return { outcome: "form" };
  const turn = (await firstWrongTurn(claims)) ?? (damaged ? claims.turn : undefined);
  if (turn !== undefined) return { outcome: "turn", turn };
  const key = keys.find((listed) => listed.kid === kid);
  if (!key) return { outcome: "key", claims };
  const isSigned = await isSignature(key, `${header}.${payload}`, signature).catch(() => false);
  return { outcome: isSigned ? "holds" : "signature", claims, kid };
}

function keyOf(header) {
  try {
    const { alg, typ, kid } = JSON.parse(new TextDecoder().decode(decode(header)));
    return alg === "ES256" && typ === "transcript+jws" && kid;
  } catch {
    return undefined;
  }
}

/** Reads the claims. Where they are damaged, the turns before the damage are read, and the next one is named. */
function read(payload) {
  let json;
  try {
    // A wrong character is a wrong text, and not the end of the file: the signature is over the file as it is.
    json = new TextDecoder().decode(decode(payload.replaceAll(/[^\w-]/g, "A")));
  } catch {
    return {};
  }
  const claims = parse(json);
  if (claims) return { claims };
  const ends = endsOfTurns(json);
  const before = (at) => parse(`${json.slice(0, ends[at])}]}`);
  let [readable, broken] = [-1, ends.length];
  while (broken - readable > 1) {
    const middle = (readable + broken) >> 1;
    if (before(middle)) readable = middle;
    else broken = middle;
  }
  return { claims: readable < 0 ? undefined : before(readable), damaged: true };
}

/** The places in claims where no turn is yet, and behind each turn; quotes in a text would be escaped. */
function endsOfTurns(json) {
  const begin = json.match(/"turns":\[/);
  const ends = [...json.matchAll(/"end":"[^}]*\}/g)].map((end) => end.index + end[0].length);
  return begin ? [begin.index + begin[0].length, ...ends] : [];
}

function parse(json) {
  try {
    const claims = JSON.parse(json);
    const { turn, base, full, heads, turns } = claims;
    const isExport = Number.isSafeInteger(turn) && turn >= 0 && typeof base === "string" && typeof full === "boolean";
    return isExport && Array.isArray(heads) && Array.isArray(turns) ? claims : undefined;
  } catch {
    return undefined;
  }
}

/** Recomputes the head after each turn; the number of the first that does not fit. */
async function firstWrongTurn({ base, full, turn, head, heads, turns }) {
  const before = full ? 0 : Math.max(0, turn - heads.length);
  let last = base;
  for (let number = before + 1; number <= turn; number++) {
    const at = number - 1 - before;
    last = isTurn(turns[at]) && (await headAfter(last, number, turns[at]).catch(() => undefined));
    if (!last || last !== heads[at]) return number;
  }
  const isWhole = turns.length === heads.length && turns.length === turn - before && last === head;
  return isWhole ? undefined : turn + 1;
}

function isTurn(turn) {
  const isKnown = turn && Object.keys(turn).every((member) => MEMBERS.includes(member));
  return isKnown && (turn.partial ?? false) === (turn.end !== "complete");
}

async function isSignature({ kty, crv, x, y }, input, signature) {
  const bytes = decode(signature);
  if (encode(bytes) !== signature) return false;
  const key = await crypto.subtle.importKey("jwk", { kty, crv, x, y }, EC, false, ["verify"]);
  return crypto.subtle.verify(EC, key, bytes, new TextEncoder().encode(input));
}
