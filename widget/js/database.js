// The browser's database: two tables, `chat` with a row for each of `ROWS` and for each earlier conversation, and `turns`
// by their time.

const ROWS = ["session", "outgoing", "outbox", "key", "title", "named", "agent", "history"];

/** Milliseconds after which a database that does not answer counts as none, and one that has answered before. */
const [PATIENCE, PATIENCE_LATER] = [2_000, 15_000];

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

/** Reads the rows, with `all` turns, and the earlier conversation with an id as `kept`. */
const readRows = async (transaction, id, all) => {
  const chat = transaction.objectStore("chat");
  const names = [...ROWS.map((name) => [name, name]), ["kept", `chats/${id}`]];
  const rows = names.map(async ([name, key]) => [name, await resultOf(chat.get(key))]);
  const turns = all ? await resultOf(transaction.objectStore("turns").getAll()) : [];
  return { ...Object.fromEntries(await Promise.all(rows)), turns };
};

/**
 * Keeps a chat in the browser's database; what that leaves unanswered is rejected. `onClosed` is called where the browser
 * has closed it, as it does when it deletes it.
 */
export function database(name, onClosed) {
  let opened;
  let patience = PATIENCE;

  /** Settles as a promise does, or is rejected when that takes too long. */
  async function inTime(promise) {
    const late = new Promise((_, reject) => setTimeout(reject, patience));
    const result = await Promise.race([promise, late]);
    patience = PATIENCE_LATER;
    return result;
  }

  async function begin(mode, make) {
    try {
      return opened.transaction(["chat", "turns"], mode);
    } catch {
      // Not open yet, or closed meanwhile.
      opened = await openDatabase(name, make);
      opened.onclose = () => onClosed({ name: "closed" });
      // Another tab deletes it, or a newer version of the widget makes it anew.
      opened.onversionchange = ({ target }) => target.close();
      return opened.transaction(["chat", "turns"], mode);
    }
  }

  const read = async (all, id) => readRows(await begin("readonly"), id, all);

  async function write(make, change, id, all) {
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
    const rows = await readRows(transaction, id, all);
    try {
      change(rows, (table, key, value) => {
        const store = transaction.objectStore(table);
        if (key === undefined) store.clear();
        else if (value === undefined) store.delete(key);
        else store.put(value, key);
      });
    } catch (reason) {
      // All or nothing.
      transaction.abort();
      await done.catch(() => {});
      throw reason;
    }
    await done;
  }

  async function earlier() {
    const chat = (await begin("readonly")).objectStore("chat");
    return resultOf(chat.getAll(IDBKeyRange.bound("chats/", "chats/\uffff")));
  }

  return {
    read: (...of) => inTime(read(...of)),
    /** Lets `change` put rows, knowing those that are there, all in one transaction. */
    write: (...of) => inTime(write(...of)),
    earlier: () => inTime(earlier()),
  };
}
