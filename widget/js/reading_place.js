// The place where a visitor reads: kept over a reload, and while earlier turns come in above.

import { byId } from "./element.js";

/** Pixels below the beginning of the log from which on earlier turns are shown by themselves. */
const NEAR_TOP = 300;

/**
 * Keeps the place.
 * @param {string | undefined} key of the place in the tab's own storage; none where nothing is stored
 * @param {ReturnType<typeof import("./log_scroll.js").startScroll>} scroll
 * @param {(name: string, members?: object) => void} dispatch the app
 * @param {AbortSignal} signal ends it
 */
export function keepPlace(key, scroll, dispatch, signal) {
  const log = byId("log");
  const rows = () => [...log.getElementsByClassName("turn")];
  const topOf = (row) => row.getBoundingClientRect().top - log.getBoundingClientRect().top;

  /** Keeps the turn with an id so far below the top of the log. */
  const stayWith = ({ id, offset }) => scroll.keep(() => {
    const row = rows().find((row) => row.dataset.id === id);
    return row && log.scrollTop + topOf(row) - offset;
  });

  /** Returns the first turn that is in view, and its place. */
  function firstInView() {
    const top = log.getBoundingClientRect().top;
    const row = rows().find((row) => row.getBoundingClientRect().bottom > top);
    return row && { id: row.dataset.id, offset: topOf(row) };
  }

  function store() {
    // A chat that is hidden has no layout.
    if (!log.clientHeight) return;
    const place = !scroll.isAtEnd() && firstInView();
    if (place) sessionStorage.setItem(key, JSON.stringify(place));
    else sessionStorage.removeItem(key);
  }

  /** Does what a browser may refuse together with storage. */
  function attempt(task) {
    try {
      return task();
    } catch {
      // The place is lost, and nothing else.
    }
  }

  const earlier = () => log.querySelector("[data-do=show_earlier]");
  log.addEventListener("scroll", () => {
    if (log.scrollTop < NEAR_TOP) earlier()?.click();
  }, { passive: true, signal });
  log.addEventListener("click", ({ target }) => {
    if (!target.closest("[data-do=show_earlier]")) return;
    const place = firstInView();
    if (place) stayWith(place);
    // The button goes with the last turns that it shows.
    setTimeout(() => earlier() ?? log.focus());
  }, { signal });
  if (!key) return;
  // It goes with the document: the signal is aborted by an earlier listener to the same event.
  window.addEventListener("pagehide", () => attempt(store));
  const place = attempt(() => JSON.parse(sessionStorage.getItem(key)));
  if (!place) return;
  dispatch("show_turn", { id: place.id });
  stayWith(place);
}
