// The browser's database: two tables, `chat` with a row for each of `ROWS`, and `turns` by their time.

const ROWS = ["session", "outgoing", "key", "title", "agent"];

/** Milliseconds after which a database that does not answer counts as none. */
const PATIENCE = 2_000;

/** Settles as a promise does, or is rejected when that takes too long. */
const inTime = (promise) => Promise.race([promise, new Promise((_, reject) => setTimeout(reject, PATIENCE))]);

/** Settles with the result of a database request. */
const resultOf = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

/** Opens a chat's database; without `make`, one that is not there is not made. */
function openDatabase(name, make) {
  const request = indexedDB.open(name, 1);
  request.onupgradeneeded = () => {
    if (!make) return request.transaction.abort();
    request.result.createObjectStore("chat");
    request.result.createObjectStore("turns");
  };
  return resultOf(request);
}

const readRows = async (transaction, all) => {
  const chat = transaction.objectStore("chat");
  const rows = ROWS.map(async (name) => [name, await resultOf(chat.get(name))]);
  const turns = all ? await resultOf(transaction.objectStore("turns").getAll()) : [];
  return { ...Object.fromEntries(await Promise.all(rows)), turns };
};

/** Keeps a chat in the browser's database; what that leaves unanswered is rejected. */
export function database(name) {
  let opened;

  async function begin(mode, make) {
    try {
      return opened.transaction(["chat", "turns"], mode);
    } catch {
      // Not open yet, or closed meanwhile, as when the visitor clears the site's storage.
      opened = await openDatabase(name, make);
      return opened.transaction(["chat", "turns"], mode);
    }
  }

  const read = async (all) => readRows(await begin("readonly"), all);

  async function write(make, change) {
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
    change(await readRows(transaction), (table, key, value) => {
      const rows = transaction.objectStore(table);
      if (key === undefined) rows.clear();
      else if (value === undefined) rows.delete(key);
      else rows.put(value, key);
    });
    await done;
  }

  return {
    read: (all) => inTime(read(all)),
    /** Lets `change` put rows, knowing those that are there, all in one transaction. */
    write: (make, change) => inTime(write(make, change)),
  };
}
