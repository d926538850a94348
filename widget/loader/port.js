// The port between the page and the frame (contract §10).
//
// Window messages carry `porthole: 1`; port messages are objects with a `type`. Tokens, keys and texts of the
// conversation never cross, but for the text of `send`, which the page itself speaks.
//   window, frame to page   ready · refused {code} (from the page that a refused frame shows)
//   window, page to frame   connect, with one port
//   port, page to frame     options {theme, color, title, locale, storage, layout, page, context} ·
//                           shown {focus} · hidden · send {text} · newChat
//   port, frame to page     usable · close · navigate {url} · message {role, length} · unread {count} ·
//                           error {code, detail} · ask_options, answered by options, also by unchanged ones

/** Bytes of a port message as JSON in UTF-8; either side drops a larger one unread. */
const MAX_MESSAGE = 65_536;

/** Returns the bytes of a text in UTF-8. */
export const bytesOf = (text) => new Blob([text]).size;

/** Returns a message as JSON that may cross the port; nothing for one that is too large or no JSON. */
export function toJson(message) {
  try {
    const json = JSON.stringify(message);
    if (bytesOf(json) <= MAX_MESSAGE) return json;
  } catch {}
}
