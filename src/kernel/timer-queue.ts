// Pending timers in measured time, earliest first; equal times in the order in which they were set.

import type { Thread } from "#kernel/thread";

interface Timer {
  readonly thread: Thread;
  /** Nanoseconds of virtual time. */
  readonly at: number;
}

export class TimerQueue {
  readonly #timers: Timer[] = [];

  add(thread: Thread, at: number): void {
    let place = this.#timers.length;
    while (place > 0 && (this.#timers[place - 1]?.at ?? 0) > at) place--;
    this.#timers.splice(place, 0, { thread, at });
  }

  remove(thread: Thread): void {
    const place = this.#timers.findIndex((timer) => timer.thread === thread);
    if (place >= 0) this.#timers.splice(place, 1);
  }

  first(): Timer | null {
    return this.#timers[0] ?? null;
  }

  every(test: (thread: Thread) => boolean): boolean {
    return this.#timers.every((timer) => test(timer.thread));
  }
}
