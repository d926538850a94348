// Texts in Markdown, and all that comes beside them: drawn by a part that loads behind the usable panel. Until it is
// there, a text stands as it came.

import { makePart } from "./part.js";

/** @type {() => Promise<typeof import("./prose.js")>} */
const loadPart = makePart("prose");

/** @type {typeof import("./prose.js") | undefined} */
let part;
/** The address of the page that shows the chat. */
let page = "";

/** An element whose `markdown` grows until it is `whole`; the app sets both. */
class Prose extends HTMLElement {
  text = "";
  isWhole = false;

  set whole(whole) {
    this.isWhole = !!whole;
    if (this.text) this.draw();
  }

  set markdown(text) {
    this.text = text;
    this.draw();
  }

  draw() {
    if (part) part.drawText(this, page);
    else this.textContent = this.text;
  }
}

/** An element for `thoughts` and the milliseconds that they `took`, and for `events`, a line of JSON each. */
class Beside extends HTMLElement {
  set thoughts(text) {
    this.thought = text;
    this.draw();
  }

  set took(milliseconds) {
    this.duration = milliseconds;
    this.draw();
  }

  set events(lines) {
    this.lines = lines;
    this.draw();
  }

  draw() {
    if (this.lines !== undefined) part?.drawBeside(this);
  }
}

customElements.define("chat-prose", Prose);
customElements.define("chat-beside", Beside);

/** Returns the part; everything is drawn by it from then on. */
async function prose() {
  if (!part) {
    part = await loadPart();
    for (const element of document.querySelectorAll("chat-prose, chat-beside")) element.draw();
  }
  return part;
}

/** Loads the part; links lead on from the address of the page that shows the chat. */
export function readMarkdown(address = "") {
  page = address;
  return prose();
}

/** Returns the words of a reply and the lines below it; as they came where the part cannot be had. */
export const spoken = (text, events) => prose().then(() => part.spoken(text, events), () => text);
