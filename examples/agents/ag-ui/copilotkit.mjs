import { createHash, timingSafeEqual } from "node:crypto";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { BuiltInAgent, CopilotRuntime, createCopilotHonoHandler, defineTool } from "@copilotkit/runtime/v2";
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { z } from "zod";

const { AGENT_KEY, MODEL = "gpt-5-mini", MODEL_KEY, MODEL_URL = "https://api.openai.com/v1", PORT = "4000" } = process.env;

const hash = (text) => createHash("sha256").update(text).digest();
const expected = hash(AGENT_KEY);
const weather = defineTool({
  name: "weather",
  description: "The weather in a city",
  parameters: z.object({ city: z.string() }),
  execute: async ({ city }) => `4 °C in ${city}, light rain`,
});
const shop = new BuiltInAgent({
  model: createOpenAICompatible({ name: "model", baseURL: MODEL_URL, apiKey: MODEL_KEY })(MODEL),
  tools: [weather],
  maxSteps: 5,
  prompt: "You help the visitors of a lamp shop.",
});

const app = new Hono();
app.use(async (context, next) => {
  const key = context.req.header("x-agent-key") ?? "";
  return timingSafeEqual(hash(key), expected) ? next() : context.body(null, 403);
});
app.route("/", createCopilotHonoHandler({ runtime: new CopilotRuntime({ agents: { shop } }), basePath: "/api/copilotkit" }));
serve({ fetch: app.fetch, hostname: "127.0.0.1", port: Number(PORT) });
