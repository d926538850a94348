// A drawn text as HTML for other programs: without the chat's classes, buttons and hidden words.

/** Attributes that mean something outside of the chat. */
const KEPT = ["href", "start", "dir"];

/** The language and the button above a code block, and other things that are no words. */
const LEFT_OUT = "button, .unseen, .code > div";

/** Headings stand below the panel's own in the chat; the first level is that of their class. */
const tagOf = ({ localName, classList }) =>
  !classList.contains("h") ? localName : classList.contains("h1") ? "h1" : classList.contains("h2") ? "h2" : "h3";

/** Returns the nodes that stand for a drawn one. */
function nodesOf(node) {
  if (!(node instanceof Element)) return [node.cloneNode()];
  if (node.matches(LEFT_OUT)) return [];
  if (node.matches(".box")) return [node.matches(".done") ? "☑ " : "☐ "];
  const inside = [...node.childNodes].flatMap(nodesOf);
  const tag = tagOf(node);
  // They carry a look, and no meaning.
  if (tag === "div" || tag === "span") return inside;
  const made = document.createElement(tag);
  for (const name of KEPT) if (node.hasAttribute(name)) made.setAttribute(name, node.getAttribute(name));
  made.append(...inside);
  return [made];
}

/** Returns a drawn text as HTML, with a note as its last paragraph. */
export function htmlOf(prose, note) {
  const whole = document.createElement("div");
  const last = document.createElement("p");
  last.textContent = note;
  whole.append(...[...prose.childNodes].flatMap(nodesOf), last);
  return new XMLSerializer().serializeToString(whole);
}
