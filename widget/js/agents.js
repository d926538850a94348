// The choice among the agents that a site offers, beside the heading. It is loaded only where there is one.

import { byId } from "./element.js";

/**
 * Offers agents, the one that the conversation is with first.
 * @param {{ id: string, label: string }[]} agents
 * @param {string} [chosen]
 */
export function offer(agents, chosen) {
  const select = document.createElement("select");
  select.id = "agent";
  select.setAttribute("aria-label", words.agent);
  for (const { id, label } of agents) select.add(new Option(label, id, false, id === chosen));
  byId("new").before(select);
}
