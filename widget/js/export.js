// A conversation as a file for its visitor: as text, Markdown or JSON, or signed by the proxy where it has a key for that
// (contract §11). It is loaded when first needed.

import { make } from "../loader/elements.js";
import { chip } from "./buttons.js";
import { branchOf, full } from "./chain.js";
import { nameOf } from "./chat_name.js";
import { claimsOf } from "./session_token.js";
import { addSheet } from "./sheet.js";

/** The most bytes of a body, with room for what is around the turns. */
const MAX_BODY = 500_000;

/** Characters of a file's name, without its date. */
const MAX_NAME = 60;

/** @type {{ cleaned: (text: string) => string }} */
const { cleaned } = await import("./prose.js");
await addSheet("chats");

/** Returns the last turns that have room in a body, as a transcript with their texts. */
function transcriptOf(branch) {
  const encoder = new TextEncoder();
  let left = MAX_BODY;
  let first = branch.length;
  while (first > 0 && (left -= encoder.encode(JSON.stringify(full(branch[first - 1]))).length) > 0) first -= 1;
  const turns = branch.slice(first);
  return { base: turns[0]?.parent || undefined, turns: turns.map(full) };
}

const timeOf = (at) => new Date(at).toISOString();

const noteOf = (end) => ({ stopped: ` (${words.stopped})`, incomplete: ` (${words.incomplete})` })[end] ?? "";

/** Writes a conversation as text; the answers are those of an AI, and say so. */
function textOf({ name, turns }) {
  const lines = turns.map(({ at, user, reply, end }) =>
    `${words.you}, ${timeOf(at)}:\n${user}\n\n${words.assistant} (${words.ai})${noteOf(end)}:\n${reply}\n`);
  return [name, `${words.ai_note}\n`, ...lines].join("\n");
}

/** The same as Markdown, with the texts as they came. */
function markdownOf({ name, turns }) {
  const parts = turns.map(({ at, user, reply, end }) =>
    `## ${words.you}, ${timeOf(at)}\n\n${user}\n\n## ${words.assistant} (${words.ai})${noteOf(end)}\n\n${reply}\n`);
  return [`# ${name}\n`, `> ${words.ai_note}\n`, ...parts].join("\n");
}

/** The same as JSON: a message with `ai` was written by one. Its shape is part of the README; a change is a new version. */
function jsonOf({ name, turns, page }) {
  const messages = turns.flatMap(({ id, at, user, reply, end }) => [
    { id, role: "user", at: timeOf(at), content: user },
    { id, role: "assistant", ai: true, end: end || "complete", content: reply },
  ]);
  const head = { format: "porthole-chat", version: 1, title: name, saved_at: timeOf(Date.now()), page };
  return JSON.stringify({ ...head, note: words.ai_note, messages }, null, 2);
}

function save({ name }, ending, type, text) {
  const begin = [...name.replace(/[\\/:*?"<>|.\p{C}\p{Z}]+/gu, "-")].slice(0, MAX_NAME).join("");
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = `${begin.replace(/^-|-$/g, "") || "chat"}-${timeOf(Date.now()).slice(0, 10)}.${ending}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/**
 * Asks in which form the branch that ends with a head is to be saved, or all turns where their heads are not known.
 * @param {{ boot: object, call: Function, store: object }} context
 * @param {import("./store.js").Rows} chat
 */
export function saveAs({ boot, call, store }, chat, head = claimsOf(chat.session?.token)?.head) {
  const branch = branchOf(chat.turns, head);
  // Those that an earlier release has stored without their heads are on every branch.
  const unplaced = chat.turns.filter((turn) => !turn.head);
  const turns = branch.length ? [...unplaced, ...branch] : chat.turns;
  const file = { name: nameOf(chat, cleaned), turns, page: boot.origin };

  async function sign() {
    try {
      const { session } = chat;
      const token = session.branches?.[head] ?? session.token;
      const { key } = session.bound ? await store.current() : {};
      const response = await call("POST", "chat/export", { token, key, body: { transcript: transcriptOf(branch) } });
      save(file, "jws", "application/jose", await response.text());
      dialog.close();
    } catch {
      line.textContent = words.not_signed;
    }
  }

  const as = (form, ending, type, write) => chip(form, () => {
    save(file, ending, type, write(file));
    dialog.close();
  });
  const line = make("p", { className: "quiet" });
  line.setAttribute("role", "status");
  const dialog = make(
    "dialog",
    { className: "sheet" },
    make("h2", { id: "save-title", textContent: words.save_as }),
    as(words.as_text, "txt", "text/plain", textOf),
    as(words.as_markdown, "md", "text/markdown", markdownOf),
    as(words.as_json, "json", "application/json", jsonOf),
    ...(boot.limits.export && branch.length ? [chip(words.as_signed, sign)] : []),
    line,
    chip(words.leave_edit, () => dialog.close()),
  );
  dialog.setAttribute("aria-labelledby", "save-title");
  dialog.addEventListener("keydown", (event) => {
    // Escape would close the chat, or the list below.
    if (event.key === "Escape") event.stopPropagation();
  });
  dialog.addEventListener("click", ({ target }) => target === dialog && dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
