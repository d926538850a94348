// base64url without padding (RFC 4648 §5), and texts as bytes.

const encoder = new TextEncoder();

/** Returns the bytes of a text in UTF-8. */
export const bytesOf = (text) => encoder.encode(text);

/** Encodes bytes. */
export const encode = (bytes) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

/** Decodes bytes. */
export const decode = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));

/** Computes SHA-256; only a secure context can. */
export const sha256 = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
