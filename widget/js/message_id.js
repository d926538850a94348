// Ids of messages.

/** Makes a UUIDv7. (`crypto.randomUUID` needs a secure context, which a frame in an http page is not.) */
export function messageId(now = Date.now()) {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const variant = "89ab"[bytes[8] & 3];
  const id = `${now.toString(16).padStart(12, "0")}7${hex.slice(13, 16)}${variant}${hex.slice(17)}`;
  return id.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
