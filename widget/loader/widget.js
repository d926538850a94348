// Draws the launcher, queues the page's calls, and loads host.js once the chat is wanted. Until then it
// requests and stores nothing. Every view of every page pays for this file: the budget is 2,000 bytes.
(() => {
  const previous = window.porthole;
  // In a module or in eval there is no current script.
  const script = document.currentScript || document.querySelector('script[src$="/widget.js"]');
  if (!script || previous?.place) return;

  const css = `
:host{all:initial!important}
button{all:unset;box-sizing:border-box;position:fixed;z-index:2147483647;right:20px;bottom:calc(20px + var(--offset) + env(safe-area-inset-bottom));width:56px;height:56px;border:1px solid #0000;border-radius:50%;background:#4338ca;color:#fff;cursor:pointer;box-shadow:0 1px 3px #0003,0 6px 20px #0003}
:host([left]) button{right:auto;left:20px}
button[hidden]{display:none}
button:hover{transform:scale(1.05)}
button:focus-visible{outline:3px solid #14161a;outline-offset:3px;box-shadow:0 0 0 8px #fff}
button[title]:after{content:"!";position:absolute;top:0;right:0;padding:0 8px;border-radius:50%;background:#b3261e;color:#fff;font:700 14px/20px system-ui}
path{fill:none;stroke:currentColor;stroke-width:2;stroke-linecap:round;stroke-linejoin:round}
button,path{transition:transform .18s,opacity .18s}
[aria-busy] path{opacity:.5}
path+path,[aria-expanded=true] path{opacity:0;transform:rotate(45deg) scale(.5)}
[aria-expanded=true] path+path{opacity:1;transform:none}
@media (prefers-reduced-motion){button,path{transition:none}}
@media print{:host{display:none!important}}`;

  const options = { ...script.dataset };
  const lifetime = new AbortController();
  const { signal } = lifetime;
  const host = document.createElement("porthole-widget");
  const root = host.attachShadow({ mode: "open" });
  const button = root.appendChild(document.createElement("button"));
  const core = { base: new URL(script.src).origin, options, host, root, button, signal };
  // Routers that swap the whole body would lose the chat.
  const observer = new MutationObserver(place);
  const opensChat = ([name]) => /^(open|toggle|send|newChat)$/.test(name);
  let calls = [];
  let failures = 0;
  let chat, loading, settled;

  /** The page's function. Calls are queued until the page has its body and host.js is there. */
  function porthole(...call) {
    const [name, value] = call;
    if (signal.aborted) return;
    if (name === "destroy") {
      settled = false;
      lifetime.abort();
      observer.disconnect();
      host.remove();
      delete window.porthole;
      return;
    }
    if (name === "update") {
      Object.assign(options, value);
      if (settled) paint();
    }
    calls.push(call);
    run();
  }

  function run() {
    if (chat) while (calls[0]) chat.call(...calls.shift());
    else if (settled && calls.some(opensChat)) {
      button.setAttribute("aria-busy", true);
      load();
    }
  }

  function load() {
    // A browser may remember that a module failed; with another fragment it is another module.
    loading ||= import(`${core.base}/assets/__HASH__/host.js#${failures}`).then(({ start }) => {
      if (signal.aborted) return;
      button.removeAttribute("title");
      paint();
      chat = start(core);
      run();
    }).catch((error) => {
      console.warn(error);
      failures++;
      loading = null;
      calls = calls.filter((call) => !opensChat(call));
      button.title = words.launcher_failed;
      // An inline chat has no other button.
      if (core.inline) button.hidden = false;
    }).finally(() => button.removeAttribute("aria-busy"));
  }

  function draw() {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    root.adoptedStyleSheets = [sheet];
    const svg = (parent, name) => parent.appendChild(document.createElementNS("http://www.w3.org/2000/svg", name));
    const icon = svg(button, "svg");
    // The origin is the middle, about which CSS turns the lines.
    icon.setAttribute("viewBox", "-22 -22 44 44");
    svg(icon, "path").setAttribute("d", "M0-8c-5 0-9 3.3-9 7.4 0 2.3 1.2 4.3 3.1 5.7l-.6 3.4 3.9-1.9c.8.2 1.7.3 2.6.3 5 0 9-3.3 9-7.4S5-8 0-8z");
    svg(icon, "path").setAttribute("d", "M-6-6L6 6M6-6L-6 6");
    button.setAttribute("aria-haspopup", "dialog");
    button.setAttribute("aria-expanded", false);
    button.onclick = () => porthole("toggle");
    button.onpointerenter = button.onfocus = load;
  }

  function paint() {
    const { style } = button;
    button.hidden = core.inline || options.mode === "inline" || options.launcher === "none";
    button.setAttribute("aria-label", options.title || words.chat);
    host.toggleAttribute("left", options.position === "left");
    host.style.setProperty("--offset", `${parseFloat(options.offset) || 0}px`);
    style.background = options.color || "";
    // Beyond this luminance dark ink has more contrast than white: the formula of widget/core/src/ink.rs.
    const [red, green, blue] = getComputedStyle(button).backgroundColor.match(/[\d.]+/g)
      .map((channel) => (channel /= 255) > 0.04045 ? ((channel + 0.055) / 1.055) ** 2.4 : channel / 12.92);
    style.color = 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.196718 ? "#14161a" : "";
  }

  /** Puts the chat into the element of an inline chat, else to the end of the page. */
  function place() {
    const { body } = document;
    if (!body || !settled) return;
    const inline = document.querySelector("porthole-chat") || (options.mode === "inline" && document.querySelector(options.target));
    const parent = inline || body;
    core.inline = parent !== body;
    if (host.parentNode !== parent) {
      parent.append(host);
      chat?.rebuild();
    }
    paint();
    if (inline) load();
  }

  function settle() {
    const event = document.prerendering ? "prerenderingchange" : document.readyState === "loading" && "DOMContentLoaded";
    if (event) return document.addEventListener(event, settle, { once: true, signal });

    let stored;
    try {
      stored = sessionStorage.porthole;
    } catch {}
    settled = true;
    draw();
    place();
    observer.observe(document.documentElement, { childList: true });
    run();
    if (stored === "open") porthole("open", { focus: false });
    else if (stored) load();
    else if ("open" in options) setTimeout(porthole, +options.open || 0, "open", { focus: false });
  }

  // A browser never forgets the name; without a chat on the page the element does nothing.
  const followElement = () => window.porthole?.place?.();
  customElements.get("porthole-chat") || customElements.define("porthole-chat", class extends HTMLElement {
    connectedCallback() {
      followElement();
    }

    disconnectedCallback() {
      followElement();
    }
  });

  porthole.place = place;
  // A page may hold on to its own short function, which goes on pushing here.
  porthole.q = { push: (call) => porthole(...call) };
  window.porthole = porthole;
  for (const call of Array.from(previous?.q || [])) porthole(...Array.from(call || []));
  settle();
})();
