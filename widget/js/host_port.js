// The frame's end of the port to the page (contract §10).

import { toJson } from "../loader/port.js";

/**
 * @typedef {{ type: "options", theme?: string, color?: string, title?: string, locale?: string, storage: string,
 *   layout: string, page: object, context?: object }
 *   | { type: "shown", focus: boolean } | { type: "hidden" } | { type: "send", text: string } | { type: "newChat" }
 * } FromPage
 * @typedef {"usable" | "close" | "navigate" | "message" | "unread" | "error" | "ask_options"} ToPage
 */

const isEmbedded = () => new URLSearchParams(location.search).has("embed");

/** Tells if this window is where the proxy meant it to be: the page itself proves nothing. */
export function isAtHome(boot) {
  const framed = window.parent !== window;
  // The policy of a page with `?embed` names the pages that may frame it.
  if (boot.full_page) return !framed || isEmbedded();
  const page = location.ancestorOrigins?.[0];
  return framed && (page === undefined || page === boot.origin);
}

/**
 * Asks the page for the port, which comes with the first options; a page of its own needs neither.
 * @param {(message: FromPage) => void} receive
 * @returns {Promise<(type: ToPage, members?: object) => void>} posts to the page
 */
export async function connectPage({ full_page, origin }, receive) {
  if (full_page) {
    const answer = (type) => {
      if (type !== "ask_options") return;
      receive({ type: "options", storage: "local", layout: "full" });
    };
    answer("ask_options");
    receive({ type: "shown", focus: !isEmbedded() });
    return answer;
  }
  return new Promise((resolve) => {
    window.addEventListener("message", function connect({ source, origin: sender, data, ports: [port] }) {
      if (source !== window.parent || sender !== origin || !port) return;
      if (data?.porthole !== 1 || data.type !== "connect") return;
      window.removeEventListener("message", connect);
      port.onmessage = ({ data }) => {
        if (!toJson(data)) return;
        receive(data);
        if (data?.type === "options") resolve((type, members) => port.postMessage({ type, ...members }));
      };
    });
    window.parent.postMessage({ porthole: 1, type: "ready" }, origin);
  });
}
