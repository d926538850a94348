// News between the tabs of a chat: something was stored, or the message with this id was sent.

/** Opens the channel of a chat; `receive` is called with the news of other tabs. */
export function openChannel(name, receive) {
  const channel = globalThis.BroadcastChannel && new BroadcastChannel(name);
  if (channel) channel.onmessage = ({ data }) => receive(data);
  return { notify: (news) => channel?.postMessage(news), close: () => channel?.close() };
}
