// The line that says why the chat is stored no longer, and the way on. It is loaded when storage fails.

import { make } from "../loader/elements.js";
import { announce } from "./announcer.js";
import { chip } from "./buttons.js";
import { idsOf, keyOf, outboxOf, putCurrent, recordOf } from "./chat_record.js";
import { byId } from "./element.js";
import { claimsOf } from "./session_token.js";

/** The line and its button by the name of the failure; with `reload` only the document itself can go on. */
const LINES = {
  QuotaExceededError: { text: words.storage_full, name: words.retry },
  closed: { text: words.storage_gone, name: words.keep_again },
  VersionError: { text: words.storage_newer, name: words.reload, reload: true },
};
const OTHER = { text: words.storage_failed, name: words.retry };

const seqOf = (session) => claimsOf(session?.token)?.seq ?? -1;

/** Returns the first of each id. */
const once = (records) =>
  [...records.reduceRight((first, record) => first.set(record.id, record), new Map()).values()].reverse();

/**
 * Returns a conversation as this tab and the store know it: nothing of either is lost.
 * @param {import("./chat_record.js").EarlierChat} mine
 * @param {import("./chat_record.js").EarlierChat} [theirs]
 */
function merged(mine, theirs) {
  if (!theirs) return mine;
  const turns = once([...mine.turns, ...theirs.turns]).sort((one, other) => keyOf(one) - keyOf(other));
  const isTurn = new Set(turns.map(({ id }) => id));
  const outbox = once([...mine.outbox, ...outboxOf(theirs)]).filter(({ id }) => !isTurn.has(id));
  const session = seqOf(theirs.session) > seqOf(mine.session) ? theirs.session : mine.session;
  const both = Object.entries(mine).map(([name, row]) => [name, row ?? theirs[name]]);
  return { ...Object.fromEntries(both), session, outbox, outgoing: undefined, turns };
}

/**
 * Puts all that this tab knows, a conversation after the other, beside what other tabs have stored meanwhile.
 * @param {import("./store.js").Rows} mine
 * @param {import("./chat_record.js").EarlierChat[]} earlier
 */
async function putAll({ key, ...mine }, earlier, write) {
  for (const chat of earlier) {
    await write(true, ({ kept, ...there }, put) => {
      const [mine, theirs] = [idsOf(chat), idsOf(there)];
      const isCurrent = theirs.includes(chat.id);
      const both = merged(chat, isCurrent ? recordOf(there) : kept);
      // Another tab goes on with it; else its visitor has begun another one here.
      const isTheirs = seqOf(there.session) > seqOf(chat.session) || theirs.some((id) => !mine.includes(id));
      if (isCurrent) putCurrent(put, isTheirs ? both : undefined);
      if (!isCurrent || !isTheirs) put("chat", `chats/${chat.id}`, both);
    }, chat.id, true);
  }
  const own = recordOf(mine);
  await write(true, ({ kept, ...there }, put) => {
    const others = idsOf(there);
    const isOther = others.length > 0 && !others.includes(own.id);
    const chat = merged(isOther ? own : merged(own, recordOf(there)), kept);
    if (key && (!there.key || chat.session === own.session)) put("chat", "key", key);
    if (!isOther) putCurrent(put, chat);
    if (own.id) put("chat", `chats/${own.id}`, isOther ? chat : undefined);
  }, own.id, true);
}

/**
 * Shows the line until the way on has led somewhere.
 * @param {string | undefined} failure its name
 * @param {object} store
 * @param {() => void} stored tells that there is something new in it
 */
export function showFailure(failure, store, stored) {
  const { text, name, reload } = LINES[failure] ?? OTHER;

  async function goOn() {
    if (reload) return location.reload();
    try {
      await store.recover(putAll);
    } catch {
      return announce(text);
    }
    line.remove();
    byId("text").focus();
    stored();
  }

  const said = make("p", {});
  const line = make("div", { id: "storage", className: "notice" }, said, chip(name, goOn));
  line.setAttribute("role", "status");
  byId("storage")?.remove();
  byId("composer").before(line);
  // A status is read out when it changes, and not when it comes.
  said.textContent = text;
}
