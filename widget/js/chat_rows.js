// The rows of the list of conversations.

import { make } from "../loader/elements.js";
import { chip } from "./buttons.js";

/** Makes a time: that of today, or a date. */
function timeOf(at) {
  const date = new Date(at);
  const isToday = date.toDateString() === new Date().toDateString();
  const form = isToday ? { timeStyle: "short" } : { dateStyle: "medium" };
  return make("time", {
    dateTime: date.toISOString(),
    textContent: new Intl.DateTimeFormat(undefined, form).format(date),
  });
}

/**
 * Makes the button that opens a conversation, at a place in it where `pieces` of a text tell one; every second
 * piece is marked, as are those of its name.
 */
export function opener({ chat, name, named = [name], turn, pieces }, clean, onclick) {
  const line = (className, texts) => {
    const marked = texts.map((text, at) => (at % 2 ? make("mark", { textContent: clean(text) }) : clean(text)));
    return make("span", { className, dir: "auto" }, ...marked);
  };
  const inside = [line("name", named), timeOf(turn?.at ?? chat.at)];
  if (pieces) inside.splice(1, 0, line("place", pieces));
  const button = make("button", { type: "button", className: "open", onclick }, ...inside);
  if (chat.isCurrent) button.setAttribute("aria-current", "true");
  return button;
}

/** The most characters of a name that is typed: a first question may have more. */
export const MAX_TITLE = 200;

/** Makes a form that renames. */
export function renaming(name, rename, leave) {
  const field = make("input", { value: name, maxLength: MAX_TITLE, dir: "auto", className: "field" });
  field.setAttribute("aria-label", words.chat_title);
  const save = make("button", { className: "chip", textContent: words.save });
  const onsubmit = (event) => {
    event.preventDefault();
    rename(field.value.trim());
  };
  return make("form", { className: "acts", onsubmit }, field, save, chip(words.leave_edit, leave));
}

/** Makes a question with the buttons that answer it. */
export function question(text, yes, act, leave) {
  const group = make("div", { className: "acts" }, make("p", { textContent: text }), chip(yes, act), chip(words.leave_edit, leave));
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", text);
  return group;
}
