// Messages that the workflow remembers, where the browser has a session and none of its turns. They are shown above the
// chat, and are no part of it: neither of its chain nor of what is saved. It is loaded only then.

import { make } from "../loader/elements.js";
import { byId } from "./element.js";
import { claimsOf } from "./session_token.js";

/** The most messages that are shown, the last ones. */
const MAX_SHOWN = 100;

/** Tells if a conversation is that of a session: its visitor may have opened another one since. */
const isOf = ({ session }, sid) => claimsOf(session?.token)?.sid === sid;

/** Returns what the workflow remembers of a session; it is asked once. */
async function historyOf(sid, store, call) {
  const { history } = await store.current();
  if (history?.id === sid) return history.messages;
  const answer = await call("GET", `chat/history/${sid}`, await store.credential()).catch((problem) => {
    if (problem.code !== "no_history") throw problem;
  });
  const { messages } = answer ? await answer.json() : { messages: [] };
  const last = messages.slice(-MAX_SHOWN);
  const row = { id: sid, at: Date.now(), messages: last };
  await store.writeRows(false, (rows, put) => isOf(rows, sid) && put("chat", "history", row));
  return last;
}

function shown({ role, content }) {
  const isOwn = role === "user";
  const speaker = make("span", { className: "unseen", textContent: `${isOwn ? words.you : words.assistant}: ` });
  const text = make("chat-prose", { className: "prose", whole: "whole", markdown: content });
  return make("div", { className: isOwn ? "mine" : "reply", dir: "auto" }, speaker, text);
}

/**
 * Shows what the workflow remembers of a session; silently nothing where that is nothing, or cannot be had.
 * @param {string} sid the session's id
 */
export async function showHistory(sid, store, call) {
  const messages = await historyOf(sid, store, call).catch(() => []);
  if (!messages.length || byId("history") || !isOf(await store.current(), sid)) return;
  const title = make("p", { id: "remembered", className: "quiet", textContent: words.remembered });
  const section = make("section", { id: "history" }, title, ...messages.map(shown));
  section.setAttribute("aria-labelledby", title.id);
  byId("thread").before(section);
}
