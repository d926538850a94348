// A conversation as one record, as the earlier ones are stored.

/** @typedef {import("./store.js").Rows} Rows */
/** @typedef {import("./store.js").EarlierChat} EarlierChat */

/** The rows of a conversation, beside its turns. */
export const CONVERSATION = ["session", "outgoing", "outbox", "title", "named", "agent"];

/**
 * Returns the id of a conversation, that of its first message; none where it has no message.
 * @param {Rows} rows
 */
export const idOf = (rows) => idsOf(rows)[0];

/** Returns the ids of its messages. */
export const idsOf = (rows) => [...rows.turns, ...outboxOf(rows)].map(({ id }) => id);

/** Returns the messages without a known end; earlier versions had one, in a row of its own. */
export const outboxOf = ({ outgoing, outbox }) => [outgoing, outbox].flat().filter(Boolean);

/**
 * Returns the record of a conversation; `at` is the time of its last message.
 * @param {Rows} rows
 * @returns {EarlierChat}
 */
export function recordOf(rows) {
  const { turns } = rows;
  const outbox = outboxOf(rows);
  const own = CONVERSATION.map((name) => [name, rows[name]]);
  const at = (outbox.at(-1) ?? turns.at(-1))?.at;
  return { id: idOf(rows), at, ...Object.fromEntries(own), outgoing: undefined, outbox, turns };
}
