// The smallest page that makes use of the whole client.

import { openChat } from "./porthole.js";

const main = document.querySelector("main");
const form = document.querySelector("form");
const [turns, notice, stop, again, retry] =
  ["turns", "notice", "stop", "again", "retry"].map((id) => document.getElementById(id));

/** Adds a message and the place of its reply. Texts are text: what a model writes is never markup. */
function show(user, reply = "", end = "complete") {
  const [item, question, answer] = ["li", "p", "p"].map((name) => document.createElement(name));
  question.className = "user";
  question.textContent = user;
  answer.textContent = reply;
  answer.classList.toggle("partial", end !== "complete");
  item.append(question, answer);
  turns.append(item);
  return answer;
}

function showAll() {
  turns.replaceChildren();
  for (const { user, reply, end } of chat.turns) show(user, reply, end);
  again.hidden = !chat.turns.length || !chat.limits.history_turns;
}

/** Shows a message and its reply as it comes; `work` sends or joins it. */
async function follow(user, work) {
  const answer = show(user);
  notice.textContent = "";
  stop.hidden = false;
  again.hidden = retry.hidden = true;
  try {
    await work(({ name, data }) => {
      if (name === "delta") answer.append(data.text);
    });
    showAll();
  } catch (problem) {
    notice.textContent = problem.message;
    retry.hidden = !chat.pending;
  }
  stop.hidden = true;
}

const chat = await openChat({ proxy: main.dataset.proxy }).catch((problem) => {
  notice.textContent = problem.message;
  throw problem;
});
showAll();
main.dataset.bound = chat.isBound;
form.addEventListener("submit", (event) => {
  event.preventDefault();
  const { value } = form.elements.message;
  form.reset();
  follow(value, (listen) => chat.send(value, listen));
});
stop.addEventListener("click", () => chat.stop().catch(({ message }) => (notice.textContent = message)));
again.addEventListener("click", () => {
  const { user } = chat.turns.at(-1);
  const keep = chat.turns.length - 1;
  turns.lastElementChild.remove();
  follow(user, (listen) => chat.send(user, listen, { keep }));
});
retry.addEventListener("click", () => {
  turns.lastElementChild.remove();
  follow(chat.pending, (listen) => chat.retry(listen));
});
if (chat.pending) follow(chat.pending, (listen) => chat.resume(listen));
