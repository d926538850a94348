// The part that proves, loaded once.

let loading;
let attempt = 0;

/**
 * Loads the part. A browser may remember that a module failed; another query is another module.
 * @returns {Promise<typeof import("./proofs.js")>}
 */
export function proofs() {
  loading ??= import(`./proofs.js${attempt ? `?${attempt}` : ""}`).catch((reason) => {
    loading = undefined;
    attempt += 1;
    throw reason;
  });
  return loading;
}
