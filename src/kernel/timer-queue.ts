// Pending timers in measured time, earliest first; equal times in the order in which they were set.

import type { Thread } from "#kernel/thread";

interface Timer {
  readonly thread: Thread;
  /** Nanoseconds of virtual time. */
  readonly at: number;
}

export class TimerQueue {
  /** When the earliest is due; Infinity when there is none. */
  firstAt: number = Number.POSITIVE_INFINITY;
  /** The earliest last, where it is taken from most cheaply. */
  readonly #timers: Timer[] = [];

  add(thread: Thread, at: number): void {
    this.#timers.splice(this.#firstUpTo(at), 0, { thread, at });
    if (at < this.firstAt) this.firstAt = at;
  }

  /** @param at as it was set for */
  remove(thread: Thread, at: number): void {
    for (let place = this.#firstUpTo(at); this.#timers[place]?.at === at; place++) {
      if (this.#timers[place]?.thread !== thread) continue;
      this.#timers.splice(place, 1);
      this.firstAt = this.first()?.at ?? Number.POSITIVE_INFINITY;
      return;
    }
  }

  first(): Timer | null {
    const count = this.#timers.length;
    return count === 0 ? null : (this.#timers[count - 1] ?? null);
  }

  every(test: (thread: Thread) => boolean): boolean {
    return this.#timers.every((timer) => test(timer.thread));
  }

  // The first place whose time is this or an earlier one.
  #firstUpTo(at: number): number {
    let low = 0;
    let high = this.#timers.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#timers[middle]?.at ?? 0) > at) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
