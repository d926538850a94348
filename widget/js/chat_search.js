// The search over all conversations: their questions and answers, the newest first.

import { fold, stretches, wordsOf } from "./fold.js";

/** The most places that are shown, of all conversations and of one. */
const MAX_PLACES = 50;
const MAX_PLACES_OF_ONE = 3;

/** Characters that are shown before a place, and in all. */
const BEFORE = 40;
const AROUND = 160;

/** Texts by their turn, folded once: a search runs at each key. */
const folded = new WeakMap();

function textsOf(turn) {
  if (!folded.has(turn)) folded.set(turn, [turn.user, turn.reply].map(fold));
  return folded.get(turn);
}

/** Returns the first text of a turn that has one of the words, where the two together have all. */
function placeIn(turn, wanted) {
  const texts = textsOf(turn);
  if (!wanted.every((word) => texts.some((text) => text.includes(word)))) return;
  return texts[0].includes(wanted[0]) ? turn.user : turn.reply;
}

/** Returns the place in a text whose folded form has this length up to there. */
function placeAt(text, length) {
  let [at, seen] = [0, 0];
  for (const character of text) {
    if (seen >= length) break;
    seen += character < "\x80" ? 1 : fold(character).length;
    at += character.length;
  }
  return at;
}

/** Returns what stands around the first of the words, in pieces of which every second one is marked. */
function surroundings(text, wanted) {
  const whole = fold(text);
  const first = placeAt(text, Math.min(...wanted.map((word) => whole.indexOf(word)).filter((at) => at >= 0)));
  const from = Math.max(0, first - BEFORE);
  // Half of a character at the edges is none.
  const around = text.slice(from, from + AROUND).replace(/^[\udc00-\udfff]|[\ud800-\udbff]$/g, "");
  const pieces = [];
  let at = 0;
  for (const [begin, end] of stretches(around, wanted)) {
    pieces.push(around.slice(at, begin), around.slice(begin, end));
    at = end;
  }
  pieces.push(around.slice(at));
  if (from) pieces[0] = `…${pieces[0]}`;
  return pieces;
}

/**
 * Finds the places where a turn has all words of a query; a conversation whose title has them is found without a turn.
 * @param {{ chat: import("./archive.js").Chat, name: string }[]} chats
 */
export function findIn(chats, query) {
  const wanted = wordsOf(query);
  const found = [];
  for (const { chat, name } of chats) {
    const title = fold(name);
    const isNamed = wanted.every((word) => title.includes(word));
    if (isNamed) found.push({ chat, name, named: surroundings(name, wanted) });
    let left = MAX_PLACES_OF_ONE;
    for (let at = chat.turns.length; at-- > 0 && left > 0 && found.length < MAX_PLACES; ) {
      const turn = chat.turns[at];
      const text = placeIn(turn, wanted);
      // The first question is the name, where there is no title.
      if (text === undefined || isNamed && !chat.title && text === chat.turns[0].user) continue;
      found.push({ chat, name, turn, pieces: surroundings(text, wanted) });
      left -= 1;
    }
    if (found.length >= MAX_PLACES) break;
  }
  return found;
}
