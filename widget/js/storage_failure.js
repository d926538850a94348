// The line that says why the browser keeps the chat no longer, and the way on. It is loaded when storage fails.

import { byId } from "./element.js";

/** The line and its button by the name of the failure; `reload` where only the document itself can go on. */
const LINES = {
  QuotaExceededError: { text: words.storage_full, button: words.retry },
  // Not a failure of the browser's own: it or its visitor has deleted what it kept.
  Closed: { text: words.storage_gone, button: words.keep_again },
  VersionError: { text: words.storage_newer, button: words.reload, reload: true },
};

const OTHER = { text: words.storage_failed, button: words.retry };

/**
 * Shows the line until the way on has led somewhere.
 * @param {string} failure its name
 * @param {() => Promise<boolean>} recover stores everything again, and tells if it did
 */
export function showFailure(failure, recover) {
  document.getElementById("storage")?.remove();
  const line = document.createElement("div");
  line.id = "storage";
  line.className = "notice";
  line.setAttribute("role", "status");
  const said = document.createElement("p");
  const button = document.createElement("button");
  const { text, button: name, reload } = LINES[failure] ?? OTHER;
  button.className = "chip";
  button.textContent = name;
  line.append(said, button);
  byId("composer").before(line);
  // A status is read out when it changes, and not when it comes.
  said.textContent = text;
  button.onclick = async () => {
    if (reload) return location.reload();
    if (!(await recover())) return;
    line.remove();
    byId("text").focus();
  };
}
