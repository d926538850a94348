// Everything that waits for the WebAssembly: `start.js` loads it behind itself, and a text box that can be typed in needs
// none of it.

import { startClicks } from "./clicks.js";
// The glue calls it.
import "./clock.js";
import { openDraft } from "./draft.js";
import { makeEffects } from "./effects.js";
import { dispatch, inks, load, start } from "./glue.js";
import { readMarkdown } from "./texts.js";
import { openStore } from "./store.js";
import { startTextBox } from "./text_box.js";

/** Loads the WebAssembly from beside this file, so that the hash in the path stays. */
export async function loadApp() {
  await load(fetch(new URL("./app_bg.wasm", import.meta.url)));
  return { dispatch, inks, start, makeEffects, openDraft, openStore, readMarkdown, startClicks, startTextBox };
}
