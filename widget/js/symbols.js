// Icons, drawn once: lines on a square of 24. The document, the app and each part bring those that they need.

/** Draws icons into a hidden sheet, where `<use href="#i-name">` finds them. */
export function drawIcons(icons) {
  const svg = (parent, name, attributes) => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    return parent.appendChild(element);
  };
  const sheet = svg(document.body, "svg", { hidden: "" });
  for (const [name, d] of Object.entries(icons)) {
    svg(svg(sheet, "symbol", { id: `i-${name}`, viewBox: "0 0 24 24" }), "path", { d });
  }
}

/** Makes an icon of one that was drawn. */
export function icon(name) {
  const drawing = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  drawing.setAttribute("class", "icon");
  drawing.setAttribute("aria-hidden", "true");
  drawing.appendChild(document.createElementNS(drawing.namespaceURI, "use")).setAttribute("href", `#i-${name}`);
  return drawing;
}
