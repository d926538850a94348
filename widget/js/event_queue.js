// The events of a reply on their way into the app, at most every other frame: a burst is one rendering.

/** Milliseconds from one delivery to the frame of the next: on a screen of 60 Hz half the frames, at half the cost. */
const PACE = 25;

/** Milliseconds after which events are delivered without a frame: a hidden document gets none. */
const NO_FRAME = 120;

/**
 * Makes a queue, whose function adds an event. Pieces of text that wait together are joined: each crossing into WebAssembly costs.
 * @param {(members: { run: number, event_id?: number, event: object, now: number }) => void} deliver
 */
export function makeEventQueue(deliver) {
  const waiting = [];
  let timer, delivered = 0;

  function flush() {
    clearTimeout(timer);
    timer = 0;
    delivered = performance.now();
    for (const members of waiting.splice(0)) deliver(members);
  }

  return (members) => {
    const { run, event } = members;
    const last = waiting.at(-1);
    if (/delta|reasoning/.test(event.name) && last?.event.name === event.name && last.run === run) {
      event.data.text = last.event.data.text + event.data.text;
      waiting.pop();
    }
    waiting.push(members);
    if (timer) return;
    const pause = delivered + PACE - performance.now();
    timer = setTimeout(flush, NO_FRAME);
    if (pause > 0) setTimeout(requestAnimationFrame, pause, flush);
    else requestAnimationFrame(flush);
  };
}
