// The tables of the database as objects: in the tab's own storage, one JSON text that is written whole, or in memory.

import { keyOf } from "./chat_record.js";

const empty = () => ({ chat: {}, turns: {} });

/** Keeps a chat in tables that `load` returns and `save` keeps; see `database.js`. */
function makePlace(load, save) {
  const rowsOf = ({ chat, turns }, id) => ({ ...chat, turns: Object.values(turns), kept: chat[`chats/${id}`] });
  return {
    read: async (all, id) => rowsOf(load(), id),

    async write(make, change, id) {
      const tables = load();
      change(rowsOf(tables, id), (table, key, value) => {
        if (key === undefined) tables[table] = {};
        else if (value === undefined) delete tables[table][key];
        else tables[table][key] = value;
      });
      save(tables);
    },

    async earlier() {
      const { chat } = load();
      return Object.keys(chat).filter((key) => key.startsWith("chats/")).map((key) => chat[key]);
    },
  };
}

/** Deletes all that this tab keeps of a chat. */
export function eraseTab(name) {
  try {
    // Chats of other ports have names that begin like this one.
    const isOwn = (key) => key.startsWith(name) && /^(:[a-z]+)?$/.test(key.slice(name.length));
    for (const key of Object.keys(sessionStorage).filter(isOwn)) sessionStorage.removeItem(key);
  } catch {
    // A browser that refuses storage has kept nothing there.
  }
}

/** Keeps a chat in the tab's storage. */
export const tabStorage = (name) => makePlace(
  () => JSON.parse(sessionStorage.getItem(name)) ?? empty(),
  (tables) => sessionStorage.setItem(name, JSON.stringify(tables)),
);

/** Keeps a chat as long as the document is there; `fill` replaces what is known, but for a key that others do not know. */
export function memory() {
  let tables = empty();
  const turnsOf = (turns) => Object.fromEntries(turns.map((turn) => [keyOf(turn), turn]));
  return {
    ...makePlace(() => tables, () => {}),
    fill(rows) {
      const { turns, ...chat } = rows ?? { turns: [] };
      const key = rows && (chat.key ?? tables.chat.key);
      tables = { chat: { ...chat, key }, turns: turnsOf(turns) };
    },
  };
}
