// The panel around the frame: a dialog beside the launcher, over the whole page of a phone, or a part of the page.

import { make } from "./elements.js";
import { panelCss } from "./style.js";

/** Makes a panel that `build` puts on the page; `onClosed` is called when the browser closes the dialog. */
export function createPanel(core, children, onClosed) {
  const { options, root, button, signal } = core;
  const { host } = root;
  const narrow = matchMedia("(max-width: 480px), (max-height: 480px)");
  const badge = button.appendChild(make("span", { className: "count", hidden: true }));
  let element = core.frame.parentNode, state, overflow, isLocked = false, isOpen = false, unread = 0;

  const title = () => options.title || words.chat;
  const isFull = () => !core.inline && narrow.matches;

  /** Builds the element anew, since a dialog cannot become a part of the page; the first one is that of widget.js. */
  function build() {
    if (state || core.inline || !element) {
      element?.remove();
      element = root.appendChild(make(core.inline ? "div" : "dialog"));
    }
    // The browser itself closes a modal dialog, as with a phone's way back.
    element.onclose = () => element.open || onClosed();
    element.append(...children);
    fit();
  }

  /** Shows a state of the frame. */
  function setState(next) {
    state = next;
    element.className = `panel ${state}${isOpen ? " open" : ""}`;
  }

  function open() {
    isOpen = true;
    setState(state);
    showDialog();
    button.setAttribute("aria-expanded", "true");
    showUnread(0);
  }

  function close() {
    isOpen = false;
    element.close?.();
    lockScroll(false);
    button.setAttribute("aria-expanded", "false");
    setState(state);
  }

  /** Shows the dialog in the layout of the moment, again when that changes; the iframe stays where it is. */
  function showDialog() {
    const focused = root.activeElement;
    element.close?.();
    // show() would move the focus; a modal dialog does so anyway.
    if (isFull() && element.isConnected) element.showModal?.();
    else element.open = true;
    focused?.focus();
    lockScroll(isFull());
  }

  function lockScroll(locked) {
    const { style } = document.documentElement;
    if (locked === isLocked) return;
    isLocked = locked;
    if (locked) overflow = style.overflow;
    style.setProperty("overflow", locked ? "hidden" : overflow, locked ? "important" : "");
  }

  /** Follows the options and the layout of the moment. */
  function fit() {
    host.toggleAttribute("full", isFull());
    host.toggleAttribute("inline", core.inline);
    host.toggleAttribute("bare", button.hidden && !core.inline);
    followViewport();
    if (!core.inline) element.setAttribute("aria-label", title());
    element.style.colorScheme = /^(light|dark)$/.test(options.theme) ? options.theme : "light dark";
    showUnread(unread);
  }

  /** A keyboard takes its room from the visual viewport only; a pinch zoom must not shrink the chat. */
  function followViewport() {
    const { scale, offsetTop, height } = visualViewport;
    if (scale > 1.01) return;
    element.style.setProperty("--top", `${offsetTop}px`);
    element.style.setProperty("--height", `${height}px`);
  }

  function showUnread(count) {
    unread = count;
    badge.hidden = !count;
    badge.textContent = count > 9 ? "9+" : count;
    button.setAttribute("aria-label", count ? `${title()} (${count})` : title());
  }

  core.addStyle(panelCss);
  for (const event of ["resize", "scroll"]) visualViewport.addEventListener(event, followViewport, { signal });

  return {
    build,
    setState,
    open,
    close,
    showDialog,
    fit,
    showUnread,
    title,
    isFull,
    narrow,
    element: () => element,
    isOpen: () => isOpen,
  };
}
