// Calls in which memfs uses chance, or timers that keep a process alive.
//
// In a simulated world nothing happens by itself, so a watcher is no reason for the process to stay: every watcher is
// as with `persistent: false`. fs.watchFile still looks at real intervals, as there is no other moment for it.

import type { Volume } from "memfs";
import { split } from "#fs-view/node-calls";
import type { Callback } from "#fs-view/call";

type Loose = (...given: unknown[]) => unknown;

export interface QuietMethods {
  watch(path: unknown, ...given: unknown[]): unknown;
  watchFile(path: unknown, ...given: unknown[]): unknown;
  mkdtempSync(prefix: unknown, options?: unknown): unknown;
  mkdtemp(prefix: unknown, ...given: unknown[]): void;
}

/** @param memfs the volume's own methods, before these take their place */
export function quietMethods(memfs: Volume): QuietMethods {
  const watch = memfs.watch.bind(memfs) as Loose;
  const watchFile = memfs.watchFile.bind(memfs) as Loose;
  let made = 0;

  const makeTemporary = (prefix: unknown, options: unknown): unknown => {
    if (typeof prefix !== "string" || prefix === "") throw new TypeError("filename prefix is required");
    for (;;) {
      const path = `${prefix}${String(made++).padStart(6, "0")}`;
      if (memfs.existsSync(path)) continue;
      memfs.mkdirSync(path, 0o700);
      const isBuffer = options === "buffer" || (options as { encoding?: string } | undefined)?.encoding === "buffer";
      return isBuffer ? Buffer.from(path) : path;
    }
  };

  return {
    watch(path, ...given) {
      const [options, listener] = withListener(given);
      const watcher = watch(path, options, listener) as { ref: () => unknown };
      watcher.ref = () => watcher;
      return watcher;
    },
    watchFile(path, ...given) {
      const [options, listener] = withListener(given);
      const watcher = watchFile(path, options, listener) as { ref: () => unknown };
      watcher.ref = () => watcher;
      return watcher;
    },
    mkdtempSync: makeTemporary,
    mkdtemp(prefix, ...given) {
      const [[options], callback] = split<unknown>(given);
      settle(() => makeTemporary(prefix, options), callback);
    },
  };
}

/** Does the work now, and tells the callback when the caller's code has returned. */
export function settle<T>(work: () => T, callback: Callback<T>): void {
  let answer: () => void;
  try {
    const value = work();
    answer = () => callback(null, value);
  } catch (error) {
    answer = () => callback(error);
  }
  queueMicrotask(answer);
}

function withListener(given: readonly unknown[]): [options: object, listener: unknown] {
  const [first, second] = given;
  if (typeof first === "function") return [{ persistent: false }, first];
  const options = typeof first === "string" ? { encoding: first } : (first ?? {});
  return [{ ...options, persistent: false }, second];
}
