// A driver's own spinlock (facts: haiku.md, section 2).
//
// Invariants:
//   - it is taken and given back with interrupts off;
//   - one CPU: a word that is not 0 panics at once, nobody can be there to release it;
//   - several CPUs: a thread spins until it is released; when nobody can do so it has spun for a long time.

import { unlocksFirst } from "#kernel/access-point";
import type { Block } from "#kernel/block";
import type { Kernel } from "#kernel/kernel";
import { formatAddress, KernelObject } from "#kernel/kernel-object";
import { OperationKind, type Operation } from "#kernel/operation";
import type { Embedded, Field } from "#kernel/struct";
import type { Thread } from "#kernel/thread";
import { spinlockPanic } from "#sync/spinlock-word";

const HELD = 1;
/** Rounds of spinning after which the kernel panics, and the nanoseconds of one. */
const ROUNDS_MOST = 100_000_000;
const ROUND_COST = 250;

/** A spinlock. */
export class Spinlock extends KernelObject implements Embedded {
  #word = 0;
  #owner: Thread | null = null;
  /** Somebody tried it in vain: for him giving it back is a change. */
  #triedInVain = false;
  readonly #rounds = new Map<Thread, number>();

  constructor(kernel: Kernel, name = "unnamed spinlock", block: Block | null = null) {
    super(kernel, name, block);
  }

  get type(): string {
    return "spinlock";
  }

  /** acquire_spinlock; interrupts must be off. */
  acquire(): Operation<void> {
    return this.kernel.simulation.operate(OperationKind.spinlockAcquire, this);
  }

  /** try_acquire_spinlock: whether it was taken; interrupts must be off. */
  tryAcquire(): Operation<boolean> {
    this.kernel.simulation.mark(this);
    return this.kernel.simulation.operate(OperationKind.spinlockTryAcquire, this);
  }

  /** release_spinlock. */
  release(): void {
    const { simulation } = this.kernel;
    if (simulation.closed) return;
    unlocksFirst(simulation.current);
    this.takes();
    const where = formatAddress(this.address);
    if (simulation.current?.interruptsOff !== true) {
      this.kernel.panic(`release_spinlock: attempt to release lock ${where} with interrupts enabled`);
    }
    if (this.#word !== HELD) this.kernel.panic(`release_spinlock: lock ${where} was already released`);
    this.#word = 0;
    this.#owner = null;
    if (this.#triedInVain) simulation.changed = true;
    this.#triedInVain = false;
    simulation.recorder?.unlocked(this);
  }

  /** InterruptsSpinLocker: `using _ = yield* lock.guard()` turns interrupts off and takes the lock. */
  *guard(): Generator<undefined, Disposable, void> {
    const wereOn = yield* this.kernel.disableInterrupts();
    yield* this.acquire();
    return {
      [Symbol.dispose]: () => {
        this.release();
        this.kernel.restoreInterrupts(wereOn);
      },
    };
  }

  override holder(): Thread | null {
    return this.#owner;
  }

  override availability(): number {
    return this.#word === 0 ? 1 : 0;
  }

  /** The raw word: 0 free, 1 held. */
  get word(): number {
    return this.#word;
  }

  // --- called by the kernel ---

  enabled(thread: Thread): boolean {
    if (thread.pendingKind !== OperationKind.spinlockAcquire || this.kernel.cpuCount === 1) return true;
    return this.#word === 0 || this.#word !== HELD || !thread.interruptsOff;
  }

  perform(thread: Thread): void {
    const tries = thread.pendingKind === OperationKind.spinlockTryAcquire;
    if (tries && this.#word !== 0) this.reads();
    else this.takes();
    if (!thread.interruptsOff) {
      const caller = tries ? "try_acquire_spinlock" : "acquire_spinlock";
      this.kernel.panic(`${caller}: attempt to acquire lock ${formatAddress(this.address)} with interrupts enabled`);
    }
    if (this.#word !== 0) {
      if (tries) {
        this.#triedInVain = true;
        return thread.complete(false);
      }
      return this.#spin(thread);
    }
    this.kernel.spinlocks.note(this, thread.pendingKind);
    this.#word = HELD;
    this.#owner = thread;
    this.#rounds.delete(thread);
    this.kernel.simulation.recorder?.acquired(this, thread);
    thread.complete(tries ? true : undefined);
  }

  fill(word: number): void {
    this.kernel.simulation.footprint.write(this.number);
    this.#word = word;
    this.#owner = null;
  }

  // Measured time on several CPUs: each step spins twice as many rounds as the one before.
  #spin(thread: Thread): void {
    const { scheduler } = this.kernel.simulation;
    const rounds = (this.#rounds.get(thread) ?? 8) * 2;
    if (this.kernel.cpuCount === 1 || scheduler.adversarial || rounds > ROUNDS_MOST) spinlockPanic(this, this.#word);
    this.#rounds.set(thread, rounds);
    scheduler.charge((rounds / 2) * ROUND_COST);
  }
}

/** A spinlock inside a struct. */
export function spinlock(name?: string): Field<Spinlock> {
  return {
    kind: "embedded",
    zero: null as unknown as Spinlock,
    size: 4,
    create: (kernel, block, fieldName) => new Spinlock(kernel, name ?? fieldName, block),
  };
}
