// Makes of Porthole's call the call of an agent that wants a body of its own. The stream goes back untouched.
import { createHash, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";
import { Readable } from "node:stream";
import { json } from "node:stream/consumers";

const { AGENT, AGENT_URL, AGENT_API_KEY, AGENT_KEY, PORT = "8090" } = process.env;
const MAX_BODY_BYTES = 2 * 1024 * 1024;
const hash = (text) => createHash("sha256").update(text).digest();
const expected = hash(AGENT_KEY);
const headers = { "content-type": "application/json", ...(AGENT_API_KEY && { authorization: `Bearer ${AGENT_API_KEY}` }) };

const agents = {
  // AGENT_URL=https://flowise.example.com/api/v1/prediction/ID
  flowise: ({ chatInput, sessionId }) => ({ question: chatInput, chatId: sessionId, streaming: true }),

  // AGENT_URL=https://api.dify.ai/v1/chat-messages
  dify: async ({ chatInput, sessionId }, signal) => {
    const query = new URLSearchParams({ user: sessionId, limit: 1 });
    const found = await fetch(new URL(`conversations?${query}`, AGENT_URL), { headers, signal });
    const conversation_id = found.ok ? ((await found.json()).data[0]?.id ?? "") : "";
    return { query: chatInput, user: sessionId, conversation_id, inputs: {}, response_mode: "streaming" };
  },
};

async function forward(request, signal) {
  if (!timingSafeEqual(hash(request.headers["x-agent-key"] ?? ""), expected)) return new Response(null, { status: 403 });
  if (!(request.headers["content-length"] <= MAX_BODY_BYTES)) return new Response(null, { status: 413 });
  const call = await json(request);
  if (call.action !== "sendMessage") return new Response(null, { status: 501 });
  const body = JSON.stringify(await agents[AGENT](call, signal));
  return fetch(AGENT_URL, { method: "POST", headers, body, signal });
}

createServer(async (request, outgoing) => {
  const gone = new AbortController();
  outgoing.on("close", () => gone.abort());
  const answer = await forward(request, gone.signal).catch(() => new Response(null, { status: 502 }));
  outgoing.writeHead(answer.status, { "content-type": answer.headers.get("content-type") ?? "text/plain" });
  if (answer.body) Readable.fromWeb(answer.body).on("error", () => outgoing.destroy()).pipe(outgoing);
  else outgoing.end();
}).listen(Number(PORT), "127.0.0.1");
