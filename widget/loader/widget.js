// Draws the launcher, queues the page's calls, and loads host.js once the chat is wanted. Until then it
// requests and stores nothing. Every view of every page pays for this file: the budget is 2,000 bytes.
(() => {
  const previous = window.porthole;
  // In a module or in eval there is no current script, or one without an address; other makers have a widget.js, too.
  const script = [
    document.currentScript,
    find('[type=module][src*="/widget.js"]'),
    find('script[src*="/widget.js"]'),
  ].find((it) => it?.src);
  if (!script || previous?.place) return;

  // The icons are borders, which forced colours keep apart from the ground, in the ink of widget/core/src/ink.rs: black
  // beyond a luminance. Browsers that cannot tell the luminance (before 2025) keep to white.
  const css = `
:host{all:initial!important;position:fixed!important;z-index:2147483647!important}
:host::backdrop{display:none!important}
button{all:unset;box-sizing:border-box;position:fixed;right:20px;bottom:calc(20px + var(--offset) + env(safe-area-inset-bottom));width:56px;height:56px;border:1px solid #0000;border-radius:50%;background:currentColor;color:#4338ca;cursor:pointer;box-shadow:0 4px 16px #0004}
:host([left]) button{right:auto;left:20px}
button[hidden]{display:none}
button:hover{transform:scale(1.05)}
button[title]{outline:dotted}
button:focus-visible{outline:3px solid #14161a;outline-offset:3px;box-shadow:0 0 0 8px #fff}
button::before,button::after{content:"";position:absolute;inset:0;border:27px solid #fff;border-color:color(from currentColor xyz calc((.196718 - y)*999) calc((.196718 - y)*999) calc((.196718 - y)*999));clip-path:path("M20 33v4l4-2a10 8 0 1 0-4-2z")}
button::after{clip-path:path("M20 22l2-2 5 5 5-5 2 2-5 5 5 5-2 2-5-5-5 5-2-2 5-5z")}
[aria-busy]::before{opacity:.5}
button::after,[aria-expanded=true]::before{transform:scale(0)}
[aria-expanded=true]::after{transform:none}
@media (prefers-reduced-motion:no-preference){button,::before,::after{transition:transform .18s}}
@media print{:host{display:none!important}}`;

  const options = { ...script.dataset };
  const lifetime = new AbortController();
  const { signal } = lifetime;
  const host = document.createElement("porthole-widget");
  const root = host.attachShadow({ mode: "open" });
  const button = root.appendChild(document.createElement("button"));
  const core = { base: new URL(".", script.src).href.slice(0, -1), options, root, button, signal, addStyle };
  const observer = new MutationObserver(place);
  const opensChat = ([name]) => ["open", "toggle", "send", "newChat"].includes(name);
  let calls = [];
  let failures = 0;
  /** The times that the page has taken the chat away. */
  let losses = 0;
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
    place();
    if (name === "update") {
      // Only JSON reaches the frame; host.js reports the rest.
      try {
        Object.assign(options, JSON.parse(JSON.stringify(value)));
      } catch {}
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

  /** Loads host.js, and beside it the document, which is a round trip less: host.js takes over the frame and its news. */
  function load() {
    if (!core.frame) {
      const frame = core.frame = document.createElement("iframe");
      frame.allow = "clipboard-write";
      // With `no-referrer` some browsers would hide this page's origin from the frame, which checks it.
      frame.referrerPolicy = "origin";
      frame.src = `${core.base}/frame?site=${options.site || ""}&origin=${location.origin}`;
      for (const type of ["message", "securitypolicyviolation"]) {
        addEventListener(type, (event) => {
          if (type !== "message" || event.source === frame.contentWindow) core[event.type] = event;
        }, { signal });
      }
      // An iframe cannot move: the dialog is here already. An inline chat loads once it is in view.
      core.inline || root.appendChild(document.createElement("dialog")).append(frame);
    }
    // A browser may remember that a module failed; with another fragment it is another module.
    loading = loading || import(`${core.base}/assets/__HASH__/host.js#${failures}`).then(({ start }) => {
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

  /** Adds a style sheet, without markup where the browser can, so that no policy of the page stands in its way. */
  function addStyle(css) {
    try {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(css);
      root.adoptedStyleSheets.push(sheet);
    } catch {
      root.append(Object.assign(document.createElement("style"), { textContent: css }));
    }
  }

  function draw() {
    addStyle(css);
    button.setAttribute("aria-haspopup", "dialog");
    button.setAttribute("aria-expanded", false);
  }

  function paint() {
    button.hidden = core.inline || options.mode === "inline" || options.launcher === "none";
    button.setAttribute("aria-label", options.title || words.chat);
    host.toggleAttribute("left", options.position === "left");
    host.style.setProperty("--offset", `${parseFloat(options.offset) || 0}px`);
    button.style.color = options.color || "";
  }

  function find(selector) {
    try {
      return document.querySelector(selector);
    } catch {}
  }

  /**
   * Puts the chat into the element of an inline chat, else to the end of the body; behind the body once the page has
   * taken the chat away: routers swap the whole body, while frameworks that hydrate a document want nothing behind it.
   */
  function place() {
    if (!settled) return;
    // Routers keep copies of pages.
    for (const copy of document.querySelectorAll("porthole-widget")) copy === host || copy.remove();
    const inline = find("porthole-chat") || (options.mode === "inline" && find(options.target));
    const parent = inline || (losses ? document.documentElement : document.body);
    if (!parent || host.parentNode === parent) return;
    core.inline = !!inline;
    parent.append(host);
    // Before the popover, for which the browser computes all styles.
    paint();
    // No transform, filter or containment of the page reaches the top layer. Over its modal dialog, where the chat is
    // inert, it would be in the way.
    host.popover = inline ? null : "manual";
    inline || find(":modal") || host.showPopover?.();
    // The handlers before are gone after document.open().
    button.onclick = () => porthole("toggle");
    button.onpointerenter = button.onfocus = load;
    chat?.rebuild();
    if (inline) load();
  }

  /** Places the chat before the next paint, but no faster than once a second on a page that removes it each time. */
  function follow() {
    if (!host.isConnected) losses++;
    if (losses < 50) requestAnimationFrame(place);
    else setTimeout(place, 1_000);
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
    observer.observe(document, { childList: true, subtree: options.mode === "inline" });
    run();
    if (stored === "open") porthole("open", { focus: false });
    else if (stored) load();
    else if ("open" in options) setTimeout(porthole, +options.open || 0, "open", { focus: false });
  }

  // A browser never forgets a name; without a chat on the page the elements do nothing.
  const followElement = () => window.porthole?.place?.();
  for (const name of ["porthole-chat", "porthole-widget"]) {
    customElements.get(name) || customElements.define(name, class extends HTMLElement {
      connectedCallback() {
        // The chat itself, which has a shadow, comes by its own doing.
        this.shadowRoot || followElement();
      }

      disconnectedCallback() {
        followElement();
      }
    });
  }

  porthole.place = follow;
  // A page may hold on to its own short function, which goes on pushing here.
  porthole.q = { push: (call) => porthole(...Array.from(call || [])) };
  window.porthole = porthole;
  for (const call of Array.from(previous?.q || [])) porthole.q.push(call);
  settle();
})();
