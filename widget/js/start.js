// The script in the document itself, which waits for no other file: checks where the document is shown, opens the port to the page, takes what the visitor sends
// before the WebAssembly has arrived, loads the app and puts it in charge.

import { startComposer } from "./composer.js";
import { connectPage, isAtHome } from "./host_port.js";
import { ICONS } from "./icons.js";
import { startScroll } from "./log_scroll.js";
import { messageId } from "./message_id.js";
import { byId } from "./element.js";
import { drawIcons } from "./symbols.js";
import { applyInks, applyTheme } from "./theme.js";

// By its type: its id stands in the document once, for those who read that without running it.
const boot = JSON.parse(document.querySelector("[type$=json]").textContent);

/** Milliseconds that a message waits for the page to tell its address anew. */
const PAGE_PATIENCE = 300;

/** Shows a plain sentence in place of the chat, with a way to try again where that can help. */
function fail(sentence, again) {
  const box = byId("failure");
  const button = box.querySelector("button");
  box.hidden = false;
  box.querySelector("p").textContent = sentence;
  button.hidden = !again;
  button.onclick = () => {
    box.hidden = true;
    again();
  };
}

/** Loads the app. */
async function load(attempt) {
  // A browser may remember that a module failed; another query is another module.
  const { loadApp } = await import(`${byId("app").href}${attempt ? `?${attempt}` : ""}`);
  return loadApp();
}

/** Puts the document to work, and the app in charge as soon as it is there. */
function run() {
  let app, box, options;
  let post = () => {};
  let answered = () => {};
  /** The tasks of the time before the app is there. */
  const early = [];
  const ended = new AbortController();
  const { signal } = ended;
  /** Does a task, or does it later when the app is there. */
  const withApp = (task) => (app ? task() : early.push(task));
  const dispatch = (name, members = {}) => withApp(() => app.dispatch(name, members));
  const scroll = startScroll(signal);

  function submit(text, source) {
    withApp(() => {
      scroll.toQuestion();
      dispatch("submit", { text, id: messageId(), source, now: Date.now() });
    });
  }

  /** Shows a message at once that is sent before the app is there, so that nothing seems lost. */
  function submitEarly() {
    const text = composer.text();
    if (!text && early.some((task) => task.isMessage)) return;
    const bubble = document.createElement("p");
    bubble.className = "mine";
    bubble.dir = "auto";
    bubble.textContent = text;
    byId("thread").append(bubble);
    composer.set("");
    const send = () => {
      bubble.remove();
      submit(text, "early");
      // The draft is only the rest from now on.
      box.fill(composer.text());
    };
    early.push(Object.assign(send, { isMessage: true }));
  }

  /** Asks the page for its options as they are now, its address among them; a page that is silent has told them. */
  const askOptions = () => new Promise((resolve) => {
    answered = () => resolve(options);
    setTimeout(answered, PAGE_PATIENCE);
    post("ask_options");
  });

  const composer = startComposer({
    submit() {
      if (!app) return submitEarly();
      const text = box.text();
      if (text !== undefined) submit(text, "composer");
    },
    leave() {
      // An edit is left before the chat is.
      const button = document.querySelector("[data-do=leave_edit]");
      if (button) button.click();
      else post("close");
    },
    edited: (text) => dispatch("edited", { text }),
    refilled: (text) => dispatch("refilled", { text }),
  }, signal);

  const messages = {
    options(received) {
      options = received;
      answered();
      // The answers' language, which a browser's translator goes by; the words of the chat itself are English.
      if (typeof received.locale === "string") byId("log").lang = received.locale;
      const accent = applyTheme(received, boot.appearance.accent);
      withApp(() => applyInks(app.inks(accent)));
      byId("close").hidden = boot.full_page || received.layout === "inline";
    },
    shown({ focus }) {
      if (focus && !composer.focus()) byId("title").focus();
      dispatch("shown");
    },
    hidden: () => dispatch("hidden"),
    send: ({ text }) => typeof text === "string" && submit(text, "page"),
    newChat: () => dispatch("new_chat"),
  };
  const connected = connectPage(boot, (message) => Object.hasOwn(messages, message?.type) && messages[message.type](message));

  byId("new").addEventListener("click", () => dispatch("new_chat"), { signal });
  byId("close").addEventListener("click", () => post("close"), { signal });
  window.addEventListener("pagehide", ({ persisted }) => persisted || ended.abort(), { signal });

  async function start(attempt) {
    try {
      const [loaded, toPage] = await Promise.all([load(attempt), connected]);
      const dispatchNow = (name, members = {}) => loaded.dispatch(name, members);
      post = toPage;
      const name = `porthole:${boot.site}:${boot.origin}`;
      box = loaded.startTextBox(composer, loaded.openDraft(options.storage, name), loaded.dispatch, signal);
      const effects = loaded.makeEffects({
        boot,
        name,
        store: loaded.openStore(options.storage, name, (failure) => effects.storeLost(failure)),
        dispatch: dispatchNow,
        post,
        options: () => options,
        askOptions,
        composer: box,
        showStatus: (turns) => (byId("new").hidden = !turns),
        signal,
      });
      const { limits: { max_chars, history_turns, feedback }, appearance: { greeting, starters } } = boot;
      const [thread, notices] = [byId("thread"), byId("notices")];
      loaded.start({ thread, notices, max_chars, history_turns, feedback, greeting, starters }, effects);
      const navigate = (url) => post("navigate", { url });
      loaded.startClicks(boot.full_page ? "" : boot.origin, dispatch, navigate, messageId, effects.rate, signal);
      await effects.restore();
      app = loaded;
      for (const task of early.splice(0)) task();
      post("usable");
      loaded.readMarkdown(options.page?.url).then(({ keepPlace, startHeader }) => {
        effects.startList(startHeader);
        keepPlace(options.storage !== "none" && `${name}:place`, scroll, dispatchNow, signal);
      }, () => {});
    } catch (reason) {
      post("error", { code: "app_failed", detail: String(reason) });
      fail(words.not_loaded, () => start(attempt + 1));
    }
  }

  start(0);
}

const disclosure = byId("disclosure");
drawIcons(ICONS);
applyTheme({}, boot.appearance.accent);
disclosure.textContent = boot.appearance.disclosure;
disclosure.hidden = !disclosure.textContent;
if (boot.appearance.avatar) document.querySelector(".mark").textContent = boot.appearance.avatar;
document.documentElement.toggleAttribute("data-no-clipboard", !navigator.clipboard);

if (!isAtHome(boot)) fail(words.wrong_place);
else if (typeof WebAssembly !== "object") fail(words.old_browser);
else run();
