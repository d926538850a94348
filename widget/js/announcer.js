// The live region that screen readers read.

import { byId } from "./element.js";

/** Has a screen reader say something once. */
export function announce(text) {
  const status = byId("status");
  status.textContent = "";
  // Filled later, or the same words would not be said again.
  setTimeout(() => (status.textContent = text), 60);
}
