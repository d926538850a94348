import { createHash, timingSafeEqual } from "node:crypto";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { stepCountIs, streamText, tool } from "ai";
import { z } from "zod";

const { AGENT_KEY, MODEL = "gpt-5-mini", MODEL_KEY, MODEL_URL = "https://api.openai.com/v1" } = process.env;

const hash = (text) => createHash("sha256").update(text).digest();
const expected = hash(AGENT_KEY);
const model = createOpenAICompatible({ name: "model", baseURL: MODEL_URL, apiKey: MODEL_KEY })(MODEL);
const weather = tool({
  description: "The weather in a city",
  inputSchema: z.object({ city: z.string() }),
  execute: async ({ city }) => `4 °C in ${city}, light rain`,
});

export async function POST(request) {
  const key = request.headers.get("x-agent-key") ?? "";
  if (!timingSafeEqual(hash(key), expected)) return new Response(null, { status: 403 });
  const { action, chatInput, history = [] } = await request.json();
  if (action !== "sendMessage") return new Response(null, { status: 501 });

  const earlier = history.map(({ role, content }) => ({ role, content }));
  const result = streamText({
    model,
    tools: { weather },
    stopWhen: stepCountIs(5),
    system: "You help the visitors of a lamp shop.",
    messages: [...earlier, { role: "user", content: chatInput }],
    abortSignal: request.signal,
  });
  return result.toUIMessageStreamResponse({ sendSources: true });
}
