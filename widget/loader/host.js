// The chat around the launcher: puts panel and frame together and carries out the page's calls. widget.js loads it
// once the chat is wanted.

import { make } from "./elements.js";
import { createFrame } from "./frame.js";
import { createPanel } from "./panel.js";
import { bytesOf } from "./port.js";

/** Bytes of the page's context as JSON in UTF-8. */
const MAX_CONTEXT = 2_048;
const EVENTS = ["ready", "open", "close", "message", "unread", "error"];

/** Starts the chat around the launcher that widget.js has drawn, and returns its ways in: the page's calls, and a move. */
export function start(core) {
  const { base, options, root, button, signal } = core;
  const listeners = new Map(EVENTS.map((event) => [event, new Set()]));
  const retry = make("button", { type: "button", textContent: words.retry });
  const hostedPage = make("a", { href: `${base}/chat${options.site ? `/${options.site}` : ""}`, target: "_blank", rel: "noopener", textContent: words.open_in_tab });
  const notice = make("div", { className: "notice" }, make("p", { textContent: words.blocked }), retry);
  const closer = make("button", { className: "close", type: "button", textContent: "×" });
  const panel = createPanel(core, [notice, closer], close);
  const frame = createFrame(core, { state: showState, connected: greet, message: receive, error: fail });
  let wasDismissed = false;
  /** An old browser under a policy without inline style sheets has the chat as a page of its own only. */
  let isPlain = false;
  let sentOptions, focusedBefore, visibility;

  function emit(event, detail) {
    for (const listener of [...listeners.get(event)]) {
      try {
        listener(detail);
      } catch (error) {
        console.error(error);
      }
    }
  }

  function fail(code, detail) {
    console.warn(`porthole: ${code}: ${detail}`);
    emit("error", { code, detail });
  }

  // Panel and frame

  function build() {
    retry.onclick = reload;
    closer.onclick = close;
    root.addEventListener("keydown", closeByEscape);
    panel.build();
    isPlain = panel.element().hidden = getComputedStyle(button).position === "static";
    if (isPlain) return;
    if (core.inline) {
      visibility = new IntersectionObserver((entries) => entries.some((entry) => entry.isIntersecting) && load(), { rootMargin: "300px" });
      visibility.observe(panel.element());
    } else load();
  }

  /** Follows the launcher to its new place, open if it was, without the focus: an iframe cannot move along. */
  function rebuild() {
    const wasOpen = panel.isOpen();
    panel.close();
    build();
    if (wasOpen && core.inline) emit("close");
    else if (wasOpen) panel.open();
  }

  function load() {
    visibility?.disconnect();
    frame.load(panel.element(), panel.title());
  }

  function reload() {
    load();
    frame.element().focus();
  }

  function showState(state) {
    const hadFocus = root.activeElement === frame.element();
    panel.setState(state);
    if (state === "usable") emit("ready");
    if (state !== "blocked") return;
    if (hadFocus) retry.focus();
    // Only a proxy that shows the chat as a page of its own has this module: scripts load where frames may not.
    import("./hosted.js").then(() => notice.append(hostedPage), () => {});
  }

  // Opening and closing

  /** Opens the panel; without focus, that is of its own accord, never over a phone's page nor once dismissed. */
  function open(how) {
    const focus = how?.focus ?? true;
    if (isPlain) return focus && window.open(hostedPage.href, "_blank", "noopener");
    if (!frame.isIn(panel.element())) load();
    const opens = !core.inline && !panel.isOpen();
    if (opens && !focus && (panel.isFull() || wasDismissed)) return;
    // First of all: the frame, a process of its own, finds its text box while this page shows the panel.
    if (frame.isConnected()) frame.post("shown", { focus });
    if (opens) {
      focusedBefore = document.activeElement;
      panel.open();
      remember("open");
      emit("open");
    } else if (focus && core.inline) panel.element().scrollIntoView({ block: "nearest" });
    sendOptions();
    if (focus) (frame.state() === "blocked" ? retry : frame.element()).focus();
  }

  function close() {
    if (!panel.isOpen()) return;
    const hadFocus = panel.element().contains(root.activeElement);
    panel.close();
    wasDismissed = true;
    remember("used");
    if (frame.isConnected()) frame.post("hidden");
    if (hadFocus) (button.hidden ? focusedBefore : button)?.focus({ preventScroll: true });
    emit("close");
  }

  /** Keeps for this tab's next page that the chat is open or was used; without a word forgets it. */
  function remember(word) {
    try {
      if (!word) delete sessionStorage.porthole;
      else if (options.storage !== "none") sessionStorage.porthole = word;
    } catch {}
  }

  function fit() {
    panel.fit();
    if (frame.element()) frame.element().title = panel.title();
    sendOptions();
  }

  // The port

  function greet() {
    // Before the options, with which the frame starts its app: the text box waits for none of it.
    if (panel.isOpen() || core.inline) frame.post("shown", { focus: root.activeElement === frame.element() });
    tellOptions();
  }

  /** Sends the options, also unchanged ones. */
  function tellOptions() {
    sentOptions = "";
    sendOptions();
  }

  function sendOptions() {
    if (!frame.isConnected()) return;
    const { theme = "auto", title, locale, storage = "local", context } = options;
    const fields = {
      theme, color: accent(), title, locale, storage,
      layout: core.inline ? "inline" : panel.isFull() ? "full" : "bubble",
      page: { url: location.href.slice(0, 2_048), title: document.title.slice(0, 256) },
      context,
    };
    const json = JSON.stringify(fields);
    if (json === sentOptions) return;
    sentOptions = json;
    frame.post("options", fields);
  }

  /** Returns the page's colour as #rrggbb, whatever CSS it was written in; nothing for what is no colour. */
  function accent() {
    if (!button.style.color) return;
    const rgb = getComputedStyle(button).color.match(/^rgb\((\d+), (\d+), (\d+)\)$/);
    return rgb ? `#${rgb.slice(1).map((channel) => (+channel).toString(16).padStart(2, "0")).join("")}` : options.color;
  }

  function receive({ type, role, length, url, count, code, detail }) {
    if (type === "close") close();
    if (type === "ask_options") tellOptions();
    if (type === "navigate") navigate(url);
    if (type === "message") emit("message", { role, length });
    if (type === "unread") {
      const unread = panel.isOpen() ? 0 : +count || 0;
      panel.showUnread(unread);
      emit("unread", { count: unread });
    }
    if (type === "error") fail(code, detail);
  }

  function navigate(url) {
    const { protocol, origin, href } = new URL(url);
    if (!/^https?:$/.test(protocol) || origin !== location.origin) return;
    if (panel.isFull()) close();
    location.assign(href);
  }

  function closeByEscape(event) {
    if (event.key !== "Escape" || event.isComposing || !panel.isOpen()) return;
    event.preventDefault(); // or a dialog of the page would close as well
    close();
  }

  // The page's calls

  const commands = {
    open,
    close,
    toggle: () => (panel.isOpen() ? close() : open()),
    send(text) {
      if (typeof text !== "string" || !text.trim()) return fail("invalid_call", "send needs a text");
      open();
      frame.post("send", { text });
    },
    newChat: () => frame.post("newChat"),
    update(changes) {
      JSON.stringify(changes);
      if (options.context !== undefined && bytesOf(JSON.stringify(options.context)) > MAX_CONTEXT) {
        options.context = undefined;
        fail("invalid_call", `context is JSON of at most ${MAX_CONTEXT} bytes`);
      }
      fit();
    },
    on(event, listener) {
      if (!listeners.has(event) || typeof listener !== "function") return fail("invalid_call", `on ${String(event)}`);
      listeners.get(event).add(listener);
      if (event === "ready" && frame.state() === "usable") listener();
    },
    off: (event, listener) => listeners.get(event)?.delete(listener),
  };

  /** Carries out a call of the page, whose code never meets an exception of ours. */
  function call(name, ...values) {
    try {
      if (commands.hasOwnProperty(name)) commands[name](...values);
      else fail("not_available", String(name));
    } catch (error) {
      fail("invalid_call", String(error));
    }
  }

  closer.setAttribute("aria-label", words.close_chat);
  notice.setAttribute("role", "alert");
  panel.narrow.addEventListener("change", () => {
    fit();
    if (panel.isOpen()) panel.showDialog();
  }, { signal });
  signal.addEventListener("abort", () => {
    visibility?.disconnect();
    frame.disconnect();
    panel.close();
    remember();
  });
  build();
  if (options.userToken) queueMicrotask(() => call("identify"));
  return { call, rebuild };
}
