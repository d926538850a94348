// The chat around the launcher: dialog, iframe, message port, viewport and the page's calls. widget.js
// loads it once the chat is wanted.

import { bytesOf, mayCross } from "./port.js";

const CONNECT_TIMEOUT = 10_000; // milliseconds until a frame that stays silent counts as blocked
const MAX_CONTEXT = 2_048; // bytes of the page's context as JSON in UTF-8
const EVENTS = ["ready", "open", "close", "message", "unread", "error"];

const css = `
:host{--foot:90px}
:host([bare]){--foot:20px}
:host([inline]){display:block!important;height:100%!important;min-height:480px!important}
.panel{all:initial;display:block;box-sizing:border-box;position:fixed;z-index:2147483647;right:20px;bottom:calc(var(--foot) + var(--offset) + env(safe-area-inset-bottom));width:min(400px,100vw - 40px);height:min(680px,100vh - var(--foot) - 20px - var(--offset));overflow:hidden;border-radius:16px;color:CanvasText;background:Canvas;box-shadow:0 2px 8px #0000001f,0 16px 48px #00000038;font:15px/1.5 system-ui,sans-serif;visibility:hidden;opacity:0;transform:translateY(12px)}
:host([left]) .panel{right:auto;left:20px}
.panel.open{visibility:visible;opacity:1;transform:none;transition:transform .18s,opacity .18s}
:host([full]) .panel{inset:var(--top) 0 auto;width:100%;height:var(--height);padding:env(safe-area-inset-top) env(safe-area-inset-right) env(safe-area-inset-bottom) env(safe-area-inset-left);border-radius:0}
:host([inline]) .panel{position:relative;z-index:0;inset:auto;width:100%;height:100%;min-height:inherit;border:1px solid #8884;box-shadow:none;visibility:visible;opacity:1;transform:none}
iframe{display:block;border:0;width:100%;height:100%;transition:opacity .18s}
:host([inline]) iframe{position:absolute;inset:0}
.loading iframe,.blocked iframe{opacity:0}
.loading::before{content:"";position:absolute;inset:calc(50% - 14px) auto auto calc(50% - 14px);width:22px;height:22px;border:3px solid #8884;border-top-color:#888;border-radius:50%;animation:turn 1s linear infinite}
.note{display:none;position:absolute;inset:0;place-content:center;justify-items:center;gap:16px;padding:32px;text-align:center}
.blocked .note{display:grid}
.note *{all:unset;padding:8px 18px}
.note p~*{border:1px solid;border-radius:20px;font-weight:600;cursor:pointer}
.close{all:unset;display:none;position:absolute;top:calc(10px + env(safe-area-inset-top));right:calc(12px + env(safe-area-inset-right));width:40px;border-radius:50%;font:28px/40px system-ui;text-align:center;cursor:pointer}
:host([full]) :not(.usable)>.close,:host([bare]) :not(.usable)>.close{display:block}
.panel :focus-visible{outline:3px solid}
.count{position:absolute;top:-4px;right:-4px;padding:0 8px;border-radius:11px;background:#b3261e;color:#fff;font:700 12px/22px system-ui;box-shadow:0 0 0 2px #fff}
@keyframes turn{to{transform:rotate(1turn)}}
@media (prefers-reduced-motion){.panel.open,iframe{transition:none}.loading::before{animation:none}}
@media (forced-colors:active){.panel{border:1px solid}}`;

/** Makes an element; properties by assignment, so that neither styles nor markup pass a policy. */
function make(name, properties, ...children) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
}

function sheetOf(text) {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text);
  return sheet;
}

/** Starts the chat around the launcher that widget.js has drawn, and gives back what takes the page's calls. */
export function start(core) {
  const { base, options, host, root, button, signal } = core;
  const narrow = matchMedia("(max-width: 480px), (max-height: 480px)");
  const listeners = Object.fromEntries(EVENTS.map((event) => [event, new Set()]));
  const outbox = [];
  const lock = sheetOf("html{overflow:hidden!important}");
  const badge = button.appendChild(make("span", { className: "count", hidden: true }));
  const retry = make("button", { type: "button", textContent: "Try again", onclick: again });
  const fullPage = make("a", { href: `${base}/chat${options.site ? `/${options.site}` : ""}`, target: "_blank", rel: "noopener", textContent: "Open in a new tab" });
  const note = make("div", { className: "note" }, make("p", { textContent: "The chat cannot be shown here." }), retry);
  const closer = make("button", { className: "close", type: "button", textContent: "×", onclick: close });
  let state = "loading"; // then blocked, refused, or connected and usable
  let opened = false;
  let dismissed = false;
  let unread = 0;
  let toldOptions = "";
  let panel, frame, port, timer, watcher, focusedBefore;

  const label = () => options.title || "Chat";
  const isFull = () => !core.inline && narrow.matches;

  function emit(event, detail) {
    for (const listener of [...listeners[event]]) {
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
    closer.setAttribute("aria-label", "Close chat");
    note.setAttribute("role", "alert");
    // The browser itself closes a modal dialog, as with a phone's way back.
    panel = make(core.inline ? "div" : "dialog", { onclose: () => panel.open || close() }, note, closer);
    frame = null;
    root.append(panel);
    fit();
    if (core.inline) {
      watcher = new IntersectionObserver((entries) => entries.some((entry) => entry.isIntersecting) && loadFrame(), { rootMargin: "300px" });
      watcher.observe(panel);
    } else loadFrame();
  }

  /** The launcher has moved, between pages of a router or into an inline element: an iframe cannot move along. */
  function rebuild() {
    const wasOpen = opened;
    leave();
    panel.remove();
    build();
    if (wasOpen) emit("close");
  }

  function loadFrame() {
    leaveFrame();
    const query = new URLSearchParams({ ...(options.site && { site: options.site }), origin: location.origin });
    // With `no-referrer` some browsers would hide this page's origin from the frame, which checks it.
    const fresh = make("iframe", { title: label(), allow: "clipboard-write", referrerPolicy: "origin", src: `${base}/frame?${query}` });
    if (frame) frame.replaceWith(fresh);
    else panel.prepend(fresh);
    frame = fresh;
    timer = setTimeout(block, CONNECT_TIMEOUT);
    become("loading");
  }

  function leaveFrame() {
    clearTimeout(timer);
    watcher?.disconnect();
    port?.close();
    port = null;
    toldOptions = "";
  }

  function become(next) {
    state = next;
    panel.className = `panel ${state}${opened ? " open" : ""}`;
  }

  function block() {
    clearTimeout(timer);
    const focused = root.activeElement === frame;
    become("blocked");
    if (focused) retry.focus();
    // Only a proxy that shows the chat as a page of its own has this module: scripts load where frames may not.
    import("./hosted.js").then(() => note.append(fullPage), () => {});
    fail("frame_blocked", `${base} did not answer in the frame`);
  }

  function again() {
    loadFrame();
    frame.focus();
  }

  // Opening and closing

  /** Opens the panel; without focus, that is of its own accord, never over a phone's page nor once dismissed. */
  function open({ focus = true } = {}) {
    if (!frame) loadFrame();
    if (core.inline) {
      if (focus) panel.scrollIntoView({ block: "nearest" });
    } else if (!opened) {
      if (!focus && (isFull() || dismissed)) return;
      opened = true;
      focusedBefore = document.activeElement;
      become(state);
      show();
      button.setAttribute("aria-expanded", "true");
      remember("open");
      count(0);
      emit("open");
    }
    tellOptions();
    if (focus) (state === "blocked" ? retry : frame).focus();
    if (port) post("shown", { focus });
  }

  function close() {
    if (!opened) return;
    const inside = panel.contains(root.activeElement);
    leave();
    dismissed = true;
    become(state);
    remember("used");
    if (port) post("hidden");
    if (inside) (button.hidden ? focusedBefore : button)?.focus({ preventScroll: true });
    emit("close");
  }

  function leave() {
    opened = false;
    panel.close?.();
    lockPage(false);
    button.setAttribute("aria-expanded", "false");
  }

  /** Shows the dialog in the layout of the moment, again when that changes; the iframe stays where it is. */
  function show() {
    const focused = root.activeElement;
    panel.close();
    // show() would move the focus; a modal dialog does so anyway.
    if (isFull()) panel.showModal();
    else panel.open = true;
    focused?.focus();
    lockPage(isFull());
  }

  function lockPage(locked) {
    const others = document.adoptedStyleSheets.filter((sheet) => sheet !== lock);
    document.adoptedStyleSheets = locked ? [...others, lock] : others;
  }

  function fit() {
    host.toggleAttribute("full", isFull());
    host.toggleAttribute("inline", core.inline);
    host.toggleAttribute("bare", button.hidden && !core.inline);
    followViewport();
    dress();
    tellOptions();
  }

  /** A keyboard takes its room from the visual viewport only; a pinch zoom must not shrink the chat. */
  function followViewport() {
    const { scale, offsetTop, height } = visualViewport;
    if (scale > 1.01) return;
    panel.style.setProperty("--top", `${offsetTop}px`);
    panel.style.setProperty("--height", `${height}px`);
  }

  function dress() {
    if (!core.inline) panel.setAttribute("aria-label", label());
    if (frame) frame.title = label();
    panel.style.colorScheme = /^(light|dark)$/.test(options.theme) ? options.theme : "light dark";
    count(unread);
  }

  function count(number) {
    unread = number;
    badge.hidden = !number;
    badge.textContent = number > 9 ? "9+" : number;
    button.setAttribute("aria-label", number ? `${label()} (${number})` : label());
  }

  function remember(word) {
    try {
      if (!word) delete sessionStorage.porthole;
      else if (options.storage !== "none") sessionStorage.porthole = word;
    } catch {}
  }

  // The port

  function heard({ source, origin, data }) {
    if (!frame || source !== frame.contentWindow || origin !== base || data?.porthole !== 1) return;
    if (data.type === "ready") connect();
    if (data.type === "refused") {
      // The frame itself shows the sentence.
      clearTimeout(timer);
      become("refused");
      fail(data.code, data.code === "rate_limited" ? `too many calls of ${base}` : `${location.origin} is not on the list of ${base}`);
    }
  }

  function connect() {
    const { port1, port2 } = new MessageChannel();
    leaveFrame();
    port = port1;
    port.onmessage = ({ data }) => answer(data);
    become("connected");
    frame.contentWindow.postMessage({ porthole: 1, type: "connect" }, base, [port2]);
    tellOptions();
    if (opened || core.inline) post("shown", { focus: root.activeElement === frame });
    for (const [type, fields] of outbox.splice(0)) post(type, fields);
  }

  function post(type, fields) {
    if (!port) return outbox.push([type, fields]);
    const json = JSON.stringify({ type, ...fields });
    if (!mayCross(json)) return fail("too_large", type);
    port.postMessage(JSON.parse(json));
  }

  function tellOptions() {
    if (!port) return;
    const { theme = "auto", title, locale, storage = "local", context } = options;
    const fields = {
      theme, color: accent(), title, locale, storage,
      layout: core.inline ? "inline" : isFull() ? "full" : "bubble",
      touch: matchMedia("(pointer: coarse)").matches,
      page: { url: location.href.slice(0, 2_048), title: document.title.slice(0, 256) },
      context,
    };
    const told = JSON.stringify(fields);
    if (told === toldOptions) return;
    toldOptions = told;
    post("options", fields);
  }

  /** The page's colour as #rrggbb, whatever CSS it was written in; nothing where it is none. */
  function accent() {
    if (!button.style.background) return;
    const rgb = getComputedStyle(button).backgroundColor.match(/^rgb\((\d+), (\d+), (\d+)\)$/);
    return rgb ? `#${rgb.slice(1).map((part) => (+part).toString(16).padStart(2, "0")).join("")}` : options.color;
  }

  function answer(data) {
    if (typeof data?.type !== "string" || !mayCross(JSON.stringify(data))) return;
    const { type, role, length, url, code, detail } = data;
    if (type === "usable" && state !== "usable") {
      become("usable");
      emit("ready");
    }
    if (type === "close") close();
    if (type === "navigate") navigate(url);
    if (type === "message") emit("message", { role, length });
    if (type === "unread") {
      count(opened ? 0 : +data.count || 0);
      emit("unread", { count: unread });
    }
    if (type === "error") fail(code, detail);
  }

  function navigate(url) {
    const { protocol, origin, href } = new URL(url);
    if (!/^https?:$/.test(protocol) || origin !== location.origin) return;
    if (isFull()) close();
    location.assign(href);
  }

  // The page's calls

  const commands = {
    open,
    close,
    toggle: () => (opened ? close() : open()),
    send(text) {
      if (typeof text !== "string" || !text.trim()) return fail("invalid_call", "send needs a text");
      open();
      post("send", { text });
    },
    newChat: () => post("newChat"),
    update() {
      let json;
      try {
        json = JSON.stringify(options.context);
      } catch {}
      if (options.context !== undefined && !(json && bytesOf(json) <= MAX_CONTEXT)) {
        options.context = undefined;
        fail("invalid_call", `context is JSON of at most ${MAX_CONTEXT} bytes`);
      }
      fit();
    },
    on(event, listener) {
      if (!listeners[event] || typeof listener !== "function") return fail("invalid_call", `on ${event}`);
      listeners[event].add(listener);
      if (event === "ready" && state === "usable") listener();
    },
    off: (event, listener) => listeners[event]?.delete(listener),
  };

  function call(name, ...values) {
    if (Object.hasOwn(commands, name)) commands[name](...values);
    else fail("not_available", String(name));
  }

  root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheetOf(css)];
  root.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.isComposing || !opened) return;
    event.preventDefault(); // or a dialog of the page would close as well
    close();
  });
  addEventListener("message", heard, { signal });
  document.addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) => {
    if (effectiveDirective === "frame-src" && blockedURI.startsWith(base)) block();
  }, { signal });
  narrow.addEventListener("change", () => {
    fit();
    if (opened) show();
  }, { signal });
  for (const event of ["resize", "scroll"]) visualViewport.addEventListener(event, followViewport, { signal });
  signal.addEventListener("abort", () => {
    leaveFrame();
    leave();
    remember();
  });
  build();
  if (options.userToken) queueMicrotask(() => call("identify"));
  return { call, rebuild };
}
