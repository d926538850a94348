// The clipboard. Where there is none, as in a frame of an http page, `start.js` has the buttons that copy hidden.

import { announce } from "./announcer.js";

/** Copies a text. */
export function copy(text) {
  navigator.clipboard?.writeText(text).then(() => announce(words.copied), () => announce(words.not_copied));
}
