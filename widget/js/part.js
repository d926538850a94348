// Parts of the widget that load behind the usable panel, each once.

/** Returns a function that loads a part of this name, a module beside this file. */
export function makePart(name) {
  let loading;
  let attempt = 0;
  return () => {
    // A browser may remember that a module failed; another query is another module.
    loading ??= import(`./${name}.js${attempt ? `?${attempt}` : ""}`).catch((reason) => {
      loading = undefined;
      attempt += 1;
      throw reason;
    });
    return loading;
  };
}
