// The text in the box over a reload: in the tab's own storage, until it is sent.

/** Opens the draft of a chat; where nothing may be stored there is none, and nothing is said about it. */
export function openDraft(keeping, name) {
  const key = `${name}:draft`;
  function attempt(act) {
    try {
      if (keeping !== "none") return act(sessionStorage);
    } catch {
      // The text stands in the box all the same.
    }
  }
  return {
    load: () => attempt((storage) => storage.getItem(key)) ?? "",
    keep: (text) => attempt((storage) => (text ? storage.setItem(key, text) : storage.removeItem(key))),
  };
}
