// Keeps a conversation between two visits, as far as the browser lets it: `local` in the browser's
// database, `session` in the tab's own storage, `none` in memory. Nothing is made before the first
// message, and the first failure to write turns to memory for good.

/** Settles with what a request of the database brings. */
const result = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

/** Opens a chat's database; without `make`, one that is not there is not made. */
function open(name, make) {
  const request = indexedDB.open(name, 1);
  request.onupgradeneeded = () => {
    if (!make) return request.transaction.abort();
    request.result.createObjectStore("chat");
    request.result.createObjectStore("turns");
  };
  return result(request);
}

/** The browser's database. */
function disk(name) {
  let database;

  async function begin(mode, make) {
    try {
      return database.transaction(["chat", "turns"], mode);
    } catch {
      // Not open yet, or closed meanwhile, as when the visitor clears the site's storage.
      database = await open(name, make);
      return database.transaction(["chat", "turns"], mode);
    }
  }

  const read = (transaction, all) => Promise.all([
    result(transaction.objectStore("chat").get("session")),
    result(transaction.objectStore("chat").get("outgoing")),
    all ? result(transaction.objectStore("turns").getAll()) : [],
  ]).then(([session, outgoing, turns]) => ({ session, outgoing, turns }));

  return {
    read: async (all) => read(await begin("readonly"), all).catch(() => ({ turns: [] })),

    /** Has `decide` make its changes on what is there, all in one transaction. */
    async write(make, decide) {
      let transaction;
      try {
        transaction = await begin("readwrite", make);
      } catch (reason) {
        if (make) throw reason;
        return;
      }
      const done = new Promise((resolve, reject) => {
        transaction.oncomplete = resolve;
        transaction.onabort = () => reject(transaction.error);
      });
      decide(await read(transaction), (table, key, value) => {
        const rows = transaction.objectStore(table);
        if (key === undefined) rows.clear();
        else if (value === undefined) rows.delete(key);
        else rows.put(value, key);
      });
      await done;
    },
  };
}

/** The tab's own storage: one JSON text, written whole. */
function tab(name) {
  const load = () => JSON.parse(sessionStorage.getItem(name)) ?? { chat: {}, turns: {} };
  return {
    async read() {
      const { chat, turns } = load();
      return { ...chat, turns: Object.values(turns) };
    },

    async write(make, decide) {
      const kept = load();
      decide(kept.chat, (table, key, value) => {
        if (key === undefined) kept[table] = {};
        else kept[table][key] = value;
      });
      sessionStorage.setItem(name, JSON.stringify(kept));
    },
  };
}

/** The store of one chat. A session is `{token, id, turn}`: the turn is the last one that it knows. */
export function openStore(keeping, name) {
  let place = { local: disk, session: tab }[keeping]?.(name);
  let known;

  async function write(make, decide) {
    try {
      await place?.write(make, decide);
    } catch {
      place = null;
    }
  }

  return {
    isForgetful: () => !place,

    /** Everything that is kept. */
    async load() {
      const kept = (await place?.read(true).catch(() => null)) ?? { turns: [] };
      known = kept.session ?? known;
      return kept;
    },

    /** The session as it is now: another tab may have moved it on. */
    async session() {
      const kept = await place?.read().catch(() => null);
      return kept?.session ?? known;
    },

    keepSession(token, id) {
      const turn = known?.id === id ? known.turn : 0;
      known = { token, id, turn };
      return write(true, (kept, put) => put("chat", "session", known));
    },

    keepOutgoing: (outgoing) => write(true, (kept, put) => put("chat", "outgoing", outgoing)),

    /** Another tab may wait with a message of its own. */
    dropOutgoing: (id) => write(false, (kept, put) => {
      if (kept.outgoing?.id === id) put("chat", "outgoing");
    }),

    /** Keeps a sealed turn and its token and drops the outgoing message, all at once. */
    keepTurn(turn, token) {
      const session = { token, id: known?.id, turn: turn.turn };
      const isNewer = (other) => !(other?.id === session.id && other?.turn >= session.turn);
      if (isNewer(known)) known = session;
      return write(true, (kept, put) => {
        if (!isNewer(kept.session)) return;
        put("chat", "session", session);
        put("chat", "outgoing");
        put("turns", turn.at, turn);
      });
    },

    clear() {
      known = null;
      return write(false, (kept, put) => {
        put("chat");
        put("turns");
      });
    },
  };
}
