// The way to a turn of the conversation, which may be one of the earlier ones that are not drawn.

import { byId } from "./element.js";

/** Looks that are taken for a turn of a conversation that is about to be shown. */
const LOOKS = 120;

const nextLook = () => new Promise((resolve) => setTimeout(resolve, 16));

/** Moves the log so that a place in it stands at a share of its height. */
export function moveTo(place, share) {
  const log = byId("log");
  const { top, height } = log.getBoundingClientRect();
  log.scrollTop += place.getBoundingClientRect().top - top - share * height;
}

/** Has all turns of the conversation drawn, whose records may be on other branches too. */
export async function showAll({ store, dispatch }) {
  for (const { id } of (await store.current(true)).turns) {
    if (!document.querySelector("[data-do=show_earlier]")) return;
    dispatch("show_turn", { id });
    await nextLook();
  }
}

/** Shows a turn at the top of the view. */
export async function showTurn({ dispatch }, id) {
  for (let look = 0; look < LOOKS; look += 1) {
    const turn = document.querySelector(`.turn[data-id="${CSS.escape(id)}"]`);
    if (turn) {
      moveTo(turn, 0);
      byId("log").focus({ preventScroll: true });
      return;
    }
    dispatch("show_turn", { id });
    await nextLook();
  }
}
