// Noticing that a thread spins: it goes round a loop without sleeping, changes nothing, and reads the same again and again.
//
// Such a thread is not chosen again before somebody has changed something that its loop touched. What this leaves out is rounds
// that do nothing: an execution with many of them ends like one in which the thread was delayed and did the last few.
//
// Invariants:
//   - whether a thread spins is a property of the trace, the same in equivalent executions: its own steps are compared with
//     its own earlier ones, and from the moment at which a loop is suspected each step that goes on with it reads all
//     that the loop was seen to touch, so that a change of that comes before it or after it in every such execution;
//   - at least three rounds were the same, and during the last two nothing was changed that they touched;
//   - a loop that tests nothing is none that waits: rounds that only take locks and give them back are counted by the thread, and all followed;
//   - it stops where its loop holds least of what it takes and gives back in a round.
// A loop that counts its tries and gives up is explored in every order as long as it goes round no oftener than is free: as many
// rounds as the option `freeRounds` says for a loop of one step, as many steps and three rounds for a longer one; and more for a thread that
// is marked because it is known to count (src/explore/counted-loops.ts). One that counts further spins, and gives up only when nobody
// else can go on (src/kernel/adversary.ts).

import type { Footprint } from "#kernel/footprint";
import { objectOf } from "#kernel/footprint";
import type { KernelObject } from "#kernel/kernel-object";
import type { Thread } from "#kernel/thread";

/** A thread is looked at only after so many steps in a row that changed nothing: looking is not free. A power of 2. */
export const QUIET_STEPS = 16;

/** Rounds that are free for a marked thread: it is known to count its rounds, and to go on after so many at most. */
export const COUNTED_ROUNDS = 20;

/** The longest round, in steps, that is recognised. */
const PERIOD_MOST = 24;

const NONE: Set<number> = new Set();
const NOTHING: Set<KernelObject> = new Set();

/** What is known of a thread whose steps have changed nothing for a while. */
export class Spin {
  readonly #thread: Thread;
  readonly #freeRounds: number;
  /** A number for each step: what it touched, and which operation comes next. */
  readonly #trail: number[] = [];
  /** Steps of a round of the suspected loop; 0 when none is suspected. */
  #period = 0;
  /** Steps that have gone on with it, with nothing changed that it touched. */
  #steps = 0;
  /** The numbers of the objects that it touches, and the objects on which it performs operations. */
  #touched: Set<number> = NONE;
  #objects: Set<KernelObject> = NOTHING;
  /** Something was read that the loop may wait for, or nothing is touched at all. */
  #tests = false;
  /** How much of these it held, at the points of the last round. */
  readonly #held: number[] = [];
  /** Somebody has changed something that it touches since its last step. */
  #stale = false;
  /** That let it go on, so its next step comes after it. */
  #freed = false;

  constructor(thread: Thread, freeRounds: number) {
    this.#thread = thread;
    this.#freeRounds = freeRounds;
  }

  /** The objects that the loop touches, by their numbers. */
  get touched(): ReadonlySet<number> {
    return this.#touched;
  }

  /** A step has changed nothing, and the thread is ready to go on. */
  quiet(footprint: Footprint): void {
    const mark = this.#markOf(footprint);
    this.#trail.push(mark);
    if (this.#trail.length > 4 * PERIOD_MOST) this.#trail.splice(0, 2 * PERIOD_MOST);
    if (this.#period > 0) {
      if (this.#trail.at(-1 - this.#period) === mark) return this.#goesOn(footprint);
      this.#leave(footprint);
    }
    this.#suspect(mark, footprint);
  }

  /** A step has changed something, or the thread waits or is dead: whatever loop it was in is over. */
  ends(footprint: Footprint): void {
    this.#trail.length = 0;
    if (this.#period > 0) this.#leave(footprint);
  }

  /** Another thread's step has changed data, and touched this. */
  notice(step: readonly number[]): void {
    if (this.#period === 0 || !step.some((code) => (code & 1) === 1 && this.#touched.has(objectOf(code)))) return;
    this.#stale = true;
    if (this.#thread.spinning) this.#freed = true;
    this.#thread.spinning = false;
  }

  /** Nobody else can go on: one round more. */
  resume(): void {
    this.#thread.spinning = false;
    this.#steps = this.#enough() - this.#period;
  }

  #suspect(mark: number, footprint: Footprint): void {
    const trail = this.#trail;
    for (let period = 1; period <= PERIOD_MOST && period < trail.length; period++) {
      if (trail[trail.length - 1 - period] !== mark) continue;
      this.#period = period;
      this.#steps = 1;
      this.#touched = new Set();
      this.#objects = new Set();
      this.#tests = false;
      this.#touch(footprint);
      return;
    }
  }

  #goesOn(footprint: Footprint): void {
    this.#touch(footprint);
    this.#steps = this.#stale ? 1 : this.#steps + 1;
    this.#stale = false;
    this.#freed = false;
    const held = this.#heldNow();
    if (this.#steps < this.#enough() || !this.#tests || this.#thread.deferred !== null) return;
    this.#thread.spinning = this.#held.every((each) => each >= held);
  }

  #leave(footprint: Footprint): void {
    if (this.#freed) for (const object of this.#touched) footprint.read(object);
    this.#period = 0;
    this.#steps = 0;
    this.#touched = NONE;
    this.#objects = NOTHING;
    this.#held.length = 0;
    this.#stale = false;
    this.#freed = false;
  }

  // The step joins the loop: it shows all that the loop has touched.
  #touch(footprint: Footprint): void {
    this.#tests ||= footprint.testsSomething;
    const own = footprint.take();
    for (const object of this.#touched) {
      if (!own.includes(object * 2) && !own.includes(object * 2 + 1)) footprint.read(object);
    }
    for (const code of own) this.#touched.add(objectOf(code));
    const { pendingObject, kernel } = this.#thread;
    const standsAside = kernel.simulation.aside?.thread === this.#thread;
    if (pendingObject !== null && !standsAside) this.#objects.add(pendingObject);
  }

  #enough(): number {
    if (this.#thread.kernel.simulation.isMarked(this.#thread)) return COUNTED_ROUNDS * this.#period;
    return Math.max(this.#freeRounds - 1, 2 * this.#period);
  }

  #heldNow(): number {
    let held = this.#thread.interruptsOff ? 1 : 0;
    for (const object of this.#objects) if (object.isHeldBy(this.#thread)) held++;
    this.#held.push(held);
    if (this.#held.length > this.#period) this.#held.shift();
    return held;
  }

  #markOf(footprint: Footprint): number {
    const { pendingKind, pendingObject, argument, argument2, deferred } = this.#thread;
    let mark = mixed(mixed(0x811c9dc5, pendingKind), deferred === null ? 0 : 1);
    mark = mixed(mixed(mixed(mark, pendingObject?.number ?? 0), argument), argument2);
    for (const code of footprint.take()) mark = mixed(mark, code);
    return mark;
  }
}

/**
 * Whether a thread that has just taken a step without changing anything comes back to an operation that it came to before,
 * since it last changed something (Brent's way of finding a cycle: one place is remembered, ever later ones). Cheap: it is
 * asked after every such step.
 */
export function comesBack(thread: Thread): boolean {
  const { pendingObject, pendingKind, quietSteps } = thread;
  // By its number: what a thread stands aside for is made anew each time.
  const isSame = pendingObject !== null && pendingObject.number === thread.quietObject?.number;
  if (isSame && pendingKind === thread.quietKind) return true;
  if ((quietSteps & (quietSteps - 1)) === 0) {
    thread.quietObject = pendingObject;
    thread.quietKind = pendingKind;
  }
  return false;
}

function mixed(mark: number, value: number): number {
  const high = Number.isFinite(value) ? Math.floor(value / 0x1_0000_0000) : 0;
  return Math.imul(Math.imul(mark ^ (value | 0), 0x01000193) ^ high, 0x85ebca6b);
}
