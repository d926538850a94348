// The text box and its button.

import { byId } from "./element.js";

/** While an input method composes, Enter and Escape are its own; 229 is the key code of older engines. */
const isComposing = (event) => event.isComposing || event.keyCode === 229;

/**
 * Puts the composer to work.
 * @param {{ submit: () => void, stop: () => void, leave: () => void, edited: (text: string) => void,
 *   refilled: (text: string) => void }} on
 * @param {AbortSignal} signal ends it
 */
export function startComposer(on, signal) {
  const form = byId("composer");
  const field = byId("text");
  const button = byId("send");
  const count = byId("count");
  const grows = CSS.supports("field-sizing", "content");
  let busy = false;

  function fit() {
    if (grows) return;
    field.style.height = "auto";
    field.style.height = `${field.scrollHeight}px`;
  }

  function set(text) {
    field.value = text;
    fit();
    on.refilled(text);
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    // Enter never stops a reply; the button, pressed, does.
    if (event.submitter && busy) on.stop();
    else on.submit();
  }, { signal });
  field.addEventListener("input", () => {
    fit();
    on.edited(field.value);
  }, { signal });
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || isComposing(event)) return;
    event.preventDefault();
    form.requestSubmit();
  }, { signal });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !isComposing(event)) on.leave();
  }, { signal });

  return {
    text: () => field.value,
    empty: () => set(""),
    /** Puts a text back, before the one that was typed since. */
    restore: (text) => set(field.value ? `${text}\n${field.value}` : text),
    /** Focuses the text box, but on touch, where a keyboard would jump up; tells if it did. */
    focus() {
      const { matches } = matchMedia("(pointer: coarse)");
      if (!matches) field.focus();
      return !matches;
    },
    /** Shows the state of the conversation; `left` is the number of characters left, near the limit. */
    showStatus(isBusy, isDeclined, left) {
      busy = isBusy;
      button.toggleAttribute("data-stop", busy);
      button.setAttribute("aria-label", busy ? words.stop : words.send);
      field.setAttribute("aria-invalid", isDeclined);
      count.hidden = left === undefined;
      count.className = left < 0 ? "over" : "";
      count.textContent = left ?? "";
    },
  };
}
