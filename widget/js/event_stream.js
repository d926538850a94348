// Server-sent events, read to the letter of the WHATWG specification, however they are cut.

/** Milliseconds without a byte after which a connection counts as dead: the proxy pings every 15 s. */
const SILENCE = 40_000;

/**
 * Reads the events of a body until `receive` returns `true`; a generator would cost promises for each event.
 * @param {(event: { id?: number, name: string, data: object }) => boolean | void} receive
 * @returns {Promise<boolean>} `false` where the body ended before
 */
export async function readEvents(body, receive) {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = "", id = "", name = "", data = [];
  try {
    for (;;) {
      const timer = setTimeout(() => reader.cancel(), SILENCE);
      const { done, value } = await reader.read().finally(() => clearTimeout(timer));
      text += decoder.decode(value, { stream: !done });
      // A CR at the end may be half of a CRLF, as long as more can come.
      const lines = text.split(done ? /\r\n?|\n/ : /\r\n|\n|\r(?!$)/);
      text = lines.pop();
      for (const line of lines) {
        const [, field, rest] = /^([^:]*):? ?(.*)$/s.exec(line);
        if (field === "data") data.push(rest);
        else if (field === "event") name = rest;
        else if (field === "id") id = rest.includes("\0") ? id : rest;
        else if (!line) {
          const number = id === "" ? undefined : Number(id);
          if (data.length && receive({ id: number, name, data: JSON.parse(data.join("\n")) })) return true;
          name = "";
          data = [];
        }
      }
      if (done) return false;
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}
