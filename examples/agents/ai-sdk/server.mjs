// Serves route.js without a framework, to try it.
import { createServer } from "node:http";
import { Readable } from "node:stream";
import { POST } from "./route.js";

createServer(async (incoming, outgoing) => {
  const gone = new AbortController();
  outgoing.on("close", () => gone.abort());
  const { method, headers } = incoming;
  const body = method === "POST" ? { body: Readable.toWeb(incoming), duplex: "half" } : {};
  const request = new Request("http://127.0.0.1", { method, headers, signal: gone.signal, ...body });
  const answer = method === "POST" ? await POST(request) : new Response(null, { status: 405 });
  outgoing.writeHead(answer.status, Object.fromEntries(answer.headers));
  if (answer.body) Readable.fromWeb(answer.body).on("error", () => outgoing.destroy()).pipe(outgoing);
  else outgoing.end();
}).listen(Number(process.env.PORT ?? 3000), "127.0.0.1");
