// The view of the conversation while it grows.

import { byId } from "./element.js";

/** Pixels above the end of the log that still count as its end. */
const SLACK = 40;

/** Keeps the newest words in view for a reader who is at the end, and never moves another's page. */
export function startScroll(signal) {
  const log = byId("log");
  const pill = byId("latest");
  /** The place that the view keeps to while the log grows, as a function that returns its scroll position; or none. */
  let keeps = end;
  /** The last scroll position set here: a scroll event comes late, and one from here says nothing about the reader. */
  let placed = 0;

  function end() {
    return log.scrollHeight - log.clientHeight;
  }
  /** The end, but no further than the last question at the top: a long answer is read from its beginning. */
  function question() {
    const turn = [...log.querySelectorAll("[data-id]")].at(-1);
    const above = turn ? turn.getBoundingClientRect().top - log.getBoundingClientRect().top : Infinity;
    return Math.min(end(), log.scrollTop + above);
  }
  const near = (top) => Math.abs(top - log.scrollTop) < SLACK;
  function follow() {
    if (keeps) log.scrollTop = keeps() ?? end();
    placed = log.scrollTop;
    pill.hidden = near(end());
  }
  function keep(place) {
    keeps = place;
    placed = log.scrollTop;
    pill.hidden = true;
  }

  log.addEventListener("scroll", () => {
    if (log.scrollTop === placed) return;
    const stays = keeps === question && near(question());
    keeps = stays ? keeps : near(end()) ? end : undefined;
    pill.hidden = near(end());
  }, { passive: true, signal });
  pill.addEventListener("click", () => {
    keep(end);
    follow();
    log.focus();
  }, { signal });
  // Called after layout and before painting: no layout is forced, and no frame shows a jump.
  const observer = new ResizeObserver(follow);
  observer.observe(log);
  observer.observe(byId("thread"));
  signal.addEventListener("abort", () => observer.disconnect());

  return {
    /** Shows the question that comes next, and its answer from the beginning. */
    toQuestion: () => keep(question),
    /** Has the view keep to another place until the reader scrolls; where `place` returns none, to the end. */
    keep,
    isAtEnd: () => near(end()),
  };
}
