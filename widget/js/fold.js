// Texts as they are compared in a search: without case, accents and forms of presentation.

/** Folds a text. Upper case, since that of a character never depends on those around it. */
export const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toUpperCase();

/** Returns the folded words of a query. */
export const wordsOf = (query) => fold(query).split(/\s+/).filter(Boolean);

/** Folds a text, and returns for each unit of the result, and for its end, the place in the text that it comes from. */
export function foldWithPlaces(text) {
  const places = [];
  let folded = "";
  let at = 0;
  for (const character of text) {
    const piece = fold(character);
    for (let unit = 0; unit < piece.length; unit += 1) places.push(at);
    folded += piece;
    at += character.length;
  }
  places.push(at);
  return { folded, places };
}

/** Returns the beginnings and ends in a text where one of some folded words stands, in order and apart. */
export function stretches(text, wanted) {
  const { folded, places } = foldWithPlaces(text);
  const found = [];
  for (let from = 0; ; ) {
    const hits = wanted.map((word) => ({ at: folded.indexOf(word, from), word })).filter(({ at }) => at >= 0);
    if (!hits.length) return found;
    const { at, word } = hits.reduce((one, other) => (other.at < one.at ? other : one));
    from = at + word.length;
    // A mark behind a letter folds to nothing, and belongs to it.
    found.push([places[at], places[from]]);
  }
}
