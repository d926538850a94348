// Elements made of nodes, each `[tag, attributes, words or nodes]`; those that are there already are kept.

import { icon } from "./symbols.js";

function copyButton() {
  const button = document.createElement("button");
  button.append(icon("copy"), icon("done"));
  button.type = "button";
  button.className = "mini copy";
  button.title = words.copy;
  button.setAttribute("aria-label", words.copy);
  button.dataset.do = "copy";
  return button;
}

/** Sets attributes where they differ from those of before; the document itself is not read, which costs more. */
function setAttributes(element, attributes) {
  const before = element.set ?? {};
  element.set = attributes;
  for (const name in before) if (!(name in attributes)) element.removeAttribute(name);
  for (const name in attributes) {
    if (before[name] !== attributes[name]) element.setAttribute(name, attributes[name]);
  }
}

function say(element, text) {
  if (element.said === text) return;
  element.textContent = element.said = text;
}

/** Returns the child in a place, made anew unless it has this tag; the tag `copy` is the button that copies code. */
function child(parent, at, tag) {
  const there = parent.children[at];
  if (there?.madeAs === tag) return there;
  const made = tag === "copy" ? copyButton() : document.createElement(tag);
  made.madeAs = tag;
  if (there) there.replaceWith(made);
  else parent.append(made);
  return made;
}

/**
 * Has the children of an element, from a place on, be those nodes: what is the same already is left alone, with what
 * a visitor has selected in it.
 */
export function patch(parent, nodes, first = 0) {
  if (!parent.firstElementChild) parent.textContent = "";
  parent.said = undefined;
  nodes.forEach(([tag, attributes, inside], at) => {
    const element = child(parent, first + at, tag);
    if (tag === "copy") return;
    setAttributes(element, attributes);
    if (typeof inside === "string") say(element, inside);
    else patch(element, inside);
  });
  while (parent.children.length > first + nodes.length) parent.lastElementChild.remove();
}
