// The text box, from the first moment on; what it does beside sending comes with the app (text_box.js).

import { byId, isComposing } from "./element.js";

/**
 * Puts the composer to work.
 * @param {{ submit: () => void, leave: () => void, edited: (text: string) => void,
 *   refilled: (text: string) => void }} on
 * @param {AbortSignal} signal ends it
 */
export function startComposer(on, signal) {
  const form = byId("composer");
  const field = byId("text");
  const grows = CSS.supports("field-sizing", "content");

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
    on.submit();
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
    set,
    /** Focuses the text box, but on touch, where a keyboard would jump up; tells if it did. */
    focus() {
      const { matches } = matchMedia("(pointer: coarse)");
      if (!matches) field.focus();
      return !matches;
    },
  };
}
