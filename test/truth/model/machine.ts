// The abstract machine: what each instruction does, written from what Haiku does (facts: haiku.md, sections 3 to 5) and
// not from the simulated kernel. Every instruction is one step; whatever queues, queues, and is served first come, first
// served; an unlock hands the lock to the first in the queue at once.
//
// The simulated kernel makes fewer and larger steps of the same program: unlocks that are left movers, a lock and what
// follows it, a spawn. That this changes no end state is what the comparison with this machine shows.

import { Failure, panic } from "./acting.js";
import type { Code, Instruction } from "./code.js";
import { newThread, NOBODY, type State, type ThreadState } from "./state.js";
import { Waiting } from "./waiting.js";

/** A choice: which thread, whether its wait times out, and which of several outcomes its step has. */
export interface Move {
  readonly thread: number;
  readonly timesOut: boolean;
  readonly alternative: number;
}

/** The status of a semaphore that is gone, as a number. */
const BAD_SEM_ID = -0x8000_0000 + 0x1000;

/** Every move that is possible. */
export function movesOf(state: State, code: Code, wakeups: "fifo" | "any"): Move[] {
  if (state.failure !== null) return [];
  return state.threads.flatMap((thread, place): Move[] => {
    if (thread.life === "waiting" && thread.timed) return [{ thread: place, timesOut: true, alternative: 0 }];
    if (thread.life !== "ready") return [];
    const instruction = code[thread.code]?.[thread.at];
    const count = alternatives(state, instruction, wakeups);
    return Array.from({ length: count }, (_, alternative) => ({ thread: place, timesOut: false, alternative }));
  });
}

function alternatives(state: State, instruction: Instruction | undefined, wakeups: "fifo" | "any"): number {
  if (instruction?.do === "choose") return instruction.count;
  if (instruction?.do === "notify" && !instruction.all && wakeups === "any") return Math.max(1, state.entries.length);
  return 1;
}

/** Makes a move: changes the state. */
export function make(state: State, code: Code, move: Move): void {
  new Step(state, code, move).make();
}

class Step extends Waiting {
  readonly #move: Move;

  constructor(state: State, code: Code, move: Move) {
    super(state, code, move.thread);
    this.#move = move;
  }

  make(): void {
    if (this.#move.timesOut) return this.endWait(this.me, "B_TIMED_OUT");
    const instruction = this.code[this.thread.code]?.[this.thread.at];
    try {
      if (instruction === undefined) this.#die(true);
      else this.#perform(instruction);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      this.state.failure = error.message;
    }
  }

  #perform(instruction: Instruction): void {
    switch (instruction.do) {
      case "lock":
        return this.lock(instruction.lock, instruction.ask, instruction.otherwise);
      case "unlock":
        this.unlock(instruction.lock);
        return this.next();
      case "switch":
        if (this.thread.given === null) this.unlock(instruction.from);
        return this.lock(instruction.lock, "wait", instruction.otherwise);
      case "transfer": {
        const lock = this.state.locks[instruction.lock];
        if (lock.holder !== this.me) panic("mutex_transfer_lock(): current thread is not the lock holder!");
        lock.holder = instruction.to;
        return this.next();
      }
      case "destroy":
        return this.destroy(instruction.lock);
      case "is-held":
        return this.note(this.state.locks[instruction.lock].holder === this.me ? 1 : 0);
      case "recursion":
        return this.note(this.state.locks.r.holder === this.me ? this.state.locks.r.depth : -1);
      case "rw-lock":
        return this.rwLock(instruction.writes, instruction.otherwise);
      case "rw-unlock":
        return this.rwUnlock(instruction.writes);
      case "rw-destroy":
        return this.rwDestroy();
      default:
        return this.#performWait(instruction);
    }
  }

  #performWait(instruction: Instruction): void {
    const { semaphore } = this.state;
    switch (instruction.do) {
      case "wait":
        return this.wait(instruction.lock, instruction.how);
      case "relock":
        return this.relock(instruction.lock);
      case "note-wait":
        return this.note(this.thread.waitResult);
      case "add-entry":
        if (this.thread.entry === null) {
          this.thread.entry = { status: null };
          this.state.entries.push({ thread: this.me, added: true, waiting: false });
        }
        return this.next();
      case "wait-entry":
        return this.waitEntry(instruction.how);
      case "notify": {
        const count = this.notify(
          instruction.all ? this.state.entries.length : 1,
          instruction.status,
          this.#move.alternative,
        );
        return instruction.silent ? this.next() : this.note(count);
      }
      case "acquire":
        return this.acquire(instruction.count, instruction.how);
      case "release":
        if (semaphore.deleted) return this.note("B_BAD_SEM_ID");
        semaphore.available += instruction.count;
        this.serveSemaphore();
        return this.note("B_OK");
      case "release-all":
        this.wakeSemaphore("B_OK"); // the kernel of August 2023 knew no other status
        return this.note(semaphore.deleted ? "B_BAD_SEM_ID" : "B_OK");
      case "count":
        return this.note(
          semaphore.deleted
            ? BAD_SEM_ID
            : semaphore.queue.reduce((left, { count }) => left - count, semaphore.available),
        );
      case "delete":
        if (semaphore.deleted) return this.note("B_BAD_SEM_ID");
        semaphore.deleted = true;
        this.wakeSemaphore("B_BAD_SEM_ID");
        return this.note("B_OK");
      default:
        return this.#performData(instruction);
    }
  }

  #performData(instruction: Instruction): void {
    const { cells } = this.state;
    switch (instruction.do) {
      case "atomic":
        return this.#atomic(instruction.on, instruction.act, instruction.value);
      case "get":
        return this.note(cells[instruction.on] ?? 0);
      case "set":
        cells[instruction.on] = instruction.value;
        return this.next();
      case "increment":
        cells[instruction.on] = (cells[instruction.on] ?? 0) + 1;
        return this.next();
      case "copy":
        cells[1 - instruction.on] = cells[instruction.on] ?? 0;
        return this.next();
      case "assert":
        if (cells[instruction.on] === instruction.value) throw new Failure("assertion: the cell is #");
        return this.next();
      case "jump-unless-cell":
        return this.next(cells[instruction.on] === instruction.value ? undefined : instruction.to);
      case "jump-unless-last":
        return this.next(this.thread.last === instruction.value ? undefined : instruction.to);
      case "jump":
        return this.next(instruction.to);
      case "choose":
        return this.note(this.#move.alternative);
      case "say":
        return this.note(instruction.text);
      default:
        return this.#performThread(instruction);
    }
  }

  #performThread(instruction: Instruction): void {
    switch (instruction.do) {
      case "spawn": {
        const name = `${this.thread.name}.${++this.thread.children}`;
        this.thread.child = this.state.threads.length;
        const life = instruction.suspended ? "suspended" : "ready";
        this.state.threads.push({ ...newThread(name, instruction.code, instruction.suspended), life });
        return this.next();
      }
      case "resume":
      case "join":
      case "signal": {
        const target = this.#targetOf(instruction.whom);
        if (target === null) return this.next();
        if (instruction.do === "resume") return this.#resume(target);
        return instruction.do === "join" ? this.#join(target) : this.#signal(target);
      }
      case "exit":
        return this.#die(false);
      case "nothing":
        return this.next();
      default:
        throw new Error(`no such instruction: ${instruction.do}`);
    }
  }

  // --- data ---

  #atomic(on: number, act: "get" | "set" | "add" | "test-and-set", value: number): void {
    const { atomics } = this.state;
    const before = atomics[on] ?? 0;
    if (act === "add") atomics[on] = before + value;
    else if (act === "set" || (act === "test-and-set" && before === 0)) atomics[on] = value;
    if (act === "set") this.next();
    else this.note(before);
  }

  // --- threads ---

  #targetOf(whom: number | "child" | "extra"): number | null {
    if (typeof whom === "number") return whom;
    if (whom === "extra") return this.state.threads.findIndex((thread) => thread.name === "extra");
    return this.thread.child === NOBODY ? null : this.thread.child;
  }

  #resume(target: number): void {
    const thread = this.state.threads[target] as ThreadState;
    if (thread.life !== "suspended") return this.note("B_BAD_THREAD_STATE");
    thread.life = "ready";
    this.note("B_OK");
  }

  #join(target: number): void {
    const thread = this.state.threads[target] as ThreadState;
    if (this.thread.given !== null) return this.note(this.thread.given);
    if (target === this.me) return this.note("EDEADLK");
    if (thread.life === "suspended") thread.life = "ready";
    if (thread.life === "dead") return this.note("B_OK");
    this.block(thread.name, false, false);
  }

  #signal(target: number): void {
    const thread = this.state.threads[target] as ThreadState;
    if (thread.life === "dead") return this.note("B_BAD_THREAD_ID");
    thread.signalled = true;
    if (thread.life === "waiting" && thread.interruptible) this.endWait(target, "B_INTERRUPTED");
    this.note("B_OK");
  }

  #die(isDone: boolean): void {
    if (isDone) this.thread.log.push("done");
    this.thread.life = "dead";
    this.state.threads.forEach((thread, place) => {
      if (thread.life === "waiting" && thread.waitsFor === this.thread.name) this.wake(place, "B_OK");
    });
  }
}
