// The list of conversations: search over all, open, rename, save, delete. It lies over the chat, and beside it where
// there is room. It is a part of its own.

import { make } from "../loader/elements.js";
import { deleteChat, eraseAll, evictChats, forgetChat, listChats, renameChat } from "./archive.js";
import { chip, tool } from "./buttons.js";
import { nameOf, titleOf } from "./chat_name.js";
import { MAX_TITLE, opener, question, renaming } from "./chat_rows.js";
import { findIn } from "./chat_search.js";
import { byId } from "./element.js";
import { addSheet } from "./sheet.js";
import { drawIcons } from "./symbols.js";
import { showTurn } from "./turns.js";

const ICONS = {
  find: "M5 11a6 6 0 1 0 12 0a6 6 0 1 0-12 0M15.5 15.5 20 20",
  more: "M5.5 12v.01M12 12v.01M18.5 12v.01",
};

/** The frames that are wide enough for the list and the chat. */
const beside = matchMedia("(min-width: 800px)");

/** @type {{ cleaned: (text: string) => string }} */
const { cleaned } = await import("./prose.js");
drawIcons(ICONS);
await addSheet("chats");

/** Keeps the earlier conversations within a number. */
export const evict = (store, most) => evictChats(store, most);

/**
 * Makes the list; returns the function that opens or closes it.
 * @param {import("./archive.js").Context & { dispatch: Function, keep: Function, changed: (news?: string) => void,
 *   reload: () => Promise<void>, find: () => void }} context
 * @param {HTMLElement} opened by this button
 */
export function makeList(context, button) {
  const { name, store, dispatch, keep, changed, reload } = context;
  /** @type {import("./archive.js").Chat[]} */
  let chats = [];
  /** The conversation about which something is to be done, and that. */
  let at = {};

  const search = make("input", { type: "search", className: "field", placeholder: words.find_chats });
  search.setAttribute("aria-label", words.find_chats);
  const status = make("p", { className: "quiet" });
  status.setAttribute("role", "status");
  const list = make("ul");
  const foot = make("div", { className: "rest" });
  const head = make(
    "div",
    { className: "bar" },
    make("h2", { id: "chats-title", textContent: words.chats }),
    tool("find", words.find, () => leave(context.find)),
    tool("new", words.new_chat, () => leave(() => dispatch("new_chat"))),
    tool("close", words.close, () => dialog.close()),
  );
  const dialog = document.body.appendChild(make("dialog", { id: "chats-list" }, head, search, status, list, foot));
  dialog.setAttribute("aria-labelledby", "chats-title");

  /** Does something in the chat, which is not in reach while the list lies over it. */
  function leave(act) {
    if (!beside.matches) dialog.close();
    act();
  }

  async function open({ chat, turn }) {
    leave(() => chat.isCurrent || dispatch("open_chat", { id: chat.id }));
    if (turn) await showTurn(context, turn.id);
  }

  const set = (next, focus) => {
    at = next;
    render();
    (focus?.() ?? list.querySelector(`[data-id="${next.id}"] :is(.acts input, .acts button)`))?.focus();
  };
  const settle = (id) => set({}, () => row(id)?.querySelector("[aria-expanded]"));
  const row = (id) => list.querySelector(`[data-id="${id}"]`);

  function leaveChat() {
    dispatch("chat_left");
    byId("history")?.remove();
  }

  async function remove(chat) {
    const next = row(chat.id)?.nextElementSibling ?? row(chat.id)?.previousElementSibling;
    const { key } = await store.current();
    if (chat.isCurrent) leaveChat();
    await keep(() => deleteChat(store, chat.id));
    await reload();
    changed();
    await refresh();
    at = {};
    render();
    (row(next?.dataset.id)?.querySelector(".open") ?? search).focus();
    if (!(await forgetChat(context, chat, key))) status.textContent = words.not_forgotten;
  }

  async function removeAll() {
    const [all, { key }] = [await listChats(store), await store.current()];
    leaveChat();
    await keep(() => eraseAll(store, name));
    await reload();
    changed("erased");
    await refresh();
    settleAll();
    let isForgotten = true;
    for (const chat of all) isForgotten = (await forgetChat(context, chat, key)) && isForgotten;
    if (!isForgotten) status.textContent = words.none_forgotten;
  }

  function settleAll() {
    at = {};
    render();
    search.focus();
  }

  function actsOf(found) {
    const { chat } = found;
    const leaveActs = () => settle(chat.id);
    if (at.act === "rename") {
      const before = titleOf(chat, cleaned).slice(0, MAX_TITLE).trim();
      return renaming(before, async (title) => {
        if (title === before) return leaveActs();
        await keep(() => renameChat(store, chat.id, title));
        changed();
        await refresh();
        leaveActs();
      }, leaveActs);
    }
    if (at.act === "delete") return question(words.delete_ask, words.delete, () => remove(chat), leaveActs);
    const group = make(
      "div",
      { className: "acts" },
      chip(words.rename, () => set({ id: chat.id, act: "rename" })),
      chip(words.save, () => context.saveAs(chat)),
      chip(words.delete, () => set({ id: chat.id, act: "delete" })),
    );
    group.setAttribute("role", "group");
    return group;
  }

  function item(found) {
    const { chat, name, turn } = found;
    const line = make("li", {}, opener(found, cleaned, () => open(found)));
    if (turn) return line;
    line.dataset.id = chat.id;
    const isOpen = at.id === chat.id;
    const more = tool("more", `${words.more}: ${name}`, () => (isOpen ? settle(chat.id) : set({ id: chat.id })));
    more.setAttribute("aria-expanded", isOpen);
    line.append(more);
    if (isOpen) line.append(actsOf(found));
    return line;
  }

  function footOf() {
    if (!chats.length) return [];
    if (at.act === "delete_all") return [question(words.delete_all_ask, words.delete_all, removeAll, settleAll)];
    return [chip(words.delete_all, () => set({ act: "delete_all" }, () => foot.querySelector("button")))];
  }

  function render() {
    const all = chats.map((chat) => ({ chat, name: nameOf(chat, cleaned) }));
    const query = search.value.trim();
    const found = query ? findIn(all, query) : all;
    status.textContent = found.length ? "" : query ? words.none_found : words.no_chats;
    list.replaceChildren(...found.map(item));
    foot.replaceChildren(...footOf());
  }

  async function refresh() {
    chats = await listChats(store);
  }

  async function show() {
    await refresh();
    render();
    if (beside.matches) dialog.show();
    else dialog.showModal();
    dialog.toggleAttribute("data-beside", beside.matches);
    button.setAttribute("aria-expanded", "true");
    search.focus();
  }

  search.addEventListener("input", () => {
    at = {};
    render();
  });
  dialog.addEventListener("close", () => button.setAttribute("aria-expanded", "false"));
  dialog.addEventListener("keydown", (event) => {
    // Escape would close the chat.
    if (event.key === "Escape" && !event.isComposing) {
      event.stopPropagation();
      event.preventDefault();
      if (at.id) settle(at.id);
      else if (at.act) settleAll();
      else dialog.close();
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    const openers = [search, ...list.querySelectorAll(".open")];
    const next = openers[openers.indexOf(document.activeElement) + step];
    if (!openers.includes(document.activeElement) || !next) return;
    event.preventDefault();
    next.focus();
  });
  beside.addEventListener("change", () => {
    if (!dialog.open) return;
    dialog.close();
    show();
  });

  return {
    toggle: () => (dialog.open ? dialog.close() : show()),
    async follow() {
      if (!dialog.open) return;
      await refresh();
      // An open form or question would be lost.
      if (at.act || at.id) return;
      const focused = document.activeElement;
      const [line, isInFoot] = [list.contains(focused) && focused.closest("li"), foot.contains(focused)];
      const place = [...list.children].indexOf(line);
      render();
      if (isInFoot) (foot.querySelector("button") ?? search).focus();
      if (!line) return;
      const next = row(line.dataset.id) ?? list.children[place] ?? list.lastElementChild;
      (next?.querySelector(`.${focused.classList[0]}`) ?? search).focus();
    },
  };
}
