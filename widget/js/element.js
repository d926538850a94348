// The parts of the document: static HTML, at work before the app has arrived, so that focus, caret and the text that
// was typed survive its arrival.

/** Returns an element by its id. */
export const byId = (id) => document.getElementById(id);

/** While an input method composes, the keys are its own; 229 is the key code of older engines. */
export const isComposing = (event) => event.isComposing || event.keyCode === 229;
