// Elements without markup, so that no policy of a page stands in the way.

/** Makes an element; `properties` are assigned. */
export function make(name, properties, ...children) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
}
