// Clicks in the nodes that the app draws: buttons with `data-do`, and links to the page's own origin.

import { announce } from "./announcer.js";
import { copyCode } from "./texts.js";

/**
 * Reads clicks.
 * @param {string} origin of the page
 * @param {(name: string, members?: object) => void} dispatch the app
 * @param {(url: string) => void} navigate the page
 * @param {() => string} messageId makes an id
 * @param {(id: string, rating: "up" | "down") => void} rate a reply
 * @param {AbortSignal} signal ends it
 */
export function startClicks(origin, dispatch, navigate, messageId, rate, signal) {
  function press(button) {
    const { do: name, index: place } = button.dataset;
    const { id } = button.closest("[data-id]")?.dataset ?? {};
    const [index, new_id, now] = [Number(place), messageId(), Date.now()];
    if (name === "tap") {
      dispatch("tap", { index, id: new_id, now });
    } else if (name === "copy") {
      const code = button.closest(".code");
      if (code) copyCode(button, code.querySelector("pre").textContent);
      else dispatch("copy_reply", { id });
    } else if (/^(up|down)$/.test(name)) {
      rate(id, name);
    } else if (id && !/retry|export|send_next/.test(name)) {
      if (name === "flip") keepFocus(button);
      dispatch("branch", { act: name, id, index, new_id, now });
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

/** Gives the focus to the same button in the row that takes this one's place, and says which version that is. */
function keepFocus(button) {
  const rows = document.getElementsByClassName("turn");
  const at = [...rows].indexOf(button.closest(".turn"));
  setTimeout(() => {
    const next = rows[at]?.querySelector(`[title="${button.title}"]`);
    if (!next) return;
    next.focus();
    announce(`${words.version} ${next.parentElement.textContent}`);
  });
}
