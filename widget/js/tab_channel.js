// News between the tabs of a chat: something was stored.

/** Opens the channel of a chat; `receive` is called when another tab has stored something. */
export function openChannel(name, receive) {
  const channel = globalThis.BroadcastChannel && new BroadcastChannel(name);
  if (channel) channel.onmessage = receive;
  return { notify: () => channel?.postMessage(1), close: () => channel?.close() };
}
