// The hands of the conversation: the app decides what is to be done (src/hands.rs) and is told what
// came of it (src/door.rs); network, store, locks and the page around the frame are here.

import { announce, copy } from "./page.js";

const MESSAGE = "/api/v1/chat/message";
/** Milliseconds without a byte after which a connection counts as dead: the proxy pings every 15 s. */
const SILENCE = 40_000;
/** Milliseconds after which streams are handed on without a frame: a hidden document gets none. */
const NO_FRAME = 120;

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** A UUIDv7. (`crypto.randomUUID` needs a secure context, which a frame in an http page is not.) */
export function messageId(now = Date.now()) {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const variant = "89ab"[bytes[8] & 3];
  const id = `${now.toString(16).padStart(12, "0")}7${hex.slice(13, 16)}${variant}${hex.slice(17)}`;
  return id.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

/** Calls the API; a refusal is thrown as its problem document, silence as one without a code. */
async function call(method, path, { token, body, headers, signal } = {}) {
  const response = await fetch(path, {
    method,
    signal,
    headers: {
      Accept: "application/json",
      ...(token && { Authorization: `Bearer ${token}` }),
      ...(body && { "Content-Type": "application/json" }),
      ...headers,
    },
    body: body && JSON.stringify(body),
  }).catch(() => {
    throw {};
  });
  if (response.ok) return response;
  throw { refused: true, ...(await response.json().catch(() => null)) };
}

/** Reads the events of a body to the letter of the WHATWG specification, however it is cut. */
async function* events(body) {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = "", id = "", name = "", data = [];
  try {
    for (;;) {
      const timer = setTimeout(() => reader.cancel(), SILENCE);
      const { done, value } = await reader.read().finally(() => clearTimeout(timer));
      if (done) return;
      text += decoder.decode(value, { stream: true });
      // A CR at the end may be half of a CRLF.
      const lines = text.split(/\r\n|\n|\r(?!$)/);
      text = lines.pop();
      for (const line of lines) {
        const [, field, rest] = /^([^:]*):? ?(.*)$/s.exec(line);
        if (field === "data") data.push(rest);
        else if (field === "event") name = rest;
        else if (field === "id") id = rest;
        else if (!line) {
          if (data.length) yield { id: id === "" ? undefined : Number(id), name, data: JSON.parse(data.join("\n")) };
          name = "";
          data = [];
        }
      }
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

/** Makes the hands: `app` is the WebAssembly module, `page` the parts of the document. */
export function hands({ app, boot, name, store, options, tell, page }) {
  let { ticket } = boot;
  let queue = Promise.resolve();
  let current = 0;
  let abort = new AbortController();
  let release, channel, frame;
  let waiting = [];
  let ticking = false;

  /** Does things one after the other, in the order in which they were decided. */
  const later = (task) => (queue = queue.then(task).catch((reason) => tell("error", { code: "app_failed", detail: String(reason) })));

  /** Tells the app once per frame: a burst of events is one commit. */
  function soon(told) {
    waiting.push(told);
    if (frame) return;
    const handOn = () => {
      clearTimeout(frame);
      frame = 0;
      for (const told of waiting.splice(0)) told();
    };
    frame = setTimeout(handOn, NO_FRAME);
    requestAnimationFrame(handOn);
  }

  /** Aborts what is under way; what starts from now on has a signal of its own. */
  function giveUp() {
    abort.abort();
    abort = new AbortController();
  }

  /** Waits until no other tab sends; false when the wait was given up. */
  async function lock() {
    const { signal } = abort;
    if (!release) {
      await new Promise((resolve) => {
        const hold = () => new Promise((free) => {
          release = free;
          resolve();
        });
        // Some browsers have no locks, or refuse them to frames together with storage.
        if (navigator.locks) navigator.locks.request(name, { signal }, hold).catch(resolve);
        else resolve();
      });
    }
    return !signal.aborted;
  }

  function unlock() {
    release?.();
    release = null;
  }

  const problemOf = ({ code = "", detail = "", retry_after, message_id }) => [code, detail, retry_after, message_id, Date.now()];

  /** Reads a stream beside the queue, in place of the one before. */
  async function read(run, opening) {
    giveUp();
    const { signal } = abort;
    const heard = (told) => soon(() => run === current && told());
    try {
      if (opening.wait) await sleep(opening.wait);
      if (run !== current || !(await lock())) throw {};
      const token = (await store.session())?.token;
      const accept = { Accept: "text/event-stream", ...opening.headers };
      const { body } = await call(opening.method, opening.path, { token, signal, body: opening.body, headers: accept });
      for await (const { id, name, data } of events(body)) {
        const now = Date.now();
        if (name === "start") heard(() => app.started(run, id, now));
        else if (name === "delta") heard(() => app.delta(run, id, data.text, now));
        else if (name === "step") heard(() => app.step(run, id, data.name, data.state, now));
        else if (name === "suggestions") heard(() => app.suggestions(run, id, data.items.join("\n"), now));
        else if (name === "done") return heard(() => app.done(run, id, data.token, data.turn, data.stopped, data.receipt ?? "", now));
        else if (name === "error") return heard(() => app.failed(run, id, ...problemOf(data)));
      }
      throw {};
    } catch (problem) {
      heard(() => (problem.refused ? app.failed(run, undefined, ...problemOf(problem)) : app.cutOff(run, Date.now())));
    }
  }

  /** Takes over what other tabs have kept, or an earlier visit. */
  async function adopt() {
    const kept = await store.load();
    for (const { id, user, reply, at, stopped, suggestions, receipt, turn } of kept.turns) {
      app.adopt(id, user, reply, at, stopped, suggestions, receipt, turn);
    }
    return kept;
  }

  async function readAgain() {
    if (!(await adopt()).session && !store.isForgetful()) app.sessionLost();
  }

  const openChannel = () => {
    channel = globalThis.BroadcastChannel && new BroadcastChannel(name);
    if (channel) channel.onmessage = readAgain;
  };

  /** Says that something was kept, to the other tabs, or that nothing can be, to the visitor. */
  function kept() {
    channel?.postMessage(1);
    if (store.isForgetful()) app.forgetful();
  }

  function tick() {
    ticking = false;
    app.tick(Date.now());
  }

  openChannel();
  window.addEventListener("online", () => app.network(true));
  window.addEventListener("offline", () => app.network(false));
  // A page in the back-forward cache must hold nothing; its stream joins again by itself.
  window.addEventListener("pagehide", () => {
    giveUp();
    unlock();
    channel?.close();
  });
  window.addEventListener("pageshow", ({ persisted }) => {
    if (!persisted) return;
    openChannel();
    readAgain();
  });

  return {
    /** Tells the app what an earlier visit has kept. */
    async remember() {
      const { session, outgoing } = await adopt();
      if (!navigator.onLine) app.network(false);
      app.restored(!!session, outgoing?.id ?? "", outgoing?.text ?? "", outgoing?.attempt ?? 1, outgoing?.at ?? 0, outgoing?.until ?? 0, Date.now());
      if (store.isForgetful()) app.forgetful();
    },

    keepOutgoing: (id, text, attempt, at, until) => later(async () => {
      if (!(await lock())) return;
      await store.keepOutgoing({ id, text, attempt, at, until });
      kept();
    }),
    dropOutgoing: (id) => later(() => store.dropOutgoing(id)),
    keep: (id, user, reply, at, stopped, suggestions, receipt, turn, token) => later(async () => {
      await store.keepTurn({ id, user, reply, at, stopped, suggestions, receipt, turn }, token);
      kept();
    }),
    clear: () => later(async () => {
      await store.clear();
      kept();
    }),

    send: (run, message_id, message, attempt, fork) => later(() => {
      const { page, context, locale } = options();
      const metadata = context === undefined && locale === undefined ? undefined : { context, locale };
      read(run, { method: "POST", path: MESSAGE, body: { message_id, message, attempt, fork, page, metadata } });
    }),
    join: (run, id, last, wait) => later(() => {
      const headers = last === undefined ? {} : { "Last-Event-ID": String(last) };
      read(run, { method: "GET", path: `${MESSAGE}/${id}`, headers, wait });
    }),
    stop: (id) => later(async () => {
      const { token } = (await store.session()) ?? {};
      // Whether it worked is seen on the stream, which ends.
      call("DELETE", `${MESSAGE}/${id}`, { token }).catch(() => {});
    }),
    abandon: giveUp,

    create: (run, previous) => later(async () => {
      if (run !== current || !(await lock())) return;
      try {
        const before = previous ? (await store.session())?.token : undefined;
        const { signal } = abort;
        const answer = await call("POST", "/api/v1/session/create", { signal, body: { ticket, previous: before } });
        const { token, session_id } = await answer.json();
        await store.keepSession(token, session_id);
        app.sessionReady(run);
      } catch (problem) {
        app.sessionFailed(run, ...problemOf(problem));
      }
    }),
    refresh: (run) => later(async () => {
      try {
        ({ ticket } = await (await call("GET", location.href)).json());
        app.ticketReady(run);
      } catch (problem) {
        app.sessionFailed(run, ...problemOf(problem));
      }
    }),

    announce,
    copy,
    message: (role, length) => tell("message", { role, length }),
    unread: (count) => tell("unread", { count }),
    error: (code, detail) => tell("error", { code, detail }),
    empty: page.composer.empty,
    restore: page.composer.restore,
    focus: () => options().touch || page.composer.focus(),

    settle(run, busy, declined, turns, seconds) {
      current = run;
      if (!run) later(() => current || unlock());
      page.settle(busy, declined, turns);
      if (seconds && !ticking) {
        ticking = true;
        setTimeout(tick, 1000);
      }
    },
  };
}
