// The conversation as a file for its visitor: signed by the proxy where it has a key for that (contract §11), as plain text
// elsewhere. It is loaded when first needed.

import { branchOf, full } from "./chain.js";

/** The most bytes of a body, with room for what is around the turns. */
const MAX_BODY = 500_000;

/** Returns the last turns that have room in a body, as a transcript with their texts. */
function transcriptOf(branch) {
  const encoder = new TextEncoder();
  let left = MAX_BODY;
  let first = branch.length;
  while (first > 0 && (left -= encoder.encode(JSON.stringify(full(branch[first - 1]))).length) > 0) first -= 1;
  const turns = branch.slice(first);
  return { base: turns[0]?.parent || undefined, turns: turns.map(full) };
}

/** Writes the conversation as text; the answers are those of an AI, and say so. */
function textOf(turns) {
  const notes = { stopped: ` (${words.stopped})`, incomplete: ` (${words.incomplete})` };
  const lines = turns.map(({ at, user, reply, end }) => {
    const time = new Date(at).toISOString();
    return `${words.you}, ${time}:\n${user}\n\n${words.assistant} (${words.ai})${notes[end] ?? ""}:\n${reply}\n`;
  });
  return lines.join("\n");
}

function save(name, parts, type) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob(parts, { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/**
 * Saves the branch that ends with a head, or all turns where their heads are not known.
 * @param {{ turns: import("./store.js").StoredTurn[], head: string, sign?: (body: object) => Promise<Response> }} chat
 *   `sign` asks the proxy for the signed transcript; where it fails, the conversation is saved as text.
 */
export async function exportChat({ turns, head, sign }) {
  const branch = branchOf(turns, head);
  const name = `chat-${new Date().toISOString().slice(0, 10)}`;
  try {
    if (sign && branch.length) {
      const response = await sign({ transcript: transcriptOf(branch) });
      return save(`${name}.jws`, [await response.text()], "application/jose");
    }
  } catch {
    // The text is the visitor's own, signed or not.
  }
  save(`${name}.txt`, [textOf(branch.length ? branch : turns)], "text/plain");
}
