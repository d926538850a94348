// Runs before the WebAssembly has arrived: checks where the document is shown, opens the port to the
// page, takes what the visitor sends meanwhile, loads the app and puts it in charge.

import { hands, messageId } from "./chat.js";
import { mayCross } from "./loader/port.js";
import { clicks, composer, part, scroll } from "./page.js";
import { openStore } from "./store.js";

const boot = JSON.parse(document.getElementById("porthole-boot").textContent);
const root = document.documentElement;

/** The icons, drawn once and used by the document and the app: lines on a square of 24. */
const ICONS = {
  mark: "M3.75 12a8.25 8.25 0 1 0 16.5 0a8.25 8.25 0 1 0-16.5 0M7.75 12a4.25 4.25 0 1 0 8.5 0a4.25 4.25 0 1 0-8.5 0M12 3.75v1.6M12 18.65v1.6M3.75 12h1.6M18.65 12h1.6",
  new: "M12 4.5H7A2.5 2.5 0 0 0 4.5 7v10A2.5 2.5 0 0 0 7 19.5h10a2.5 2.5 0 0 0 2.5-2.5v-5M9.5 14.5l.6-3 7.3-7.3a1.7 1.7 0 0 1 2.4 2.4l-7.3 7.3z",
  close: "m6.5 6.5 11 11m0-11-11 11",
  send: "M12 19V5.5M6 11.25 12 5.25l6 6",
  stop: "M9 7h6a2 2 0 0 1 2 2v6a2 2 0 0 1-2 2H9a2 2 0 0 1-2-2V9a2 2 0 0 1 2-2z",
  down: "M12 5v13.5M6 12.75l6 6 6-6",
  copy: "M11 8.5h6a2.5 2.5 0 0 1 2.5 2.5v6a2.5 2.5 0 0 1-2.5 2.5h-6A2.5 2.5 0 0 1 8.5 17v-6A2.5 2.5 0 0 1 11 8.5zM15.5 5.5a1 1 0 0 0-1-1H7A2.5 2.5 0 0 0 4.5 7v7.5a1 1 0 0 0 1 1",
  done: "m5 12.75 4.5 4.5L19 7.5",
  alert: "M3.75 12a8.25 8.25 0 1 0 16.5 0a8.25 8.25 0 1 0-16.5 0M12 8v4.5m0 3v.01",
};

function drawIcons() {
  const svg = (parent, name, attributes) => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    return parent.appendChild(element);
  };
  const sheet = svg(document.body, "svg", { hidden: "" });
  for (const [name, d] of Object.entries(ICONS)) {
    svg(svg(sheet, "symbol", { id: `i-${name}`, viewBox: "0 0 24 24" }), "path", { d });
  }
}

/** Says whether this window is where the proxy meant it to be: the page itself proves nothing. */
function isAtHome() {
  const framed = window.parent !== window;
  if (boot.full_page) return !framed;
  const page = location.ancestorOrigins?.[0];
  return framed && (page === undefined || page === boot.origin);
}

function luminance(hex) {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const c = parseInt(hex.slice(at, at + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

const contrast = (a, b) => (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);

/** Moves a colour towards black (0) or white (255) until it can be read as text on the ground. */
function readable(hex, ground, towards) {
  let ink = hex;
  for (let step = 1; contrast(luminance(ink), ground) < 4.6 && step <= 20; step++) {
    ink = "#" + [1, 3, 5].map((at) => {
      const c = parseInt(hex.slice(at, at + 2), 16);
      return Math.round(c + ((towards - c) * step) / 20).toString(16).padStart(2, "0");
    }).join("");
  }
  return ink;
}

/** Applies theme, accent and heading; everything by CSSOM, since the policy forbids style attributes. */
function paint({ theme, color, title }) {
  root.dataset.theme = theme === "light" || theme === "dark" ? theme : "auto";
  const accent = [color, boot.appearance.accent].find((c) => /^#[0-9a-f]{6}$/i.test(c)) ?? "#4338ca";
  const light = luminance(accent);
  root.style.setProperty("--accent", accent);
  root.style.setProperty("--on-accent", contrast(light, 1) >= contrast(light, 0.008) ? "#fff" : "#14161a");
  root.style.setProperty("--ink-on-light", readable(accent, 0.91, 0));
  root.style.setProperty("--ink-on-dark", readable(accent, 0.017, 255));
  if (typeof title === "string" && title) part("title").textContent = document.title = title;
}

/** Asks the page for the port, which comes with the first options; a page of its own needs neither. */
function connect(heard) {
  if (boot.full_page) {
    heard({ type: "options", storage: "local", layout: "full", touch: matchMedia("(pointer: coarse)").matches });
    heard({ type: "shown", focus: true });
    return null;
  }
  return new Promise((resolve) => {
    window.addEventListener("message", function answer({ source, origin, data, ports: [port] }) {
      if (source !== window.parent || origin !== boot.origin || !port) return;
      if (data?.porthole !== 1 || data.type !== "connect") return;
      window.removeEventListener("message", answer);
      port.onmessage = ({ data }) => {
        if (!mayCross(JSON.stringify(data))) return;
        heard(data);
        if (data?.type === "options") resolve(port);
      };
    });
    window.parent.postMessage({ porthole: 1, type: "ready" }, boot.origin);
  });
}

/** Shows a plain sentence in place of the chat, with a way to try again where that can help. */
function fail(sentence, again) {
  const box = part("failure");
  const button = box.querySelector("button");
  box.hidden = false;
  box.querySelector("p").textContent = sentence;
  button.hidden = !again;
  button.onclick = () => {
    box.hidden = true;
    again();
  };
}

/** Loads glue and WebAssembly from beside this file, so that the hash in the path stays. */
async function load(attempt) {
  // A browser may remember that a module failed; another query is another module.
  const app = await import(`./app.js${attempt ? `?${attempt}` : ""}`);
  await app.default({ module_or_path: fetch(new URL("./app_bg.wasm", import.meta.url)) });
  return app;
}

/** Puts the document to work, and the app in charge as soon as it is there. */
function run() {
  let app, port, options;
  const early = [];
  /** Does something with the app, or later when it is there. */
  const withApp = (does) => (app ? does() : early.push(does));
  const tell = (type, members) => port?.postMessage({ type, ...members });
  const log = scroll();

  const box = composer((gesture) => {
    if (gesture === "submit") sendTyped();
    else if (gesture === "leave") tell("close");
    else if (app) app[gesture === "stop" ? "stop" : "edited"]();
  });

  function say(text, source) {
    withApp(() => {
      log.toQuestion();
      app.submit(text, messageId(), source, Date.now());
    });
  }

  /** Before the app is there, the message is shown at once, so that nothing seems lost. */
  function sendTyped() {
    const text = box.text();
    if (app) return say(text, "c");
    if (!box.fits() || early.some((does) => does.typed)) return;
    const bubble = document.createElement("p");
    bubble.className = "mine";
    bubble.dir = "auto";
    bubble.textContent = text;
    part("thread").append(bubble);
    box.empty();
    const send = () => {
      bubble.remove();
      say(text, "s");
    };
    early.push(Object.assign(send, { typed: true }));
  }

  const shown = (visible) => withApp(() => app.shown(visible));
  const messages = {
    options(told) {
      options = told;
      paint(told);
      part("close").hidden = boot.full_page || told.layout === "inline";
    },
    shown({ focus }) {
      // On touch a keyboard would jump up.
      if (focus && options?.touch) part("title").focus();
      else if (focus) box.focus();
      shown(true);
    },
    hidden: () => shown(false),
    send: ({ text }) => typeof text === "string" && say(text, "p"),
    newChat: () => withApp(() => app.newChat()),
  };
  const connected = connect((told) => Object.hasOwn(messages, told?.type) && messages[told.type](told));

  clicks(boot.full_page ? "" : boot.origin, {
    press: (deed, id) => app.press(deed, id),
    say: (text) => say(text, "s"),
    navigate: (url) => tell("navigate", { url }),
  });
  part("new").onclick = () => app.newChat();
  part("close").onclick = () => tell("close");

  async function arrive(attempt) {
    try {
      let loaded;
      [loaded, port] = await Promise.all([load(attempt), connected]);
      const name = `porthole:${boot.site}:${boot.origin}`;
      const page = {
        composer: box,
        settle(busy, declined, turns) {
          box.settle(busy, declined);
          part("new").hidden = !turns;
        },
      };
      const store = openStore(options.storage, name);
      const able = hands({ app: loaded, boot, name, store, options: () => options, tell, page });
      const { greeting, starters } = boot.appearance;
      loaded.start(part("thread"), part("notices"), boot.limits.max_chars, greeting, starters.join("\n"), able);
      await able.remember();
      app = loaded;
      for (const does of early.splice(0)) does();
      tell("usable");
    } catch (reason) {
      tell("error", { code: "app_failed", detail: String(reason) });
      fail("The chat could not be loaded.", () => arrive(attempt + 1));
    }
  }

  arrive(0);
}

const disclosure = part("disclosure");
drawIcons();
paint({});
disclosure.textContent = boot.appearance.disclosure;
disclosure.hidden = !disclosure.textContent;
root.toggleAttribute("data-no-clipboard", !navigator.clipboard);

if (!isAtHome()) fail("This chat can only be shown on the page that it was made for.");
else if (typeof WebAssembly !== "object") fail("This browser is too old for the chat, or it blocks WebAssembly.");
else run();
