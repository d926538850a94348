// A conversation as one record, as the earlier ones are stored.

/** @typedef {import("./store.js").Rows} Rows */
/** @typedef {import("./store.js").EarlierChat} EarlierChat */

/** The rows of a conversation, beside its turns. */
export const CONVERSATION = ["session", "outgoing", "outbox", "title", "named", "agent", "history"];

/** Returns what the workflow remembers of a conversation whose turns the browser has lost, where that is something. */
const remembered = ({ history }) => (history?.messages.length ? [history] : []);

/**
 * Returns the id of a conversation, that of its first message, or else of what is remembered; none where it has no message.
 * @param {Rows} rows
 */
export const idOf = (rows) => idsOf(rows)[0];

/** Returns the ids of its messages. */
export const idsOf = (rows) => [...rows.turns, ...outboxOf(rows), ...remembered(rows)].map(({ id }) => id);

/** Returns the key of a stored turn: earlier versions stored each by its time, of which two turns may have the same. */
export const keyOf = ({ key, at }) => key ?? at;

/** Puts a conversation in place of the current one, or none. */
export function putCurrent(put, record) {
  put("turns");
  for (const name of CONVERSATION) put("chat", name, record?.[name]);
  let last = 0;
  for (const turn of record?.turns ?? []) {
    last = Math.max(keyOf(turn), last + 1);
    put("turns", last, { ...turn, key: last });
  }
}

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
  const at = (outbox.at(-1) ?? turns.at(-1) ?? rows.history)?.at ?? 0;
  return { id: idOf(rows), at, ...Object.fromEntries(own), outgoing: undefined, outbox, turns };
}
