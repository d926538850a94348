// The name of a conversation.

/** Characters of a name, as they are seen. */
const LENGTH = 60;

/** Cuts a text between characters as they are seen. */
function cut(text) {
  const start = text.slice(0, 20 * LENGTH);
  const parts = Intl.Segmenter ? Array.from(new Intl.Segmenter().segment(start), ({ segment }) => segment) : [...start];
  return parts.length > LENGTH ? `${parts.slice(0, LENGTH - 1).join("")}…` : start;
}

/**
 * Returns the name of a conversation: its title, or else its first question.
 * @param {import("./store.js").Rows} chat
 * @param {(text: string) => string} clean
 */
export function nameOf({ title, turns, outbox }, clean) {
  const text = title || (turns[0]?.user ?? outbox?.[0]?.text ?? "");
  return cut(clean(text).replace(/\s+/g, " ").trim()) || words.chat;
}
