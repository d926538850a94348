// The text box under the app: it keeps a text until the outbox has it, stops replies, and recalls the last message.

import { byId, isComposing } from "./element.js";

/**
 * Puts the app in charge of the composer.
 * @param {{ set: (text: string) => void, focus: () => boolean }} composer
 * @param {{ load: () => string, keep: (text: string) => void }} draft of an earlier visit
 * @param {(name: string) => void} dispatch the app
 * @param {AbortSignal} signal ends it
 */
export function startTextBox({ set, focus }, draft, dispatch, signal) {
  const [form, field, button, count] = ["composer", "text", "send", "count"].map(byId);
  /** The text at the front of the box that was accepted, and is not in the outbox yet. */
  let taken = "";
  let busy = false;

  const has = (front) => field.value.startsWith(front);
  /** Returns the text behind that. */
  const rest = () => field.value.slice(has(taken) ? taken.length : 0);

  /** Shows on the button what it does: while a reply runs and the box is empty, there is only that to stop. */
  function showButton() {
    const stops = busy && !rest();
    button.toggleAttribute("data-stop", stops);
    button.setAttribute("aria-label", stops ? words.stop : words.send);
  }

  function changed() {
    draft.keep(field.value);
    showButton();
  }

  function fill(text) {
    set(text);
    changed();
  }

  // Never over a text that was typed before the app was there.
  if (!field.value) fill(draft.load());
  field.addEventListener("input", changed, { signal });
  field.addEventListener("keydown", (event) => {
    const { key, shiftKey, altKey, ctrlKey, metaKey } = event;
    if (key !== "ArrowUp" || field.value || shiftKey || altKey || ctrlKey || metaKey || isComposing(event)) return;
    event.preventDefault();
    dispatch("recall");
  }, { signal });
  // Enter never stops a reply; the button, pressed, does.
  button.addEventListener("click", (event) => {
    if (!button.matches("[data-stop]")) return;
    event.preventDefault();
    dispatch("stop");
  }, { signal });

  return {
    /** Returns the text that is to be sent; none where it was accepted already. */
    text: () => rest() || (taken ? undefined : ""),
    /** Notes that the text was accepted; the function that is returned removes it, and nothing that was typed since. */
    take() {
      const text = rest();
      taken += text;
      return () => {
        taken = taken.slice(text.length);
        if (has(text)) fill(field.value.slice(text.length));
      };
    },
    fill,
    /** Puts a text back, before the one that was typed since. */
    restore: (text) => fill(field.value ? `${text}\n${field.value}` : text),
    focus,
    /** Shows the state of the conversation; `left` is the number of characters left, near the limit. */
    showStatus(isBusy, isDeclined, left) {
      busy = isBusy;
      form.toggleAttribute("data-busy", busy);
      showButton();
      field.setAttribute("aria-invalid", isDeclined);
      count.hidden = left === undefined;
      count.className = left < 0 ? "over" : "";
      count.textContent = left ?? "";
    },
  };
}
