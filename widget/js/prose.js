// The part that is loaded behind the usable panel. It reads Markdown, and draws it: the text of an answer becomes nodes
// while it grows. Copies of drawn texts, the reader's place among them, the icons below them and the button of the list
// come with it.

import { APP_ICONS } from "./app_icons.js";
import { above, below, lines } from "./beside.js";
import { copy, copyReply } from "./clipboard.js";
import { clean, load, plain, Prose } from "./glue.js";
import { startHeader } from "./header.js";
import { patch } from "./patch.js";
import { keepPlace } from "./reading_place.js";
import { addSheet } from "./sheet.js";
import { drawIcons } from "./symbols.js";

export { copy, copyReply, keepPlace, startHeader };

/** The text that was read so far, by the element that shows it. */
const known = new WeakMap();

/** Draws the text of an element, which has grown or come to its end. */
export function drawText(element, page) {
  const { text, isWhole } = element;
  let { prose, read } = known.get(element) ?? {};
  if (!prose && read === text) return;
  if (!prose || !text.startsWith(read)) {
    prose?.free();
    prose = new Prose(page);
    read = "";
    element.replaceChildren();
  }
  const piece = text.slice(read.length);
  const [first, nodes] = JSON.parse(isWhole ? prose.finish(piece, text) : prose.push(piece));
  patch(element, nodes, first);
  if (isWhole) prose.free();
  known.set(element, { prose: isWhole ? undefined : prose, read: text });
}

/** Draws the events beside a reply. */
export function drawBeside(element) {
  const { className, thought, duration, lines } = element;
  patch(element, className === "above" ? above(lines, thought, duration, clean) : below(lines, clean));
}

/** Returns a reply as it is said: its words without any mark, and the lines below it. */
export const spoken = (text, events) => [plain(text), ...lines(events)].join("\n");

/** Returns a text without the characters that are not seen. */
export const cleaned = (text) => clean(text);

// A text is not drawn before its style sheet is there.
drawIcons(APP_ICONS);
await Promise.all([load(fetch(new URL("./prose_bg.wasm", import.meta.url))), addSheet("prose")]);
