// What a simulation asks of a scheduler: who goes on at a point, and what time it is.
//
// Two answer: src/kernel/haiku-scheduler.ts in measured time, src/kernel/adversary.ts while exploring.

import type { Costs } from "#kernel/costs";
import type { HaikuScheduler } from "#kernel/haiku-scheduler";
import type { HeldUp } from "#kernel/held-up";
import type { Thread } from "#kernel/thread";

/** Decides who runs, and keeps the time. */
export interface Scheduler {
  /** Whether waits may end at any moment (adversarial) or when their time has come (measured). */
  readonly adversarial: boolean;
  /** Loops that wait for others and were held up: more rounds of them are left out; null for none. */
  readonly heldUp?: readonly HeldUp[] | null;

  /**
   * The next thread to take a step, or null when nobody can. `from` has arrived at a point, or has blocked or
   * died, or is null at the beginning.
   */
  next(from: Thread | null): Thread | null;

  /** The commonest case of `next`: the running thread takes another step. False, and nothing has happened, where `next` has more to ask. */
  goesOn?(from: Thread): boolean;

  /** The chosen thread's wait ends by time. */
  expire(thread: Thread): void;

  blocked(thread: Thread): void;
  woken(thread: Thread): void;

  /** scheduler_reschedule_if_necessary: a more urgent thread that became ready goes on at the next point. */
  reschedule(): void;

  /** Virtual time in microseconds. */
  now(): number;

  /** Time begins here, in microseconds: something else kept it before. */
  startAt(now: number): void;

  /** The scheduler of a set-up, which is in measured time; without this it is a plain one. */
  forSetup?(costs: Costs): HaikuScheduler;

  /** CPU time, in nanoseconds, that the running thread has used besides its operations (a copy, a cipher). */
  charge(nanoseconds: number): void;
}
