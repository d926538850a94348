// The frame: loads the chat's document, connects a port to it, and finds out where a page blocks it.

import { toJson } from "./port.js";

/** Milliseconds until a frame that stays silent counts as blocked. */
const CONNECT_TIMEOUT = 10_000;

/**
 * Makes a frame that is not loaded yet.
 *
 * `on.state` is called with each state: loading, blocked, refused, connected, usable. `on.connected` may post
 * before messages that waited, `on.message` takes the frame's messages, `on.error` a code and its detail.
 */
export function createFrame(core, on) {
  const { base, signal } = core;
  const waiting = [];
  let state, element, port, timer;

  function become(next) {
    state = next;
    on.state(next);
  }

  /** Loads the document in this parent, in place of the one before; the first one may be loading there already. */
  function load(parent, title) {
    disconnect();
    listen();
    const next = element ? element.cloneNode() : core.frame;
    next.title = title;
    if (isIn(parent)) element.replaceWith(next);
    else if (next.parentNode !== parent) parent.prepend(next);
    element = next;
    timer = setTimeout(block, CONNECT_TIMEOUT);
    become("loading");
    // The last ones of the time before this script.
    if (core.message) receive(core.message);
    if (core.securitypolicyviolation) seeViolation(core.securitypolicyviolation);
  }

  function isIn(parent) {
    return element?.parentNode === parent;
  }

  function disconnect() {
    clearTimeout(timer);
    port?.close();
    port = null;
  }

  /** Listens, again after document.open(), which takes listeners away; those that are there stay single. */
  function listen() {
    addEventListener("message", receive, { signal });
    document.addEventListener("securitypolicyviolation", seeViolation, { signal });
  }

  function block() {
    clearTimeout(timer);
    become("blocked");
    on.error("frame_blocked", `${base} did not answer in the frame`);
  }

  function connect() {
    const { port1, port2 } = new MessageChannel();
    disconnect();
    port = port1;
    port.onmessage = ({ data }) => {
      if (typeof data?.type !== "string" || !toJson(data)) return;
      if (data.type === "usable" && state !== "usable") become("usable");
      try {
        on.message(data);
      } catch (error) {
        console.warn(error);
      }
    };
    become("connected");
    element.contentWindow.postMessage({ porthole: 1, type: "connect" }, base, [port2]);
    on.connected();
    for (const [type, fields] of waiting.splice(0)) post(type, fields);
  }

  /** Posts a message, once the port is there. */
  function post(type, fields) {
    if (!port) return waiting.push([type, fields]);
    const json = toJson({ type, ...fields });
    if (!json) return on.error("too_large", type);
    port.postMessage(JSON.parse(json));
  }

  function receive({ source, origin, data }) {
    if (!element || source !== element.contentWindow || origin !== new URL(base).origin || data?.porthole !== 1) return;
    if (data.type === "ready") connect();
    if (data.type === "refused") {
      // The frame itself shows the sentence.
      clearTimeout(timer);
      become("refused");
      on.error(data.code, data.code === "rate_limited" ? `too many calls of ${base}` : `${location.origin} is not on the list of ${base}`);
    }
  }

  function seeViolation({ effectiveDirective, blockedURI }) {
    if (effectiveDirective === "frame-src" && blockedURI.startsWith(base)) block();
  }

  return {
    load,
    isIn,
    disconnect,
    post,
    element: () => element,
    state: () => state,
    isConnected: () => !!port,
  };
}
