// Calls of the API (contract §7).

/**
 * Calls the API; a refusal is thrown as its problem document with `refused`, silence as an empty object.
 * @param {{ token?: string, body?: object, headers?: object, signal?: AbortSignal }} request
 */
export async function call(method, path, { token, body, headers, signal } = {}) {
  const response = await fetch(path, {
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
