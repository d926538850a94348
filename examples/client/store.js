// One record in the browser's database, with the token, the key and the turns of a chat.

const settled = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

/** A record that lasts as long as the page, for browsers that keep nothing. */
function memory() {
  let record;
  return { read: async () => record, write: async (changed) => void (record = changed) };
}

async function database(name) {
  const request = indexedDB.open("porthole-client", 1);
  request.onupgradeneeded = () => request.result.createObjectStore("chats");
  const opened = await settled(request);
  const rows = (mode) => opened.transaction("chats", mode).objectStore("chats");
  return {
    read: () => settled(rows("readonly").get(name)),
    // A CryptoKey is kept as it is: no script can read its private half.
    write: (record) => settled(rows("readwrite").put(record, name)),
  };
}

/** Opens the record of this name. */
export const openStore = (name) => database(name).catch(memory);
