// Texts in Markdown, and all that comes beside them: drawn by a part that loads behind the usable panel. Where it is
// late, a text stands as it came.

import { makePart } from "./part.js";

/** @type {() => Promise<typeof import("./prose.js")>} */
const loadPart = makePart("prose");

/** @type {typeof import("./prose.js") | undefined} */
let part;
/** The address of the page that shows the chat. */
let page = "";

/** Milliseconds after which the part is late: a text that is drawn twice costs twice, and its marks would flash up. */
const LATE = 300;

let isLate = false;

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
    else if (isLate) this.textContent = this.text;
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

const drawAll = () => document.querySelectorAll("chat-prose, chat-beside").forEach((element) => element.draw());

/** Returns the part; everything is drawn by it from then on. */
async function prose() {
  if (!part) {
    part = await loadPart();
    drawAll();
  }
  return part;
}

/** Loads the part; links lead on from the address of the page that shows the chat. */
export function readMarkdown(address = "") {
  page = address;
  setTimeout(() => {
    isLate = true;
    if (!part) drawAll();
  }, LATE);
  return prose();
}

/** Returns the words of a reply and the lines below it; as they came where the part cannot be had. */
export const spoken = (text, events) => prose().then(() => part.spoken(text, events), () => text);

/** Copies code, or the reply in a row, for a button. */
export const copyCode = (button, text) => prose().then(() => part.copy(button, text));
export const copyReply = (row, markdown) => prose().then(() => part.copyReply(row, markdown));
