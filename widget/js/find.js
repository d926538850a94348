// The search in the conversation on the screen. The CSS Custom Highlight API marks the places, so that the nodes stay as
// the app has made them; where there is none, the place is selected. It is a part of its own.

import { make } from "../loader/elements.js";
import { tool } from "./buttons.js";
import { byId } from "./element.js";
import { fold, stretches } from "./fold.js";
import { addSheet } from "./sheet.js";
import { moveTo, showAll } from "./turns.js";

/** Elements whose words are the app's own. */
const SKIPPED = ".unseen, .under, button, summary, .greeting";
/** Elements over whose edges nothing is found. */
const BLOCKS = "p, li, pre, td, th, .turn";

/** The most places that are marked. */
const MAX_PLACES = 1000;

/** Milliseconds without a change after which a conversation that grows is searched again. */
const CALM = 250;

/** @type {{ input: HTMLInputElement, close: () => void } | undefined} */
let bar;

await addSheet("chats");

/** Returns the text nodes of the conversation, together where they stand in one block. */
function blocksOf(root) {
  const accept = (node) => {
    if (node.nodeType === Node.TEXT_NODE) return NodeFilter.FILTER_ACCEPT;
    return node.matches(SKIPPED) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_SKIP;
  };
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT, accept);
  const blocks = new Map();
  for (let node; (node = walker.nextNode()); ) {
    const block = node.parentElement.closest(BLOCKS);
    if (blocks.has(block)) blocks.get(block).push(node);
    else blocks.set(block, [node]);
  }
  return blocks.values();
}

/** Finds a folded text in the nodes of a block. */
function* placesIn(nodes, wanted) {
  const text = nodes.map(({ data }) => data).join("");
  if (!fold(text).includes(wanted)) return;
  for (const [begin, end] of stretches(text, [wanted])) {
    const range = new Range();
    let before = 0;
    for (const node of nodes) {
      const after = before + node.length;
      if (begin >= before && begin < after) range.setStart(node, begin - before);
      if (end > before && end <= after) range.setEnd(node, end - before);
      before = after;
    }
    yield range;
  }
}

function find(query) {
  const wanted = fold(query);
  const found = [];
  if (!wanted.trim()) return found;
  for (const nodes of blocksOf(byId("thread"))) {
    for (const range of placesIn(nodes, wanted)) if (found.push(range) === MAX_PLACES) return found;
  }
  return found;
}

/** Marks the places, and the one that is looked at. */
function mark(places, at) {
  if (CSS.highlights) {
    CSS.highlights.set("found", new Highlight(...places));
    CSS.highlights.set("found-now", new Highlight(...places.slice(at, at + 1)));
  } else if (places[at]) {
    const { startContainer, startOffset, endContainer, endOffset } = places[at];
    getSelection().setBaseAndExtent(startContainer, startOffset, endContainer, endOffset);
  }
}

function makeBar(context) {
  let places = [];
  let at = 0;
  let timer;

  const input = make("input", { id: "find-text", type: "search", className: "field", placeholder: words.find, dir: "auto" });
  input.setAttribute("aria-label", words.find);
  const status = make("output");
  const step = (by) => {
    look();
    if (places.length) go((at + by + places.length) % places.length);
  };
  const back = tool("down", words.previous_place, () => step(-1));
  back.classList.add("up");
  const form = make("form", { id: "find" }, input, status, back, tool("down", words.next_place, () => step(1)), tool("close", words.close, close));
  form.setAttribute("role", "search");

  /** Searches again: nodes may have been replaced since. */
  function look() {
    places = find(input.value);
    at = Math.min(at, Math.max(0, places.length - 1));
    show();
  }

  function show() {
    mark(places, at);
    status.textContent = !input.value ? "" : places.length ? `${at + 1} / ${places.length}` : words.none_found;
  }

  function go(place) {
    at = place;
    show();
    moveTo(places[at], 0.4);
  }

  /** Looks at the last place at first, which is the nearest to what one reads. */
  async function search() {
    await showAll(context);
    // It may have been closed meanwhile.
    if (!form.isConnected) return;
    look();
    if (places.length) go(places.length - 1);
  }

  function close() {
    clearTimeout(timer);
    observer.disconnect();
    mark([], 0);
    form.remove();
    bar = undefined;
    byId("log").focus({ preventScroll: true });
  }

  input.addEventListener("input", search);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Enter" && event.target === input) {
      event.preventDefault();
      step(event.shiftKey ? -1 : 1);
    } else if (event.key === "Escape") {
      // Escape would close the chat.
      event.stopPropagation();
      close();
    }
  });
  const observer = new MutationObserver(() => {
    clearTimeout(timer);
    timer = setTimeout(look, CALM);
  });
  observer.observe(byId("thread"), { childList: true, subtree: true, characterData: true });
  byId("log").before(form);
  return { input, close };
}

/** Opens the search, or goes back to it. */
export function open(context) {
  bar ??= makeBar(context);
  bar.input.focus();
  bar.input.select();
}
