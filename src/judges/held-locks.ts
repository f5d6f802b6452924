// Who holds which lock at each moment of a trace: events are applied one after the other.
//
// A semaphore is no lock: whoever acquires one need not be who releases it.

import { objectWords, type Story } from "#report/story";
import type { TraceEvent } from "#trace/event";

/** A lock that a thread holds. */
export interface HeldLock {
  readonly number: number;
  /** `mutex "read lock"`. */
  readonly words: string;
  readonly name: string;
  readonly type: string;
  /** Others may have it too: a reader's part of a reader/writer lock. */
  readonly isShared: boolean;
  /** The event in which it was taken, not counting what the thread took on top. */
  readonly taken: TraceEvent;
}

const NONE: readonly HeldLock[] = [];

export class HeldLocks {
  readonly #held = new Map<number, HeldLock[]>();

  /** What this thread holds, in the order in which it was taken. */
  of(thread: number): readonly HeldLock[] {
    return this.#held.get(thread) ?? NONE;
  }

  apply(event: TraceEvent): void {
    if (event.kind === "acquired") this.#acquired(event);
    else if (event.kind === "unlocked" && event.value === 0) this.#drop(event.objectNumber, event.thread);
    else if (event.kind === "step" && (event.text === "destroy" || event.text === "transfer"))
      this.#drop(event.objectNumber);
  }

  #acquired(event: TraceEvent): void {
    if (!isLock(event)) return;
    const isShared = event.text === "read lock";
    if (event.objectType !== "rw lock") this.#dropOthers(event.objectNumber, event.thread);
    const held = this.#held.get(event.thread) ?? [];
    this.#held.set(event.thread, held);
    if (held.some((lock) => lock.number === event.objectNumber)) return;
    held.push({
      number: event.objectNumber,
      words: objectWords(event),
      name: event.object,
      type: event.objectType,
      isShared,
      taken: event,
    });
  }

  #drop(number: number, thread?: number): void {
    for (const [owner, held] of this.#held) {
      if (thread !== undefined && owner !== thread) continue;
      const place = held.findIndex((lock) => lock.number === number);
      if (place >= 0) held.splice(place, 1);
    }
  }

  #dropOthers(number: number, thread: number): void {
    for (const owner of this.#held.keys()) if (owner !== thread) this.#drop(number, owner);
  }
}

/** Whether what was acquired is a lock, which has an owner. */
export function isLock(acquired: TraceEvent): boolean {
  return acquired.objectType !== "semaphore";
}

/** Where a lock was taken: `at step 3 in f (file:line)`. One that was handed over was asked for at the thread's last step. */
export function takenWords(story: Story, taken: TraceEvent): string {
  return story.whenAndWhere(takingStep(story, taken));
}

/** The step in which its thread asked for what it was given in this event. */
export function takingStep(story: Story, taken: TraceEvent): TraceEvent {
  if (taken.frames.length > 0) return taken;
  return story.last(taken.index, (event) => event.kind === "step" && event.thread === taken.thread) ?? taken;
}
