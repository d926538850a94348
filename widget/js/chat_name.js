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
 * Returns the title of a conversation, or else its first question, as one line; empty where it has neither.
 * @param {import("./store.js").Rows} chat
 * @param {(text: string) => string} clean
 */
export function titleOf({ title, turns, outbox, history }, clean) {
  const asked = history?.messages.find(({ role }) => role === "user")?.content;
  for (const text of [title, turns[0]?.user, outbox?.[0]?.text, asked]) {
    const line = clean(text ?? "").replace(/\s+/g, " ").trim();
    // A title may be made of characters that nobody sees.
    if (/[^\p{C}\p{Z}]/u.test(line)) return line;
  }
  return "";
}

/** Returns the name of a conversation, as long as a line has room. */
export const nameOf = (chat, clean) => cut(titleOf(chat, clean)) || words.chat;
