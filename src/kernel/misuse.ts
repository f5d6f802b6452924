// What a thread's code does that no operation is, or hands over that no operation takes, in words.

import { UsageError } from "#base/assert";
import { shown } from "#base/shown";
import type { Thread } from "#kernel/thread";

export function outsideThread(): never {
  throw new UsageError("an operation was performed outside a simulated thread");
}

export function noName(name: unknown): never {
  throw new UsageError(`a thread's name must be a string, not ${shown(name)}`);
}

export function noDuration(duration: unknown): never {
  throw new UsageError(`snooze() takes a number of microseconds, not ${shown(duration)}`);
}

export function yieldedByItself(thread: Thread): UsageError {
  return new UsageError(`thread "${thread.name}" yielded by itself: only yield* operations`);
}
