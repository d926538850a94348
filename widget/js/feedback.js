// The rating of a reply, and the comment that a visitor may add. It is loaded with the first rating.

import { announce } from "./announcer.js";
import { idOf, keyOf } from "./chat_record.js";

/** The most characters of a comment (contract §8). */
const MAX_COMMENT_CHARS = 2000;

/** Ratings are sent one after the other: the last one counts. */
let queue = Promise.resolve();

function add(parent, tag, members) {
  const element = Object.assign(document.createElement(tag), members);
  parent.append(element);
  return element;
}

/** Makes the form for a comment at the end of a turn; `onComment` sends it. */
function makeForm(row) {
  const id = `comment-${row.dataset.id}`;
  const form = add(row, "form", { className: "comment" });
  add(form, "label", { htmlFor: id, textContent: words.comment });
  const field = add(form, "textarea", { id, rows: 2, dir: "auto", maxLength: MAX_COMMENT_CHARS });
  const line = add(form, "p", { className: "bad", hidden: true });
  line.setAttribute("role", "alert");
  const buttons = add(form, "div", {});
  add(buttons, "button", { className: "chip", textContent: words.send });
  const close = add(buttons, "button", { type: "button", className: "chip", textContent: words.close });

  const made = {
    onComment: undefined,
    say: (text) => Object.assign(line, { hidden: !text, textContent: text }),
    close() {
      if (form.contains(document.activeElement)) row.querySelector("[aria-pressed=true], [aria-pressed]").focus();
      form.remove();
      forms.delete(row);
    },
  };

  close.onclick = made.close;
  form.onsubmit = (event) => {
    event.preventDefault();
    if (field.value.trim()) made.onComment(field.value);
    else made.close();
  };
  form.onkeydown = (event) => {
    // While an input method composes, Enter and Escape are its own.
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === "Escape") {
      // The chat stays open.
      event.stopPropagation();
      made.close();
    } else if (event.key === "Enter" && !event.shiftKey && event.target === field) {
      event.preventDefault();
      form.requestSubmit();
    }
  };
  return made;
}

/** The open form of each turn: another press leaves the text in it alone. */
const forms = new WeakMap();

/** Keeps a rating with its turn, wherever the conversation stands by now: its visitor may have begun another one. */
const keepRating = (store, chat, id, rating) => store.writeRows(false, ({ kept, turns }, put) => {
  const rated = (turn) => (turn.id === id ? { ...turn, rating } : turn);
  for (const turn of turns) if (turn.id === id) put("turns", keyOf(turn), rated(turn));
  if (kept) put("chat", `chats/${chat}`, { ...kept, turns: kept.turns.map(rated) });
}, chat, true);

/**
 * Sends a rating at once, and offers to add a comment; where it cannot be sent, the one before stands again.
 * @param {HTMLElement} row of the turn
 * @param {"up" | "down"} rating
 * @param {{ store: object, call: Function, dispatch: Function, stored: () => void }} parts
 */
export function rate(row, rating, { store, call, dispatch, stored }) {
  const { id } = row.dataset;
  const isRated = (turn) => turn.id === id;

  async function send(comment) {
    try {
      const rows = await store.current(true);
      const { receipt, head, turn } = rows.turns.find(isRated);
      const body = { message_id: id, rating, comment, turn, head, receipt };
      await call("POST", "chat/feedback", { ...(await store.credential()), body });
      await keepRating(store, idOf(rows), id, rating);
      stored();
      return true;
    } catch {
      return false;
    } finally {
      dispatch("rated", { id, rating: (await store.current(true)).turns.find(isRated)?.rating });
    }
  }

  const sendNext = (comment) => (queue = queue.then(() => send(comment)));
  const form = forms.get(row) ?? makeForm(row);
  forms.set(row, form);
  form.say("");
  form.onComment = async (comment) => {
    if (!(await sendNext(comment))) return form.say(words.comment_not_sent);
    form.close();
    announce(words.thanks);
  };
  sendNext().then((isSent) => (isSent ? announce(words.rated) : form.say(words.not_rated)));
}
