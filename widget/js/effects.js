// The effects of the conversation: the app decides them (src/js/imports.rs), and each has its function here.

import { announce } from "./announcer.js";
import { byId } from "./element.js";
import { makePart } from "./part.js";
import { proofs } from "./proofs_part.js";
import { claimsOf } from "./session_token.js";
import { openChannel } from "./tab_channel.js";
import { makeLock } from "./tab_lock.js";
import { eraseTab } from "./tab_storage.js";
import { copyReply, spoken } from "./texts.js";

const MESSAGE = "chat/message";

/** Events beside a reply, which are shown and kept as they came. */
const BESIDE = /^(step|source|notice|ask)$/;

/** The most earlier conversations that are kept. */
const MAX_EARLIER = 200;

/** @type {() => Promise<typeof import("./feedback.js")>} */
const feedback = makePart("feedback");
/** @type {() => Promise<typeof import("./network.js")>} */
const network = makePart("network");

/** Returns the row of a turn. */
const rowOf = (id) => [...document.getElementsByClassName("turn")].find((row) => row.dataset.id === id);

/** Returns the head of a session's token; empty where there is none. */
const headIn = (session) => claimsOf(session?.token)?.head ?? "";

/** Waits for some milliseconds. */
const sleep = (duration) => new Promise((resolve) => setTimeout(resolve, duration));

/**
 * Makes the functions that carry out effects. Those on the store run one after the other, in the order in which they
 * were decided, and so do those on the network; a reply is read beside them.
 * @param {{ boot: object, name: string, store: object, dispatch: (name: string, members?: object) => void,
 *   post: (type: string, members: object) => void, options: () => object, askOptions: () => Promise<object>,
 *   composer: object, showStatus: (turns: number) => void, signal: AbortSignal }} parts
 */
export function makeEffects({ boot, name, store, dispatch, post, options, askOptions, composer, showStatus, signal }) {
  let { ticket, nonce, limits: { history_turns } } = boot;
  let queue = Promise.resolve();
  let kept = Promise.resolve();
  /** The number of tasks for the store so far. */
  let tasks = 0;
  /** The run whose events count. */
  let current = 0;
  let reading = new AbortController();
  let ticking = false;
  /** Conversations that are about to be swapped: news of the store is old until then. */
  let swaps = 0;
  /** The message that was sent last, with the agent that it goes to. */
  let asked = {};
  /** The message that this tab has begun to send while it holds the lock. */
  let claimed;
  /** The session's token that this tab knew last. */
  let known;
  let channel = openChannel(name, hear);
  const lock = makeLock(name);
  const [loadExport, loadList, loadFailure, loadHistory] = ["export", "chats", "storage_failure", "history"].map(makePart);
  /** Calls the API, see `api.js`. */
  async function call(...request) {
    const part = await network();
    part.startWithNonce(nonce);
    return part.call(...request);
  }
  const deliver = (members) => members.run === current && dispatch("stream", members);
  /** Takes an event of a stream; events wait for each other once there is a stream. */
  let enqueue = deliver;

  const failed = (reason) => post("error", { code: "app_failed", detail: String(reason) });
  /** Adds a task for the store: none waits for another tab, or for the network. */
  function keep(task) {
    tasks += 1;
    return (kept = kept.then(task).catch(failed));
  }
  /** Adds a task for the network, behind those for the store so far. */
  function later(task) {
    const before = kept;
    return (queue = queue.then(() => before).then(task).catch(failed));
  }
  function release() {
    claimed = undefined;
    lock.release();
  }

  /** Aborts the stream that is read; the next one has a signal of its own. */
  function abort() {
    reading.abort();
    reading = new AbortController();
  }

  /** Reads a stream beside the queue, in place of the one before. */
  async function read(run, { method, path, headers, message, body, wait_ms }) {
    abort();
    const { signal } = reading;
    let readTo = Number(headers?.["Last-Event-ID"]);
    const report = (event, event_id) => enqueue({ run, event_id, event, now: Date.now() });
    try {
      const { makeEventQueue, readEvents } = await network();
      if (enqueue === deliver) enqueue = makeEventQueue(deliver);
      if (wait_ms) await sleep(wait_ms);
      if (run !== current || (message && !(await lock.acquire(signal)))) throw {};
      if (message && !(await claim(message))) return;
      const credential = await store.credential();
      known = credential.token;
      const accept = { Accept: "text/event-stream", ...headers };
      const response = await call(method, path, { ...credential, signal, body: await body?.(), headers: accept });
      report({ name: "connected" });
      if (message) channel.notify(message.message_id);
      const isWhole = await readEvents(response.body, ({ id, name, data }) => {
        // The app skips what a join repeats, but could not where the queue has joined it to what is new.
        if (id <= readTo) return;
        readTo = id ?? readTo;
        if (name === "title") keep(() => store.keepTitle(data.text));
        const line = BESIDE.test(name) ? JSON.stringify({ name, data, at: Date.now() }) : undefined;
        report({ name, data, line }, id);
        return name === "done" || name === "error";
      });
      if (!isWhole) throw {};
    } catch (problem) {
      report(problem.refused ? { name: "error", data: problem } : { name: "cut_off" });
    }
  }

  /** Tells if this tab may send a message: inside the lock the store is the truth. */
  async function claim({ message_id, attempt, fork }) {
    const isFree = await store.claim(message_id, attempt, fork || claimed === message_id);
    if (isFree) claimed = message_id;
    else readStore(message_id);
    return isFree;
  }

  /** Opens a session, which carries on that of an `earlier` token, and keeps it unless it is no longer wanted. */
  async function openSession(run, earlier, signal) {
    const create = (key) =>
      call("POST", "session/create", { signal, key, body: { ticket, previous: earlier, jwk: key?.jwk } });
    const response = await create(nonce && (await store.key())).catch(async (problem) => {
      if (problem.field !== "jwk") throw problem;
      return create(await store.key(true));
    });
    const { token, token_type, session_id } = await response.json();
    if (run !== current) return;
    known = token;
    await store.keepSession(token, session_id, token_type === "DPoP");
  }

  /** Makes the transcript of the next message; none where the workflow remembers. */
  async function transcriptFor(keep) {
    if (!history_turns && keep === undefined) return;
    const { session, turns } = await store.current(true);
    const claims = claimsOf(session?.token);
    const { transcript } = await proofs();
    return claims && transcript(turns, claims, history_turns, keep);
  }

  /** Tells the page where the proxy has sealed another turn than the one on screen. */
  async function compareHead(turn, token) {
    const claims = claimsOf(token);
    if (!crypto.subtle || !claims) return;
    const { headOf } = await proofs();
    if ((await headOf(turn, claims)) === claims.head) return;
    post("error", { code: "state_mismatch", detail: `turn ${claims.turn}` });
  }

  /** Shows the conversation that the store holds. */
  function show({ session, outbox, turns, agent, history }) {
    known = session?.token;
    byId("history")?.remove();
    if (agent && byId("agent")) byId("agent").value = agent;
    dispatch("restored", { turns, outbox, session: !!session, head: headIn(session), now: Date.now() });
    const { turn, sid } = claimsOf(known) ?? {};
    if (!turn || turns.length && history?.id !== sid) return;
    loadHistory().then((part) => part.showHistory(sid, store, call)).catch(failed);
  }

  /** Takes over what another tab has done. */
  function hear(news) {
    // A tab that keeps its chat to itself has another one.
    if (news === "erased" && options().storage !== "session") {
      eraseTab(name);
      store.erase();
    }
    readStore(news);
  }

  /**
   * Takes over what other tabs have stored, or another conversation that one has opened, and joins the message that one of
   * them has `sent`.
   */
  async function readStore(sent, wasOther) {
    const before = tasks;
    await kept;
    if (swaps) return;
    const rows = await store.load();
    const { session, outbox, turns } = rows;
    const isOther = wasOther || rows.isOther;
    // Something was decided meanwhile that the store did not know of.
    if (tasks !== before) return readStore(sent, isOther);
    if (isOther) {
      dispatch("chat_left");
      show(rows);
      return header.follow();
    }
    for (const turn of turns) dispatch("adopted", { turn });
    dispatch("at_head", { head: headIn(session) });
    if (!session && !store.isLost()) {
      byId("history")?.remove();
      dispatch("session_lost");
    }
    dispatch("outbox_changed", { outbox, sent, session: !!session && session.token !== known });
    known = session?.token ?? known;
    header.follow();
  }

  function stored(news) {
    channel.notify(news);
    header.follow();
  }

  /** Asks in which form a conversation is to be saved, up to a head. */
  const saveAs = (chat, head) =>
    loadExport().then((part) => part.saveAs({ boot, store, call }, chat, head)).catch(() => header.sayNotLoaded());
  const list = { name, store, dispatch, keep, call, saveAs, changed: stored, reload: readStore };
  let header = { follow() {}, sayNotLoaded() {} };

  window.addEventListener("online", () => dispatch("online"), { signal });
  window.addEventListener("offline", () => dispatch("offline"), { signal });
  // A page in the back-forward cache must hold nothing, and is offline as long as it is there.
  window.addEventListener("pagehide", () => {
    dispatch("offline");
    abort();
    release();
    channel.close();
  }, { signal });
  window.addEventListener("pageshow", ({ persisted }) => {
    if (!persisted) return;
    channel = openChannel(name, hear);
    if (navigator.onLine) dispatch("online");
    readStore();
  }, { signal });

  const effects = {
    send: ({ run, message_id, text, attempt, fork, keep, continues }) => later(async () => {
      const { page, context, locale } = await askOptions();
      const some = [context, locale, continues].some((member) => member !== undefined);
      const metadata = some ? { context, locale, continues } : undefined;
      // Another try is the same message, whatever was chosen meanwhile.
      if (asked.message_id !== message_id) asked = { message_id, agent: byId("agent")?.value };
      const message = { ...asked, message: text, attempt, fork, page, metadata };
      if (asked.agent) await store.keepAgent(asked.agent);
      const body = async () => ({ ...message, transcript: await transcriptFor(keep) });
      read(run, { method: "POST", path: MESSAGE, message, body });
    }),
    join: ({ run, message_id, last_event_id, wait_ms }) => later(() => {
      const headers = last_event_id === undefined ? {} : { "Last-Event-ID": String(last_event_id) };
      read(run, { method: "GET", path: `${MESSAGE}/${message_id}`, headers, wait_ms });
    }),
    stop: ({ message_id }) => later(async () => {
      // Its success is seen on the stream, which ends.
      call("DELETE", `${MESSAGE}/${message_id}`, await store.credential()).catch(() => {});
    }),
    abandon: abort,

    create_session: ({ run, previous }) => later(async () => {
      const { signal } = reading;
      if (run !== current) return;
      try {
        if (!(await lock.acquire(signal))) throw {};
        const { session } = await store.current();
        const isNew = session && session.token !== known;
        known = session?.token;
        // No new one where another tab was faster.
        if (!isNew) await openSession(run, previous ? known : undefined, signal);
        dispatch("session_ready", { run });
      } catch (problem) {
        dispatch("session_failed", { run, problem, now: Date.now() });
      }
    }),
    refresh_ticket: ({ run }) => later(async () => {
      try {
        ({ ticket } = await (await call("GET", location.href)).json());
        dispatch("ticket_ready", { run });
      } catch (problem) {
        dispatch("session_failed", { run, problem, now: Date.now() });
      }
    }),

    keep_outgoing: ({ outgoing, replaces }) => keep(async () => {
      await store.keepOutgoing(outgoing, replaces);
      stored();
    }),
    drop_outgoing: ({ message_id }) => keep(async () => {
      await store.dropOutgoing(message_id);
      stored();
    }),
    keep_turn: ({ turn, token }) => keep(async () => {
      known = token;
      const placed = await store.placed(turn, token);
      await store.keepTurn(placed, token);
      stored();
      compareHead(placed, token);
    }),
    export_chat: ({ head }) => later(async () => saveAs(await store.current(true), head)),
    switch_branch: ({ head }) => keep(async () => {
      await store.switchBranch(head);
      // A branch whose token is gone is not gone on with.
      dispatch("at_head", { head: headIn((await store.current()).session) });
      stored();
    }),
    swap_chat({ id }) {
      swaps += 1;
      keep(() => store.swap(id)).then(async () => {
        swaps -= 1;
        stored();
        await readStore(undefined, true);
        if ((await store.earlier()).length <= MAX_EARLIER) return;
        await (await loadList()).evict(store, MAX_EARLIER);
        header.follow();
      }).catch(failed);
    },

    announce: ({ text }) => announce(text),
    announce_reply: ({ text, beside }) => spoken(text, beside).then(announce),
    copy: ({ id, text }) => copyReply(rowOf(id), text),
    message: ({ role, length }) => post("message", { role, length }),
    unread: ({ count }) => post("unread", { count }),
    error: ({ code, detail }) => post("error", { code, detail }),
    empty_composer: () => keep(composer.take()),
    fill_composer: ({ text }) => keep(() => composer.fill(text)),
    restore_composer: ({ text }) => keep(() => composer.restore(text)),
    focus_composer: () => keep(composer.focus),

    status({ run, busy, declined, turns, ticking: seconds, left }) {
      current = run;
      if (!run) later(() => current || release());
      composer.showStatus(busy, declined, left);
      showStatus(turns);
      if (seconds && !ticking) {
        ticking = true;
        setTimeout(tick, 1000);
      }
    },
  };

  function tick() {
    ticking = false;
    dispatch("tick", { now: Date.now() });
  }

  return {
    perform: (name, members) => effects[name](members),

    /** Puts the list of conversations into the header; `startHeader` is that of `header.js`. */
    startList: (startHeader) => (header = startHeader(list, loadList, signal)),

    /** Rates a reply; where that cannot be sent, the rating before stands again. */
    rate(id, rating) {
      dispatch("rated", { id, rating });
      feedback().then((part) => part.rate(rowOf(id), rating, { store, call, dispatch, stored })).catch(() => {
        announce(words.not_rated);
        dispatch("rated", { id, rating: "" });
      });
    },

    /** Says why nothing is stored any longer, and offers a way on, where there is one. */
    storeLost(failure) {
      const say = () => dispatch("storage_lost");
      if (failure === "SecurityError") return say();
      loadFailure().then((part) => part.showFailure(failure, store, stored)).catch(say);
    },

    /** Tells the app what an earlier visit has stored. */
    async restore() {
      const rows = await store.load();
      if (boot.agents) import("./agents.js").then((part) => part.offer(boot.agents, rows.agent)).catch(failed);
      if (!navigator.onLine) dispatch("offline");
      show(rows);
      if (options().storage === "none") dispatch("storage_lost");
      // Not waited for: the first message needs them.
      network().catch(() => {});
      if (nonce) proofs().catch(() => {});
    },
  };
}
