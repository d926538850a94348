// The document around the conversation: text box, log, live region, clicks. All of it is static HTML,
// at work before the app has arrived, so that focus, caret and what was typed survive its arrival.

/** Pixels above the end of the log that still count as its end. */
const SLACK = 40;
/** Characters left from which on the counter is shown. */
const NEAR_LIMIT = 200;

export const part = (id) => document.getElementById(id);

/** While an input method composes, Enter and Escape are its own; 229 is what older engines say. */
const isComposing = (event) => event.isComposing || event.keyCode === 229;

/** The text box. `heard` takes `submit`, `stop`, `edit` and `leave`. */
export function composer(heard) {
  const form = part("composer");
  const field = part("text");
  const button = part("send");
  const count = part("count");
  const max = Number(field.dataset.max);
  const grows = CSS.supports("field-sizing", "content");
  let busy = false;

  function fit() {
    if (!grows) {
      field.style.height = "auto";
      field.style.height = `${field.scrollHeight}px`;
    }
    // A limit counts what people would: not UTF-16 units.
    const left = max - [...field.value].length;
    count.hidden = left >= NEAR_LIMIT || !field.value;
    count.className = left < 0 ? "over" : "";
    count.textContent = count.hidden ? "" : left;
  }

  function set(text) {
    field.value = text;
    fit();
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    // Enter never stops a reply; the button, pressed, does.
    heard(event.submitter && busy ? "stop" : "submit");
  });
  field.addEventListener("input", () => {
    fit();
    heard("edit");
  });
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || isComposing(event)) return;
    event.preventDefault();
    form.requestSubmit();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !isComposing(event)) heard("leave");
  });

  return {
    text: () => field.value,
    fits: () => [...field.value].length <= max && field.value.trim() !== "",
    empty: () => set(""),
    /** Puts a text back, before what was typed since. */
    restore: (text) => set(field.value ? `${text}\n${field.value}` : text),
    focus: () => field.focus(),
    settle(isBusy, isDeclined) {
      busy = isBusy;
      button.toggleAttribute("data-stop", busy);
      button.setAttribute("aria-label", busy ? "Stop" : "Send");
      field.setAttribute("aria-invalid", isDeclined);
    },
  };
}

/** Keeps the newest words in view for a reader who is at the end, and never moves another's page. */
export function scroll() {
  const log = part("log");
  const pill = part("latest");
  /** What the view keeps to while the log grows: its `end`, the last `question`, or nothing. */
  let keeps = "end";
  /** Where the view was put last: a scroll event comes late, and one from here says nothing about the reader. */
  let placed = 0;

  const end = () => log.scrollHeight - log.clientHeight;
  /** The end, but no further than the last question at the top: a long answer is read from its beginning. */
  function question() {
    const turn = [...log.querySelectorAll(".turn")].at(-1);
    const above = turn ? turn.getBoundingClientRect().top - log.getBoundingClientRect().top : Infinity;
    return Math.min(end(), log.scrollTop + above);
  }
  const near = (top) => Math.abs(top - log.scrollTop) < SLACK;
  function follow() {
    if (keeps) log.scrollTop = keeps === "end" ? end() : question();
    placed = log.scrollTop;
    pill.hidden = near(end());
  }
  function keep(what) {
    keeps = what;
    placed = log.scrollTop;
    pill.hidden = true;
  }

  log.addEventListener("scroll", () => {
    if (log.scrollTop === placed) return;
    const stays = keeps === "question" && near(question());
    keeps = stays ? keeps : near(end()) ? "end" : "";
    pill.hidden = near(end());
  }, { passive: true });
  pill.addEventListener("click", () => {
    keep("end");
    follow();
    log.focus();
  });
  // Told after layout and before painting: no layout is forced, and no frame shows a jump.
  const observer = new ResizeObserver(follow);
  observer.observe(log);
  observer.observe(part("thread"));

  return {
    /** Shows the question that comes next, and its answer from the beginning. */
    toQuestion: () => keep("question"),
  };
}

/** Has a screen reader say something once. */
export function announce(text) {
  const status = part("status");
  status.textContent = "";
  // Filled later, or the same words would not be said again.
  setTimeout(() => (status.textContent = text), 60);
}

/** Reads clicks in what the app draws: its buttons, and links to the page's own origin. */
export function clicks(origin, { press, say, navigate }) {
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    const button = event.target.closest("[data-do]");
    if (link && link.origin === origin && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      navigate(link.href);
    } else if (button) {
      const { do: deed } = button.dataset;
      const code = button.closest(".code");
      if (deed === "say") say(button.textContent);
      else if (deed === "copy" && code) copy(code.querySelector("pre").textContent);
      else press(deed, button.closest(".turn")?.dataset.id ?? "");
      if (deed === "copy") flash(button);
    }
  });
}

/** Has a copy button say for a moment that it has copied. */
function flash(button) {
  button.dataset.done = "";
  setTimeout(() => delete button.dataset.done, 1600);
}

/** Copies a text. Where there is no clipboard, as in a frame of an http page, CSS hides the buttons. */
export function copy(text) {
  navigator.clipboard?.writeText(text).then(() => announce("Copied"), () => announce("Not copied"));
}
