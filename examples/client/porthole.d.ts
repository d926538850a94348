/** A refusal or a failure: the members of a problem document (RFC 9457). */
export class Problem extends Error {
  /** Stable, and there to decide by: those of the contract, `unreachable` or `state_mismatch`. */
  readonly code: string;
  readonly status?: number;
  readonly detail?: string;
  /** Seconds after which the call may come again. */
  readonly retry_after?: number;
  readonly request_id?: string;
}

/** A message and its reply, sealed by the proxy. */
export interface Turn {
  /** The message's UUID. */
  readonly id: string;
  readonly user: string;
  readonly reply: string;
  /** `stopped` by the visitor; `incomplete` where the workflow says that its answer was cut short. */
  readonly end: "complete" | "stopped" | "incomplete";
  /** The head of the chain after this turn. */
  readonly head: string;
  /** Proves that the reply was given, as feedback needs it. */
  readonly receipt: string;
}

/** An event of a reply, in the order in which it happened. Names that are not listed here are to be skipped. */
export type ReplyEvent =
  | { name: "start"; data: { message_id: string; session_id: string } }
  | { name: "delta"; data: { text: string } }
  | { name: "step"; data: { name: string; state: "running" | "done" | "failed" } }
  | { name: "suggestions"; data: { items: string[] } }
  | { name: "done"; data: { turn: number; head: string; end: Turn["end"] } };

export interface SendOptions {
  /**
   * The number of turns that the message follows; those after them are replaced. Fewer than all only where
   * `limits.history_turns` is above 0.
   */
  keep?: number;
  /** Reaches the workflow as `metadata.client`, unverified; up to 4 KiB of JSON. */
  metadata?: object;
}

export interface Chat {
  /** The conversation so far. */
  readonly turns: readonly Turn[];
  readonly limits: { max_chars: number; history_turns: number; per_minute: number; uploads: boolean; export: boolean; feedback: boolean };
  /** The message whose reply is running, was cut off or failed. */
  readonly pending: string | undefined;
  /** `true` where a copied token opens nothing without this browser's key. */
  readonly isBound: boolean;
  /** Carries the session on with a fresh token, as after `invalid_token`. */
  open(): Promise<void>;
  /** Sends a message, and settles with its turn; rejects with a `Problem`. One message of a chat runs at a time. */
  send(message: string, listen?: (event: ReplyEvent) => void, options?: SendOptions): Promise<Turn>;
  /** Joins the reply to the pending message, from its first event, as after a reload. */
  resume(listen?: (event: ReplyEvent) => void): Promise<Turn>;
  /** Runs the pending message again, after its reply failed; five attempts at most. */
  retry(listen?: (event: ReplyEvent) => void): Promise<Turn>;
  /** Stops the running reply: `send` settles with the text so far. */
  stop(): Promise<void>;
  /** Ends the session, at the proxy and in this browser. */
  end(): Promise<void>;
}

/**
 * Opens the chat of a site, or goes on with the one that this browser keeps.
 *
 * `proxy` is the proxy's `PUBLIC_URL`, to the letter and without a slash at the end: proofs name it.
 */
export function openChat(options: { proxy: string; site?: string }): Promise<Chat>;
