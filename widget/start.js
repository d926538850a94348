// Runs before the WebAssembly has arrived: checks where the document is shown, opens the port to
// the page, takes what the visitor sends meanwhile, and hands all of it to the app.

const boot = JSON.parse(document.getElementById("porthole-boot").textContent);
const root = document.documentElement;
const part = (id) => document.getElementById(id);

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
  const accent = [color, boot.appearance.accent].find((c) => /^#[0-9a-f]{6}$/i.test(c)) ?? "#2f5fe0";
  const light = luminance(accent);
  root.style.setProperty("--accent", accent);
  root.style.setProperty("--on-accent", contrast(light, 1) >= contrast(light, 0.008) ? "#fff" : "#14161a");
  root.style.setProperty("--ink-on-light", readable(accent, 0.91, 0));
  root.style.setProperty("--ink-on-dark", readable(accent, 0.017, 255));
  if (typeof title === "string" && title) part("title").textContent = document.title = title;
}

/** Keeps what the visitor sends before the app runs, and shows it so that nothing seems lost. */
function keepEarly(queue, signal) {
  const form = part("composer");
  const text = part("text");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!text.value.trim() || queue.some((message) => message.typed)) return;
    queue.push({ type: "send", text: text.value, typed: true });
    const bubble = document.createElement("p");
    bubble.className = "mine";
    bubble.textContent = text.value;
    part("thread").append(bubble);
    text.value = "";
  }, { signal });
  text.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    form.requestSubmit();
  }, { signal });
}

/** Asks the page for the port and for the options that come with it; a page of its own needs neither. */
function connect(queue, signal) {
  if (boot.full_page) {
    const touch = matchMedia("(pointer: coarse)").matches;
    queue.push({ type: "options", storage: "local", layout: "full", touch }, { type: "shown", focus: true });
    return Promise.resolve(null);
  }
  return new Promise((resolve) => {
    window.addEventListener("message", function answer({ source, origin, data, ports: [port] }) {
      if (source !== window.parent || origin !== boot.origin || !port) return;
      if (data?.porthole !== 1 || data.type !== "connect") return;
      window.removeEventListener("message", answer);
      port.addEventListener("message", ({ data }) => queue.push(data), { signal });
      port.addEventListener("message", ({ data }) => {
        if (data?.type !== "options") return;
        paint(data);
        resolve(port);
      });
      port.start();
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
  const glue = await import(`./app.js${attempt ? `?${attempt}` : ""}`);
  await glue.default({ module_or_path: fetch(new URL("./app_bg.wasm", import.meta.url)) });
  return glue;
}

async function run(attempt, connected, queue, handover) {
  try {
    if (typeof WebAssembly !== "object") throw new Error("no WebAssembly");
    const [glue, port] = await Promise.all([load(attempt), connected]);
    await glue.start(boot, port, queue, handover);
  } catch (reason) {
    const lacking = typeof WebAssembly !== "object";
    connected.then((port) => port?.postMessage({ type: "error", code: "app_failed", detail: String(reason) }));
    fail(
      lacking ? "This browser is too old for the chat, or it blocks WebAssembly." : "The chat could not be loaded.",
      lacking ? null : () => run(attempt + 1, connected, queue, handover),
    );
  }
}

paint({});
const disclosure = part("disclosure");
disclosure.textContent = boot.appearance.disclosure;
disclosure.hidden = !disclosure.textContent;

if (isAtHome()) {
  const queue = [];
  const handover = new AbortController();
  keepEarly(queue, handover.signal);
  run(0, connect(queue, handover.signal), queue, handover);
} else {
  part("composer").hidden = true;
  fail("This chat can only be shown on the page that it was made for.", null);
}
