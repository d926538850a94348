// The clipboard. Where there is none, as in a frame of an http page, `start.js` has the buttons that copy hidden.

import { announce } from "./announcer.js";
import { htmlOf } from "./rich_copy.js";

/** Shows for a moment that a button has copied, and says so. */
function show(button, said) {
  announce(said);
  button.dataset.done = "";
  setTimeout(() => delete button.dataset.done, 1600);
}

/** Copies a text for a button. */
export function copy(button, text, said = words.copied) {
  navigator.clipboard.writeText(text).then(() => show(button, said), () => announce(words.not_copied));
}

/** Copies the reply in a row, as Markdown and as it is drawn; both say who wrote it. */
export async function copyReply(row, markdown) {
  const button = row.querySelector(".under > .copy");
  const text = `${markdown}\n\n${words.written_by_ai}`;
  const html = htmlOf(row.querySelector("chat-prose"), words.written_by_ai);
  const blob = (type, part) => ({ [type]: new Blob([part], { type }) });
  try {
    const item = new ClipboardItem({ ...blob("text/plain", text), ...blob("text/html", html) });
    await navigator.clipboard.write([item]);
    show(button, words.copied);
  } catch {
    copy(button, text, words.copied_as_text);
  }
}
