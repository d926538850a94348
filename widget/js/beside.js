// The events beside a reply as nodes: above its text, thoughts and steps; below it, sources, notices and questions.

/** Reads the lines of events that have one of these names. */
function eventsOf(lines, ...names) {
  const events = lines.split("\n").filter(Boolean).map((line) => JSON.parse(line));
  return events.filter(({ name }) => names.includes(name));
}

const secondsOf = (milliseconds) => {
  const seconds = milliseconds / 1000;
  return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
};

/** Returns each step by its name, with its state and the milliseconds that it took, once it is over. */
function stepsOf(lines) {
  const steps = new Map();
  for (const { data: { name, state }, at } of eventsOf(lines, "step")) {
    const { since = at } = (state !== "running" && steps.get(name)) || {};
    steps.set(name, { state, since, took: at - since });
  }
  return [...steps];
}

function step(name, { state, took }) {
  const end = state === "failed" ? words.step_failed : state === "running" ? "…" : took ? secondsOf(took) : "";
  return ["li", { class: state }, [["span", {}, name], ["span", { class: "took" }, end]]];
}

/** The words of the line that folds thoughts and steps. */
function summaryOf(thought, duration, steps) {
  const parts = [];
  if (thought && !duration) parts.push(words.thinking);
  else if (thought) parts.push(duration < 100 ? words.thoughts : `${words.thought_for} ${secondsOf(duration)}`);
  if (steps.length) parts.push(`${words.steps}: ${steps.length}`);
  return parts.join(" · ");
}

/** Returns what is folded above the text; `duration` is empty while the model thinks. */
export function above(lines, thought, duration, clean) {
  const steps = stepsOf(lines);
  if (!thought && !steps.length) return [];
  const inside = [["summary", {}, summaryOf(thought, duration, steps)]];
  if (thought) inside.push(["p", { class: "thoughts", dir: "auto" }, clean(thought)]);
  if (steps.length) inside.push(["ul", {}, steps.map(([name, it]) => step(clean(name), it))]);
  return [["details", {}, inside]];
}

/** Returns an address that a link may lead to. */
function webAddress(url) {
  try {
    const address = new URL(url);
    return /^https?:$/.test(address.protocol) ? address : undefined;
  } catch {
    return;
  }
}

function source({ title, url, quote }, clean) {
  const address = webAddress(url);
  const name = clean(title) || address?.host || "";
  const link = { href: address?.href, target: "_blank", rel: "noopener noreferrer nofollow ugc" };
  const inside = [address ? ["a", link, name] : ["span", {}, name]];
  if (address && address.host !== name) inside.push(["span", { class: "host" }, ` (${address.host})`]);
  if (quote) inside.push(["q", {}, clean(quote)]);
  return ["li", {}, inside];
}

/** Returns the notices and questions below a text. */
export const lines = (events) => eventsOf(events, "notice", "ask").map(({ data }) => data.text);

const line = ({ name, data: { text, level } }, clean) =>
  ["p", { class: `aside ${level ?? name}`, role: "note", dir: "auto" }, clean(text)];

/** Returns the list of sources below the text, and the lines below that. */
export function below(events, clean) {
  const sources = eventsOf(events, "source").map(({ data }) => source(data, clean));
  const nodes = eventsOf(events, "notice", "ask").map((event) => line(event, clean));
  if (sources.length) nodes.unshift(["ol", { class: "sources", dir: "auto", "aria-label": words.sources }, sources]);
  return nodes;
}
