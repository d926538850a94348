// One lock for all tabs of a chat: while one sends, the others can only read along.

/** Makes the lock of a chat. */
export function makeLock(name) {
  let release;
  return {
    /** Waits until no other tab holds the lock; `false` when the wait was given up. */
    async acquire(signal) {
      if (!release) {
        await new Promise((resolve) => {
          const hold = () => new Promise((free) => {
            // A wait that was given up may be granted all the same: nobody would release it.
            if (signal.aborted) free();
            else release = free;
            resolve();
          });
          // Some browsers have no locks, or refuse them to frames together with storage.
          if (navigator.locks) navigator.locks.request(name, { signal }, hold).catch(resolve);
          else resolve();
        });
      }
      return !signal.aborted;
    },

    release() {
      release?.();
      release = null;
    },
  };
}
