// Work that is done at most once a frame: a burst of events is one rendering.

/** Milliseconds after which work is done without a frame: a hidden document gets none. */
const NO_FRAME = 120;

/** Makes a queue; its function adds a task. */
export function makeFrameQueue() {
  const tasks = [];
  let timer;
  function flush() {
    clearTimeout(timer);
    timer = 0;
    for (const task of tasks.splice(0)) task();
  }
  return (task) => {
    tasks.push(task);
    if (timer) return;
    timer = setTimeout(flush, NO_FRAME);
    requestAnimationFrame(flush);
  };
}
