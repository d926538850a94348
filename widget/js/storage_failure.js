// The line that says why the chat is stored no longer, and the way on. It is loaded when storage fails.

import { make } from "../loader/elements.js";
import { announce } from "./announcer.js";
import { chip } from "./buttons.js";
import { idOf, outboxOf, recordOf } from "./chat_record.js";
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

/** Puts all that this tab knows beside what other tabs have stored meanwhile, of which nothing is lost. */
function putAll({ turns, kept, outgoing, ...mine }, there, put) {
  const [id, other] = [idOf({ turns, ...mine }), idOf(there)];
  if (other && other !== id) {
    // They show another conversation.
    if (id) put("chat", `chats/${id}`, recordOf({ turns, ...mine }));
    return;
  }
  const isNewer = seqOf(there.session) > seqOf(mine.session);
  const known = new Set(turns.map((turn) => turn.id));
  const outbox = [...outboxOf(mine), ...outboxOf(there)].filter((message) => {
    const isNew = !known.has(message.id);
    known.add(message.id);
    return isNew;
  });
  for (const [name, row] of Object.entries({ ...mine, outbox, session: isNewer ? there.session : mine.session })) {
    if (row !== undefined) put("chat", name, row);
  }
  for (const turn of turns) put("turns", turn.at, turn);
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
