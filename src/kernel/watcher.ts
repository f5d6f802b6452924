// What strategies that reverse races need to be told, beside footprints.

import type { Thread } from "#kernel/thread";

/** What can be had or not: a kernel object, or the place on top of those who stand aside (src/kernel/access-point.ts). */
export interface Takeable {
  /** Its number in footprints. */
  readonly number: number;
  availability(): number;
}

/** Sees what footprints do not say: what could be had before a step took it, and who was woken by whom. */
export interface Watcher {
  /** The running step is about to take `object`, whose availability is still that before it. */
  taken(object: Takeable): void;
  /** The running step takes the thread's pending operation away: it is refused. Called before that. */
  refused(thread: Thread): void;
  /** `thread` is being woken, or started, by the running step of `by`. Called before that. */
  woken(thread: Thread, by: Thread | null): void;
}
