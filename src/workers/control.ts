// The few words of memory that the main thread and its workers share: what workers look at between two executions.
//
// A worker runs without a break and receives no message meanwhile, so it is told to stop, or to divide what it has, here.

/** Whole numbers. */
const STOP = 0;
const HUNGRY = 1;
const TICKETS = 2;
const CALLS = 3;
const WORDS = 4;

/** Milliseconds that a worker is left alone with its parts before it is asked to divide them. */
export const UNDIVIDED = 40;

/** What a worker tells of the work it is at: executions, blocked ones, findings, and the share of the tree explored. */
const FIELDS = 4;

export interface Told {
  readonly executions: number;
  readonly blocked: number;
  readonly findings: number;
  readonly share: number;
}

export class Control {
  readonly memory: SharedArrayBuffer;
  readonly #words: Int32Array;
  readonly #told: Float64Array;

  /** @param memory another one's; without it, new memory for so many workers */
  constructor(memory: SharedArrayBuffer | number) {
    this.memory =
      typeof memory === "number" ? new SharedArrayBuffer(WORDS * 4 + Math.max(1, memory) * FIELDS * 8) : memory;
    this.#words = new Int32Array(this.memory, 0, WORDS);
    this.#told = new Float64Array(this.memory, WORDS * 4);
  }

  get isStopped(): boolean {
    return Atomics.load(this.#words, STOP) !== 0;
  }

  set isStopped(stops: boolean) {
    Atomics.store(this.#words, STOP, stops ? 1 : 0);
  }

  /** How many workers have nothing to do. */
  set hungry(workers: number) {
    Atomics.store(this.#words, HUNGRY, workers);
  }

  /** Whether somebody has nothing to do, and the caller is the one to divide its work with him. */
  claimsHunger(): boolean {
    if (Atomics.load(this.#words, HUNGRY) <= 0) return false;
    return Atomics.sub(this.#words, HUNGRY, 1) > 0;
  }

  /** Whether a worker thread has something to say, and the main thread, which is at work itself, has not listened yet. */
  get isCalled(): boolean {
    return Atomics.load(this.#words, CALLS) > 0;
  }

  /** Called by a worker thread before it ends a task. */
  call(): void {
    Atomics.add(this.#words, CALLS, 1);
  }

  /** Called by the main thread when it has heard of a task that has ended. */
  answer(): void {
    Atomics.sub(this.#words, CALLS, 1);
  }

  /** Executions that may still be made by all together. */
  get tickets(): number {
    return Math.max(0, Atomics.load(this.#words, TICKETS));
  }

  set tickets(executions: number) {
    Atomics.store(this.#words, TICKETS, Math.min(executions, 0x7fff_ffff));
  }

  /** Whether one more execution is allowed; it counts from now on. */
  takesTicket(): boolean {
    for (let left = this.tickets; left > 0; left = this.tickets) {
      if (Atomics.compareExchange(this.#words, TICKETS, left, left - 1) === left) return true;
    }
    return false;
  }

  /** The execution was not needed. */
  returnTicket(): void {
    Atomics.add(this.#words, TICKETS, 1);
  }

  /** @param worker from 0 */
  tell(worker: number, told: Told): void {
    this.#told.set([told.executions, told.blocked, told.findings, told.share], worker * FIELDS);
  }

  told(worker: number): Told {
    const [executions = 0, blocked = 0, findings = 0, share = 0] = this.#told.subarray(worker * FIELDS);
    return { executions, blocked, findings, share };
  }
}

export const NOTHING_TOLD: Told = { executions: 0, blocked: 0, findings: 0, share: 0 };
