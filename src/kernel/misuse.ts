// What a thread's code does that no operation is, in words.

import { UsageError } from "#base/assert";
import type { Thread } from "#kernel/thread";

export function outsideThread(): never {
  throw new UsageError("an operation was performed outside a simulated thread");
}

export function yieldedByItself(thread: Thread): UsageError {
  return new UsageError(`thread "${thread.name}" yielded by itself: only yield* operations`);
}
