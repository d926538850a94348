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

/** Makes the button that opens a conversation, at a place in it where `pieces` of a text tell one. */
export function opener({ chat, name, turn, pieces }, clean, onclick) {
  const inside = [make("span", { className: "name", dir: "auto", textContent: name })];
  if (pieces) {
    const marked = pieces.map((piece, at) => (at % 2 ? make("mark", { textContent: clean(piece) }) : clean(piece)));
    inside.push(make("span", { className: "place", dir: "auto" }, ...marked));
  }
  inside.push(timeOf(turn?.at ?? chat.at));
  const button = make("button", { type: "button", className: "open", onclick }, ...inside);
  if (chat.isCurrent) button.setAttribute("aria-current", "true");
  return button;
}

/** Makes a form that renames. */
export function renaming(name, rename, leave) {
  const field = make("input", { value: name, maxLength: 200, dir: "auto", className: "field" });
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
