// Theme, accent and heading; all colours by CSSOM, since the policy forbids style attributes.

import { byId } from "./element.js";

const root = document.documentElement;

/** Returns the first that is a colour as #rrggbb, as a number. */
const firstColor = (...colors) => parseInt(colors.find((color) => /^#[0-9a-f]{6}$/i.test(color)).slice(1), 16);

const setColor = (name, rgb) => root.style.setProperty(name, `#${rgb.toString(16).padStart(6, "0")}`);

/**
 * Applies the page's wishes; returns the accent, whose inks the app chooses.
 * @param {{ theme?: string, color?: string, title?: string }} options
 * @param {string} accent
 */
export function applyTheme({ theme, color, title }, accent) {
  root.dataset.theme = theme === "light" || theme === "dark" ? theme : "auto";
  if (typeof title === "string" && title) byId("title").textContent = document.title = title;
  const rgb = firstColor(color, accent, "#4338ca");
  setColor("--accent", rgb);
  return rgb;
}

/** Applies the inks that the app has chosen for the accent. */
export function applyInks({ on_accent, on_light, on_dark }) {
  setColor("--on-accent", on_accent);
  setColor("--ink-on-light", on_light);
  setColor("--ink-on-dark", on_dark);
}
