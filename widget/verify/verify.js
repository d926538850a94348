// The page that checks a signed transcript: the file stays in the browser, only the public keys are fetched.

import { verify } from "./export_file.js";

/** The bytes of the largest file that is read, as in `porthole verify`. */
const MAX_FILE_BYTES = 2 * 1024 * 1024;
const KEYS = new URL("../../.well-known/transcript-jwks.json", import.meta.url);

const PARTIAL = { stopped: "stopped by the visitor", incomplete: "cut short" };
const SENTENCES = {
  holds: () => "This transcript is genuine.",
  form: () => "This is no signed transcript, or its beginning was changed. It proves nothing.",
  turn: ({ turn }) => `Turn ${turn} is the first that is not as it was sealed. This file proves nothing.`,
  key: ({ claims }) => `It is signed with a key that this address does not have. It says that it comes from ${claims.iss}.`,
  signature: () => "The signature does not hold, although each turn fits the next. This file proves nothing.",
  unread: () => "The file cannot be read. Choose it again.",
  keyless: () => "The public keys of this address cannot be loaded. Try again.",
};

const element = (id) => document.getElementById(id);
const [drop, input, status, result] = ["drop", "file", "status", "result"].map(element);
let latest = 0;

/** Makes an element with a text. */
function textElement(name, text, className = "") {
  return Object.assign(document.createElement(name), { textContent: text, className });
}

function show(checked) {
  status.textContent = SENTENCES[checked.outcome](checked);
  status.className = checked.outcome === "holds" ? "holds" : "fails";
  result.hidden = checked.outcome !== "holds";
  element("claims").replaceChildren();
  element("turns").replaceChildren();
  if (!result.hidden) showClaims(checked);
}

function showClaims({ kid, claims }) {
  const first = claims.turn - claims.turns.length + 1;
  const extent = claims.full ? "the whole conversation" : "a part of the conversation";
  const rows = {
    Issuer: claims.iss,
    Key: kid,
    Site: `${claims.site}, on pages of ${claims.origin}`,
    User: claims.sub,
    Signed: new Date(claims.iat * 1_000).toISOString().replace(".000", ""),
    Turns: `${first} to ${claims.turn}, ${extent}`,
  };
  for (const [name, value] of Object.entries(rows)) {
    if (value !== undefined) element("claims").append(textElement("dt", name), textElement("dd", value));
  }
  element("statement").textContent = claims.statement;
  element("turns").append(...claims.turns.map((turn, at) => turnElement(turn, first + at)));
}

function turnElement({ user, reply, end }, number) {
  const item = document.createElement("li");
  const partial = PARTIAL[end] ? ` (${PARTIAL[end]})` : "";
  item.append(textElement("p", `${number}. Visitor`, "who"), textElement("p", user));
  item.append(textElement("p", `Assistant${partial}`, "who"), textElement("p", reply));
  return item;
}

/** Checks a file, unless another one was chosen meanwhile. */
async function check(file) {
  if (!file) return;
  const run = ++latest;
  status.className = "";
  status.textContent = "Checking …";
  result.hidden = true;
  const checked = await outcomeOf(file);
  if (run === latest) show(checked);
}

async function outcomeOf(file) {
  if (file.size > MAX_FILE_BYTES) return { outcome: "form" };
  const text = await file.text().catch(() => undefined);
  if (text === undefined) return { outcome: "unread" };
  const keys = await fetch(KEYS).then((answer) => answer.json()).catch(() => undefined);
  return keys?.keys ? verify(text, keys) : { outcome: "keyless" };
}

function start() {
  input.addEventListener("change", () => check(input.files[0]));
  // Anywhere on the page: a browser would open a file that misses the box.
  for (const type of ["dragover", "dragleave", "drop"]) {
    addEventListener(type, (event) => {
      event.preventDefault();
      drop.classList.toggle("over", type === "dragover");
      if (type === "drop") check(event.dataTransfer.files[0]);
    });
  }
}

if (globalThis.crypto?.subtle) {
  start();
} else {
  input.disabled = true;
  status.textContent = "Your browser checks signatures over https only. Open this page by https, or use porthole verify.";
}
