// The tab's own storage: one JSON text, written whole, with the tables of the database.

/** Keeps a chat in the tab's storage. */
export function tabStorage(name) {
  const load = () => JSON.parse(sessionStorage.getItem(name)) ?? { chat: {}, turns: {} };
  return {
    async read() {
      const { chat, turns } = load();
      return { ...chat, turns: Object.values(turns) };
    },

    async write(make, change) {
      const tables = load();
      change(tables.chat, (table, key, value) => {
        if (key === undefined) tables[table] = {};
        else tables[table][key] = value;
      });
      sessionStorage.setItem(name, JSON.stringify(tables));
    },
  };
}
