// Draws the launcher, keeps the page's calls, and loads host.js once the chat is wanted. Until then it
// requests and stores nothing. The build writes the hash of the assets into the path of host.js.
(() => {
  const earlier = window.porthole;
  // In a module or in eval there is no current script.
  const script = document.currentScript || document.querySelector('script[src$="/widget.js"]');
  if (!script || earlier?.placed) return;

  const css = `
:host{all:initial!important}
button{all:unset;box-sizing:border-box;position:fixed;z-index:2147483647;right:20px;bottom:calc(20px + var(--offset) + env(safe-area-inset-bottom));width:56px;height:56px;border:1px solid #0000;border-radius:50%;background:#4338ca;color:#fff;cursor:pointer;box-shadow:0 1px 3px #0003,0 6px 20px #0003}
:host([left]) button{right:auto;left:20px}
button[hidden]{display:none}
button:hover{transform:scale(1.05)}
button:focus-visible{outline:3px solid #14161a;outline-offset:3px;box-shadow:0 0 0 8px #fff}
button[title]:after{content:"!";position:absolute;top:0;right:0;width:20px;border-radius:50%;background:#b3261e;color:#fff;font:700 14px/20px system-ui;text-align:center}
path{fill:none;stroke:currentColor;stroke-width:2;stroke-linecap:round;stroke-linejoin:round}
button,path{transition:transform .18s,opacity .18s}
[aria-busy] path{opacity:.5}
path+path,[aria-expanded=true] path{opacity:0;transform:rotate(45deg) scale(.5)}
[aria-expanded=true] path+path{opacity:1;transform:none}
@media (prefers-reduced-motion){button,path{transition:none}}
@media print{:host{display:none!important}}`;

  const options = { ...script.dataset };
  const calls = [];
  const gone = new AbortController();
  const { signal } = gone;
  const host = document.createElement("porthole-widget");
  const root = host.attachShadow({ mode: "open" });
  const button = root.appendChild(document.createElement("button"));
  const core = { base: new URL(script.src).origin, options, host, root, button, signal, inline: false };
  const observer = new MutationObserver(place);
  const opening = ([name]) => /^(open|toggle|send|newChat)$/.test(name);
  let settled = false;
  let failures = 0;
  let chat, loading;

  /** The page's function: every call is kept until the page has a body and host.js is there. */
  function porthole(...call) {
    const [name, value] = call;
    if (signal.aborted) return;
    if (name === "destroy") return destroy();
    if (!opening(call) && !/^(close|update|on|off)$/.test(name)) console.warn(`porthole: no "${name}" here`);
    if (name === "update") {
      Object.assign(options, value);
      if (settled) paint();
    }
    calls.push(call);
    run();
  }

  function run() {
    if (!settled) return;
    if (chat) while (calls.length) chat.call(...calls.shift());
    else if (calls.some(opening)) {
      button.setAttribute("aria-busy", "true");
      load();
    }
  }

  function load() {
    // A browser may remember that a module failed; another query is another module.
    loading ||= import(`${core.base}/assets/__HASH__/host.js${failures ? `?${failures}` : ""}`).then(({ start }) => {
      if (signal.aborted) return;
      button.removeAttribute("title");
      paint();
      chat = start(core);
      run();
    }).catch((error) => {
      console.warn(error);
      failures++;
      loading = null;
      if (core.inline || calls.some(opening)) {
        button.title = "The chat did not load. Try again.";
        button.hidden = false;
      }
      calls.splice(0, calls.length, ...calls.filter((call) => !opening(call)));
    }).finally(() => button.removeAttribute("aria-busy"));
  }

  function draw() {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    root.adoptedStyleSheets = [sheet];
    const svg = (parent, name) => parent.appendChild(document.createElementNS("http://www.w3.org/2000/svg", name));
    const icon = svg(button, "svg");
    // Around the origin, about which the lines turn.
    icon.setAttribute("viewBox", "-26 -26 52 52");
    const bubble = "M0-8c-5 0-9 3.3-9 7.4 0 2.3 1.2 4.3 3.1 5.7l-.6 3.4 3.9-1.9c.8.2 1.7.3 2.6.3 5 0 9-3.3 9-7.4S5-8 0-8z";
    for (const line of [bubble, "M-6-6L6 6M6-6L-6 6"]) svg(icon, "path").setAttribute("d", line);
    button.setAttribute("aria-haspopup", "dialog");
    button.setAttribute("aria-expanded", "false");
    button.addEventListener("click", () => porthole("toggle"));
    button.addEventListener("pointerenter", load);
    button.addEventListener("focus", load);
  }

  function paint() {
    const { style } = button;
    button.hidden = core.inline || options.mode === "inline" || options.launcher === "none";
    button.setAttribute("aria-label", options.title || "Chat");
    host.toggleAttribute("left", options.position === "left");
    host.style.setProperty("--offset", `${parseFloat(options.offset) || 0}px`);
    style.background = options.color || "";
    const [red, green, blue] = getComputedStyle(button).backgroundColor.match(/[\d.]+/g).map((part) => (part / 255) ** 2.2);
    style.color = 0.21 * red + 0.72 * green + 0.07 * blue > 0.2 ? "#14161a" : "";
  }

  /** Puts the chat where it belongs: into the element of an inline chat, else to the end of the page. */
  function place() {
    const { body } = document;
    if (!body) return;
    const inline = document.querySelector("porthole-chat")
      || (options.mode === "inline" && document.querySelector(options.target));
    const target = inline || body;
    core.inline = !!inline;
    if (host.parentNode !== target) {
      target.append(host);
      chat?.rebuild();
    }
    paint();
    if (inline) load();
  }

  /** Leaves no trace but the name `porthole-chat`, which a browser never forgets; it does nothing then. */
  function destroy() {
    gone.abort();
    observer.disconnect();
    host.remove();
    element.place = null;
    delete window.porthole;
  }

  function settle() {
    const event = document.prerendering ? "prerenderingchange" : document.readyState === "loading" && "DOMContentLoaded";
    if (event) return document.addEventListener(event, settle, { once: true, signal });

    let before;
    try {
      before = sessionStorage.porthole;
    } catch {}
    settled = true;
    draw();
    place();
    // Routers that swap the whole body would lose the chat.
    observer.observe(document.documentElement, { childList: true });
    run();
    if (before === "open") porthole("open", { focus: false });
    else if (before) load();
    else if ("open" in options) setTimeout(porthole, +options.open || 0, "open", { focus: false });
  }

  let element = customElements.get("porthole-chat");
  if (!element) {
    customElements.define("porthole-chat", element = class extends HTMLElement {
      connectedCallback() {
        element.place?.();
      }

      disconnectedCallback() {
        element.place?.();
      }
    });
  }
  element.place = () => settled && place();

  porthole.placed = true;
  // A page may hold on to its own short function, which goes on pushing here.
  porthole.q = { push: (call) => porthole(...call) };
  window.porthole = porthole;
  for (const call of Array.from(earlier?.q || [])) porthole(...Array.from(call || []));
  settle();
})();
