// The button of the list of conversations and the keys that search the one on the screen: their parts are loaded when
// they are first needed.

import { make } from "../loader/elements.js";
import { announce } from "./announcer.js";
import { byId } from "./element.js";
import { makePart } from "./part.js";

/** Says that a part could not be loaded, until something else is pressed. */
function sayNotLoaded() {
  byId("not-loaded")?.remove();
  const line = make("p", { id: "not-loaded", className: "notice", textContent: words.not_loaded });
  byId("composer").before(line);
  announce(words.not_loaded);
  document.addEventListener("click", () => line.remove(), { once: true });
}

/**
 * Puts the list into the header.
 * @param {object} context of `effects.js`
 * @param {() => Promise<typeof import("./chats.js")>} loadList
 * @param {AbortSignal} signal ends it
 * @returns {{ follow: () => void, sayNotLoaded: () => void }} `follow` has an open list follow the store
 */
export function startHeader(context, loadList, signal) {
  const loadFind = makePart("find");
  let list;
  const button = byId("new").cloneNode(true);
  button.id = "chats";
  button.hidden = false;
  button.title = words.chats;
  button.setAttribute("aria-label", words.chats);
  button.setAttribute("aria-expanded", false);
  button.querySelector("use").setAttribute("href", "#i-list");
  button.onclick = () => loadList().then(({ makeList }) => {
    list ??= makeList({ ...context, find }, button);
    list.toggle();
  }, sayNotLoaded);
  byId("new").before(button);

  const find = async () => (await loadFind()).open(context);
  document.addEventListener("keydown", (event) => {
    // In the field of this search, the keys are those of the browser's own.
    if (!(event.ctrlKey || event.metaKey) || event.key !== "f" || event.target.id === "find-text" || byId("new").hidden) return;
    event.preventDefault();
    find().catch(sayNotLoaded);
  }, { signal });

  return { follow: () => list?.follow(), sayNotLoaded };
}
