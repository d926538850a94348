// Runs in each document before its own scripts, and notes the moments that a visitor would see.
{
  const times = {};
  const waiting = {};

  /** Notes the first time of a moment, in milliseconds since 1970: the page and its frame have one clock. */
  const note = (name, at = performance.now()) => {
    times[name] ??= performance.timeOrigin + at;
    waiting[name]?.(times[name]);
  };
  /** Waits for a moment. */
  const when = (name) => times[name] ?? new Promise((resolve) => (waiting[name] = resolve));

  const opacity = (element) => (element ? Number(getComputedStyle(element).opacity) : 0);

  /** Notes the frame in which the panel is seen rather than not. */
  const watchPanel = () => {
    const panel = document.querySelector("porthole-widget")?.shadowRoot.querySelector(".panel.open");
    const frame = panel?.querySelector("iframe");
    if (opacity(panel) * opacity(frame) >= 0.5) note("seen");
    else requestAnimationFrame(watchPanel);
  };
  const noteFocus = () => document.hasFocus() && document.activeElement?.id === "text" && note("focused");

  addEventListener("click", ({ timeStamp }) => {
    note("clicked", timeStamp);
    watchPanel();
  }, true);
  for (const name of ["focus", "focusin"]) addEventListener(name, noteFocus, true);
  new PerformanceObserver((list) => {
    for (const { name, startTime } of list.getEntries()) note(name, startTime);
  }).observe({ type: "paint", buffered: true });

  window.bench = { note, when };
}
