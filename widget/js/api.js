// Calls of the API (contract §7).

/** The API, seen from the folder of this script's build: the proxy may lie below a path of the host. */
const API = new URL("../../api/v1/", import.meta.url);

/**
 * Calls the API; a refusal is thrown as its problem document with `refused`, silence as an empty object.
 * @param {{ token?: string, body?: object, headers?: object, signal?: AbortSignal }} request
 */
export async function call(method, path, { token, body, headers, signal } = {}) {
  const response = await fetch(new URL(path, API), {
    method,
    signal,
    headers: {
      Accept: "application/json",
      ...(token && { Authorization: `Bearer ${token}` }),
      ...(body && { "Content-Type": "application/json" }),
      ...headers,
    },
    body: body && JSON.stringify(body),
  }).catch(() => {
    throw {};
  });
  if (response.ok) return response;
  throw { refused: true, ...(await response.json().catch(() => null)) };
}
