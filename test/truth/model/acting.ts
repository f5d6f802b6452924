// One thread at its step: what all instructions have in common, and what it is to wait.

import type { How } from "../program.js";
import type { Code } from "./code.js";
import type { State, ThreadState } from "./state.js";

/** The simulated kernel's panic, or an assertion of the program: the execution ends. */
export class Failure extends Error {}

/** Ends the execution with a panic of this text, numbers left out. */
export function panic(text: string): never {
  throw new Failure(`panic: ${text}`);
}

export class Acting {
  protected readonly state: State;
  protected readonly code: Code;
  /** The thread's place among all. */
  protected readonly me: number;
  protected readonly thread: ThreadState;

  constructor(state: State, code: Code, me: number) {
    this.state = state;
    this.code = code;
    this.me = me;
    this.thread = state.threads[me] as ThreadState;
  }

  /** The status with which a wait ends before it begins; null when it is to block. */
  protected atOnce(how: How, whenZero: string): string | null {
    if (how === "zero") return whenZero;
    return how === "interruptible" && this.thread.signalled ? "B_INTERRUPTED" : null;
  }

  protected block(waitsFor: string, timed: boolean, interruptible: boolean): void {
    Object.assign(this.thread, { life: "waiting", waitsFor, timed, interruptible });
  }

  protected wake(thread: number, status: string): void {
    const state = this.state.threads[thread] as ThreadState;
    Object.assign(state, { life: "ready", waitsFor: "", timed: false, interruptible: false, given: status });
  }

  /** A wait ends by its time or a signal: the thread leaves the queue. */
  protected endWait(thread: number, status: string): void {
    const { locks, semaphore } = this.state;
    for (const lock of Object.values(locks)) remove(lock.queue, (each) => each === thread);
    this.state.entries = this.state.entries.filter((each) => each.thread !== thread || !each.waiting);
    remove(semaphore.queue, (each) => each.thread === thread);
    this.serveSemaphore();
    this.wake(thread, status);
  }

  protected say(value: string | number): void {
    this.thread.log.push(value);
    this.thread.last = value;
  }

  protected note(value: string | number): void {
    this.say(value);
    this.next();
  }

  protected next(to: number = this.thread.at + 1): void {
    this.thread.at = to;
    this.thread.given = null;
  }

  protected serveSemaphore(): void {
    const { semaphore } = this.state;
    for (
      let [first] = semaphore.queue;
      first !== undefined && first.count <= semaphore.available;
      [first] = semaphore.queue
    ) {
      semaphore.queue.shift();
      semaphore.available -= first.count;
      this.wake(first.thread, "B_OK");
    }
  }
}

function remove<T>(list: T[], isMeant: (each: T) => boolean): void {
  const place = list.findIndex(isMeant);
  if (place >= 0) list.splice(place, 1);
}
