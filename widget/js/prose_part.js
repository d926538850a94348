// Texts in Markdown: they stand as they came until the part that reads Markdown is there.

import { makePart } from "./part.js";

/** @type {() => Promise<typeof import("./prose.js")>} */
const loadPart = makePart("prose");

/** @type {typeof import("./prose.js") | undefined} */
let part;
/** The address of the page that shows the chat. */
let page = "";

function show(element) {
  if (part) part.draw(element, page);
  else element.textContent = element.text;
}

/** An element whose `markdown` grows until it is `whole`; the app sets both. */
class Prose extends HTMLElement {
  text = "";
  isWhole = false;

  set whole(whole) {
    this.isWhole = !!whole;
    if (this.text) show(this);
  }

  set markdown(text) {
    this.text = text;
    show(this);
  }
}

customElements.define("chat-prose", Prose);

/** Returns the part; every text is drawn by it from then on. */
async function prose() {
  if (!part) {
    part = await loadPart();
    document.querySelectorAll("chat-prose").forEach(show);
  }
  return part;
}

/** Loads the part; links lead on from the address of the page that shows the chat. */
export function readMarkdown(address = "") {
  page = address;
  return prose();
}

/** Returns the words of a text without any mark; those of a text whose part cannot be had are as they came. */
export const plain = (text) => prose().then(() => part.plain(text), () => text);
