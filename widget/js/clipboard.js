// The clipboard. Where there is none, as in a frame of an http page, CSS hides the buttons that copy.

import { announce } from "./announcer.js";

export const hasClipboard = !!navigator.clipboard;

/** Copies a text. */
export function copy(text) {
  navigator.clipboard?.writeText(text).then(() => announce(words.copied), () => announce(words.not_copied));
}
