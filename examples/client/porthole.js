// A chat with a Porthole proxy from a page of your own: sessions, proofs, streams, joins and transcripts.
//
//   const chat = await openChat({ proxy: "https://chat.example.com" });
//   const turn = await chat.send("Where is my order 1042?", ({ name, data }) => {
//     if (name === "delta") answer.append(data.text);
//   });

import { readEvents } from "./events.js";
import { makeKey, prove } from "./proof.js";
import { openStore } from "./store.js";
import { headAfter, startHead, transcript } from "./transcript.js";

/** Connections in a row without an event after which a reply is given up, until `resume`. */
const MAX_CUTS = 6;

/** A refusal or a failure; `code` is stable, and there to decide by. */
export class Problem extends Error {
  constructor(problem) {
    super(problem.detail ?? problem.code);
    Object.assign(this, problem);
  }
}

/** Makes a UUIDv7. (`crypto.randomUUID` needs a secure context.) */
function messageId() {
  const random = crypto.getRandomValues(new Uint8Array(9));
  const hex = [...random].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const id = `${Date.now().toString(16).padStart(12, "0")}7${hex.slice(0, 3)}8${hex.slice(3)}`;
  return id.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

/** A conversation; `porthole.d.ts` says what each of its members does. */
class Chat {
  #proxy;
  #site;
  #store;
  /** The state of the chat: token, key, turns, and the message whose turn is not sealed yet. */
  #record;
  /** The proxy's time, which a proof has to name; each answer brings the next one. */
  #nonce;

  constructor(proxy, site, store) {
    this.#proxy = proxy;
    this.#site = site;
    this.#store = store;
  }

  get turns() {
    return this.#record.turns;
  }

  get limits() {
    return this.#record.limits;
  }

  get pending() {
    return this.#record.pending?.message;
  }

  get isBound() {
    return this.#record.token_type === "DPoP";
  }

  open() {
    return this.#alone(async () => {
      const { token: previous, key = await makeKey(), session_id: before } = this.#record;
      const content = { site: this.#site, previous, jwk: key?.jwk };
      const response = await this.#call("POST", "session/create", { content });
      const { session_id, token, token_type = "Bearer", limits } = await response.json();
      // A conversation that could not be carried on is another one, without turns.
      const anew = session_id === before ? {} : { turns: [], pending: undefined };
      await this.#keep({ key, session_id, token, token_type, limits, ...anew });
    });
  }

  send(message, listen, { keep, metadata } = {}) {
    return this.#alone(async () => {
      const { turns, limits: { history_turns: told } } = this.#record;
      const brings = told > 0 ? await transcript(turns, keep ?? turns.length, told) : undefined;
      await this.#keep({ pending: { message_id: messageId(), message, metadata, attempt: 1, transcript: brings } });
      return this.#reply(listen);
    });
  }

  resume(listen) {
    return this.#alone(() => this.#reply(listen));
  }

  retry(listen) {
    return this.#alone(async () => {
      const { pending } = this.#record;
      await this.#keep({ pending: { ...pending, attempt: pending.attempt + 1 } });
      return this.#reply(listen);
    });
  }

  async stop() {
    const { pending } = this.#record;
    if (pending) await this.#call("DELETE", `chat/message/${pending.message_id}`);
  }

  async end() {
    await this.#call("POST", "session/end");
    await this.#store.write(undefined);
  }

  /** Reads the record and works with it, one tab at a time: a token has one successor. */
  #alone(work) {
    const run = async () => {
      this.#record = (await this.#store.read()) ?? { turns: [] };
      return work();
    };
    return navigator.locks ? navigator.locks.request(`porthole ${this.#proxy} ${this.#site}`, run) : run();
  }

  async #keep(changes) {
    this.#record = { ...this.#record, ...changes };
    await this.#store.write(this.#record);
  }

  /** Calls the API, once more where the proof needs a fresh nonce; a refusal is thrown. */
  async #call(...call) {
    try {
      return await this.#callOnce(...call);
    } catch (problem) {
      if (problem.code !== "use_dpop_nonce") throw problem;
      return this.#callOnce(...call);
    }
  }

  async #callOnce(method, path, { content, headers } = {}) {
    const { token_type: scheme, key } = this.#record;
    const url = `${this.#proxy}/api/v1/${path}`;
    const body = content && JSON.stringify(content);
    const token = path === "session/create" ? undefined : this.#record.token;
    const proof = this.isBound && (await prove(key, { method, url, nonce: this.#nonce, token, body }));
    const sent = {
      ...headers,
      ...(body && { "Content-Type": "application/json" }),
      ...(token && { Authorization: `${scheme} ${token}` }),
      ...(proof && { DPoP: proof }),
    };
    const response = await fetch(url, { method, body, headers: sent }).catch(() => {
      throw new Problem({ code: "unreachable", detail: "The chat cannot be reached." });
    });
    this.#nonce = response.headers.get("DPoP-Nonce") ?? this.#nonce;
    if (response.ok) return response;
    throw new Problem(await response.json().catch(() => ({ code: "internal", status: response.status })));
  }

  /** Reads the reply to the pending message to its end, over as many connections as that takes. */
  async #reply(listen = () => {}) {
    const { pending } = this.#record;
    let text = "";
    let last;
    for (let cuts = 0; cuts < MAX_CUTS; cuts++) {
      for await (const { id, name, data } of this.#events(pending, last)) {
        last = id;
        cuts = 0;
        if (name === "error") throw new Problem(data);
        if (name === "delta") text += data.text;
        listen({ name, data });
        if (name === "done") return this.#seal(pending, text, data);
      }
      await new Promise((resolve) => setTimeout(resolve, 250 * 2 ** cuts));
    }
    throw new Problem({ code: "unreachable", detail: "The answer was cut off." });
  }

  /** Hands out the events of one connection; none where the proxy cannot be reached. */
  async *#events(pending, last) {
    try {
      // The same message again joins its reply from the beginning, and runs nothing twice.
      const response = last === undefined
        ? await this.#call("POST", "chat/message", { content: pending })
        : await this.#call("GET", `chat/message/${pending.message_id}`, { headers: { "Last-Event-ID": last } });
      yield* readEvents(response.body);
    } catch (problem) {
      if (problem.code !== "unreachable") throw problem;
    }
  }

  /** Keeps a turn and its token, where both belong together. */
  async #seal({ message_id: id, message: user }, reply, { token, turn: number, head, end, receipt }) {
    const turns = this.turns.slice(0, number - 1);
    const turn = { id, user, reply, end, head, receipt };
    if (crypto.subtle) {
      const before = turns.at(-1)?.head ?? (await startHead(this.#site, this.#record.session_id));
      const isTrue = (await headAfter(before, number, turn)) === head;
      if (!isTrue) throw new Problem({ code: "state_mismatch", detail: "The answer is not the one that was sealed." });
    }
    await this.#keep({ token, turns: [...turns, turn], pending: undefined });
    return turn;
  }
}

/** Opens the chat of a site, or goes on with the one that this browser keeps. */
export async function openChat({ proxy, site = "default" }) {
  const chat = new Chat(proxy, site, await openStore(`${proxy} ${site}`));
  await chat.open();
  return chat;
}
