// Buttons that the parts make.

import { make } from "../loader/elements.js";
import { icon } from "./symbols.js";

/** Makes a button with words. */
export const chip = (name, onclick) => make("button", { type: "button", className: "chip", textContent: name, onclick });

/** Makes a button with an icon. */
export function tool(id, name, onclick) {
  const button = make("button", { type: "button", className: "tool", title: name, onclick }, icon(id));
  button.setAttribute("aria-label", name);
  return button;
}
