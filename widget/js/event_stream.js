// Server-sent events, read to the letter of the WHATWG specification, however they are cut.

/** Milliseconds without a byte after which a connection counts as dead: the proxy pings every 15 s. */
const SILENCE = 40_000;

/**
 * Reads the events of a body.
 * @returns {AsyncGenerator<{ id?: number, name: string, data: object }>}
 */
export async function* readEvents(body) {
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
          if (data.length) yield { id: id === "" ? undefined : Number(id), name, data: JSON.parse(data.join("\n")) };
          name = "";
          data = [];
        }
      }
      if (done) return;
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}
