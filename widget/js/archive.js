// The conversations in the store: listed, renamed, deleted, and evicted where there are too many. It is a part of its own.

import { idOf, putCurrent, recordOf } from "./chat_record.js";
import { byId } from "./element.js";
import { claimsOf } from "./session_token.js";
import { eraseTab } from "./tab_storage.js";

/**
 * @typedef {import("./chat_record.js").EarlierChat & { isCurrent?: boolean }} Chat
 * @typedef {{ store: object, call: Function }} Context see `effects.js`
 */

/**
 * Returns all conversations, that with the last message first.
 * @returns {Promise<Chat[]>}
 */
export async function listChats(store) {
  const current = recordOf(await store.current(true));
  const chats = (await store.earlier()).filter(({ id }) => id !== current.id);
  if (current.id) chats.push({ ...current, isCurrent: true });
  return chats.sort((one, other) => other.at - one.at);
}

/** Gives a conversation a title, in place of the workflow's; an empty one gives it back its own. */
export function renameChat(store, id, title) {
  const naming = { title: title || undefined, named: !!title || undefined };
  return store.writeRows(false, ({ kept, ...rows }, put) => {
    if (kept) put("chat", `chats/${id}`, { ...kept, ...naming });
    else if (idOf(rows) === id) for (const name in naming) put("chat", name, naming[name]);
  }, id, true);
}

/** Evicts the conversations above a number: those that nobody has named first, and the oldest of them. */
export async function evictChats(store, most) {
  const chats = await store.earlier();
  chats.sort((one, other) => !!one.named - !!other.named || one.at - other.at);
  const evicted = chats.slice(0, Math.max(0, chats.length - most));
  await store.remove((rows, put) => evicted.forEach(({ id }) => put("chat", `chats/${id}`)));
}

/** Deletes a conversation, wherever it stands. */
export const deleteChat = (store, id) => store.remove(({ kept, ...rows }, put) => {
  put("chat", `chats/${id}`);
  if (!kept && idOf(rows) === id) putCurrent(put);
}, id);

/** Deletes everything that the browser keeps of a chat with this name, also what stands in its text box. */
export async function eraseAll(store, name) {
  await store.writeRows(false, (rows, put) => {
    put("chat");
    put("turns");
  });
  const field = byId("text");
  field.value = "";
  field.dispatchEvent(new Event("input"));
  try {
    await new Promise((resolve) => {
      // Tabs that have it open close it by then.
      const request = indexedDB.deleteDatabase(name);
      request.onsuccess = request.onerror = request.onblocked = resolve;
    });
  } catch {
    // A browser that refuses storage has kept nothing there.
  }
  eraseTab(name);
}

/**
 * Has the replies of a conversation stopped, and the workflow forget it, as long as its token is accepted; tells if
 * nothing is remembered any more.
 * @param {Context} context
 * @param {Chat} chat
 */
export async function forgetChat({ call }, { session, outbox }, key) {
  if (!session?.id) return true;
  if (!(claimsOf(session.token)?.exp * 1000 > Date.now())) return false;
  const credential = { token: session.token, key: session.bound ? key : undefined };
  const [first] = outbox ?? [];
  if (first) await call("DELETE", `chat/message/${first.id}`, credential).catch(() => {});
  return call("DELETE", `chat/history/${session.id}`, credential).then(() => true, () => false);
}
