// A conversation as one record, as the earlier ones are stored.

/** @typedef {import("./store.js").Rows} Rows */
/** @typedef {import("./store.js").EarlierChat} EarlierChat */

/** The rows of a conversation, beside its turns. */
export const CONVERSATION = ["session", "outgoing", "title", "named", "agent"];

/**
 * Returns the id of a conversation, that of its first message; none where it has no message.
 * @param {Rows} rows
 */
export const idOf = ({ turns, outgoing }) => (turns[0] ?? outgoing)?.id;

/**
 * Returns the record of a conversation; `at` is the time of its last message.
 * @param {Rows} rows
 * @returns {EarlierChat}
 */
export function recordOf(rows) {
  const { turns, outgoing } = rows;
  const own = CONVERSATION.map((name) => [name, rows[name]]);
  return { id: idOf(rows), at: (outgoing ?? turns.at(-1))?.at, ...Object.fromEntries(own), turns };
}
