// Server-sent events as the proxy writes them: an event is one `id`, one `event` and one `data` line.

/** Milliseconds of silence after which a connection counts as cut: the proxy pings every 15 s. */
const SILENCE = 40_000;

/**
 * Hands out the events of a body in order, until the body ends: whole, or cut.
 * @param {ReadableStream<Uint8Array>} body
 * @returns {AsyncGenerator<{ id: number, name: string, data: object }>}
 */
export async function* readEvents(body) {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  try {
    for (;;) {
      const timer = setTimeout(() => reader.cancel(), SILENCE);
      const { done, value } = await reader.read().catch(() => ({ done: true }));
      clearTimeout(timer);
      if (done) return;
      text += decoder.decode(value, { stream: true });
      const events = text.split("\n\n");
      text = events.pop();
      for (const event of events) {
        const { id, event: name, data } = Object.fromEntries(event.split("\n").map((line) => line.split(/: ?(.*)/)));
        // A ping is a comment, without data.
        if (data) yield { id: Number(id), name, data: JSON.parse(data) };
      }
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}
