// Notes the milliseconds from each key to the end of the frame that shows it.
bench.keys = [];
addEventListener("keydown", ({ timeStamp }) => requestAnimationFrame(() => {
  const { port1, port2 } = new MessageChannel();
  // A message that is posted before painting arrives after it.
  port1.onmessage = () => bench.keys.push(performance.now() - timeStamp);
  port2.postMessage(null);
}), true);
