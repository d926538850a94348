// Clicks in the nodes that the app draws: buttons with `data-do`, and links to the page's own origin.

import { copy } from "./clipboard.js";
import { messageId } from "./message_id.js";

/**
 * Reads clicks.
 * @param {string} origin of the page
 * @param {(name: string, members?: object) => void} dispatch the app
 * @param {(url: string) => void} navigate the page
 * @param {AbortSignal} signal ends it
 */
export function startClicks(origin, dispatch, navigate, signal) {
  function press(button) {
    const { do: name, index } = button.dataset;
    if (name === "tap") {
      dispatch("tap", { index: Number(index), id: messageId(), now: Date.now() });
    } else if (name === "copy") {
      const code = button.closest(".code");
      if (code) copy(code.querySelector("pre").textContent);
      else dispatch("copy_reply", { id: button.closest(".turn").dataset.id });
      flash(button);
    } else {
      dispatch(name);
    }
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    const button = event.target.closest("[data-do]");
    if (link && link.origin === origin && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      navigate(link.href);
    } else if (button) {
      press(button);
    }
  }, { signal });
}

/** Has a copy button show for a moment that it has copied. */
function flash(button) {
  button.dataset.done = "";
  setTimeout(() => delete button.dataset.done, 1600);
}
