// The way to a turn of the conversation, which may be one of the earlier ones that are not drawn.

import { byId } from "./element.js";

/** Looks that are taken for a turn of a conversation that is about to be shown. */
const LOOKS = 120;

const nextLook = () => new Promise((resolve) => setTimeout(resolve, 16));

const earlier = () => document.querySelector("[data-do=show_earlier]");

/** Has all turns of the conversation drawn. */
export async function showEarlier() {
  while (earlier()) {
    earlier().click();
    await nextLook();
  }
}

/** Shows the turns from a message on, and brings it to the top. */
export async function showTurn(id) {
  for (let look = 0; look < LOOKS; look += 1) {
    const turn = document.querySelector(`.turn[data-id="${CSS.escape(id)}"]`);
    if (turn) {
      turn.scrollIntoView({ block: "start" });
      byId("log").focus({ preventScroll: true });
      return;
    }
    earlier()?.click();
    await nextLook();
  }
}
