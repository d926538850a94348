// Icons, drawn once and used by the document and the app: lines on a square of 24. The app brings those that it needs.

/** The icons of the document. */
export const ICONS = {
  mark: "M3.75 12a8.25 8.25 0 1 0 16.5 0a8.25 8.25 0 1 0-16.5 0M7.75 12a4.25 4.25 0 1 0 8.5 0a4.25 4.25 0 1 0-8.5 0M12 3.75v1.6M12 18.65v1.6M3.75 12h1.6M18.65 12h1.6",
  new: "M12 4.5H7A2.5 2.5 0 0 0 4.5 7v10A2.5 2.5 0 0 0 7 19.5h10a2.5 2.5 0 0 0 2.5-2.5v-5M9.5 14.5l.6-3 7.3-7.3a1.7 1.7 0 0 1 2.4 2.4l-7.3 7.3z",
  list: "M5 7h14M5 12h14M5 17h9",
  close: "m6.5 6.5 11 11m0-11-11 11",
  send: "M12 19V5.5M6 11.25 12 5.25l6 6",
  stop: "M9 7h6a2 2 0 0 1 2 2v6a2 2 0 0 1-2 2H9a2 2 0 0 1-2-2V9a2 2 0 0 1 2-2z",
  down: "M12 5v13.5M6 12.75l6 6 6-6",
};

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
