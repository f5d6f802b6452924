// A row of cells that threads share without taking a point for each access: descriptor slots, names, counts.
//
// In Haiku each of these accesses is made under a lock that nobody waits for long (the table's, devfs'). Here it
// is atomic and belongs to the step it happens in, recorded for each cell, so that work on different cells
// stays independent. That alone would tie an access to the operation before it: if two threads had conflicting
// operations, the order of their accesses to the cell would have to follow the order of those operations, and
// closing a descriptor between another thread's operation and its next lookup would never be tried. So, as with
// unlocks (src/kernel/simulation.ts, marks): once a thread is seen to empty a cell that another one looks into,
// the cell is marked, the exploration starts again, and access to it is a point of its own.
//
// Invariants:
//   - cell n is object `first + n` in footprints, whoever touches it first;
//   - filling a cell for the first time needs no mark: who looks into it has its number from the one who filled it.

import type { Status } from "#base/status";
import { B_OK } from "#base/status";
import { unlocksFirst } from "#kernel/access-point";
import type { Kernel } from "#kernel/kernel";
import { KernelObject } from "#kernel/kernel-object";
import { newObjectNumbers } from "#kernel/numbers";
import { OperationKind, type Operation } from "#kernel/operation";
import type { Thread } from "#kernel/thread";

/** Who has touched a cell since exploring began. */
interface Visits {
  readonly visitors: Thread[];
  readonly emptiers: Thread[];
}

/** Numbered shared cells. Subclasses hold the content; this class records who touches which. */
export class ContendedCells extends KernelObject {
  readonly #first: number;
  readonly #type: string;
  #visits: Map<number, Visits> | null = null;

  /** @param count how many cells there are */
  constructor(kernel: Kernel, type: string, name: string, count: number) {
    super(kernel, name);
    this.#type = type;
    this.#first = newObjectNumbers(kernel.simulation, count);
  }

  get type(): string {
    return this.#type;
  }

  /** Whether threads contend for this cell, so that access to it is a point: `if (...) yield* this.point(cell)`. */
  isContended(cell: number): boolean {
    const { current, options, hasMarks, isPlain } = this.kernel.simulation;
    if (isPlain) return false;
    if (hasMarks && options.marks.has(this.#first + cell)) return true;
    unlocksFirst(current); // what follows is no point
    return false;
  }

  /** The point before an access to a contended cell. */
  point(cell: number): Operation<Status> {
    return this.kernel.simulation.operate(OperationKind.point, this, cell);
  }

  enabled(): boolean {
    return true;
  }

  perform(thread: Thread): void {
    thread.complete(B_OK);
  }

  /** The running step reads the cell's content. */
  protected looks(cell: number): void {
    const { simulation } = this.kernel;
    // In measured time, and unrecorded, nobody asks who looks where; each call on a file does it three times.
    if (!simulation.footprint.isKept && simulation.recorder === null) return;
    unlocksFirst(simulation.current);
    simulation.footprint.read(this.#first + cell);
    this.#ordered(cell, 1);
    this.#visited(cell, false);
  }

  /** The running step only sees that the cell is there; its content does not matter. */
  protected passes(cell: number): void {
    const { simulation } = this.kernel;
    unlocksFirst(simulation.current);
    simulation.footprint.read(this.#first + cell);
    this.#ordered(cell, 1);
  }

  /** The running step writes the cell, in a way that takes nothing from anybody. */
  protected fills(cell: number): void {
    const { simulation } = this.kernel;
    unlocksFirst(simulation.current);
    simulation.footprint.write(this.#first + cell);
    this.#ordered(cell, 3);
    this.#visited(cell, false);
  }

  /** The running step writes the cell, and no order with others' accesses can come of it but by other cells. */
  protected counts(cell: number): void {
    const { simulation } = this.kernel;
    unlocksFirst(simulation.current);
    simulation.footprint.write(this.#first + cell);
    this.#ordered(cell, 3);
  }

  /** The running step reads, or writes, a cell that nothing protects in Haiku: it orders nobody. */
  protected touchesUnprotected(cell: number, writes: boolean): void {
    const { footprint, current } = this.kernel.simulation;
    unlocksFirst(current);
    if (writes) footprint.write(this.#first + cell);
    else footprint.read(this.#first + cell);
  }

  /** The running step takes the cell's content away from whoever would look next. */
  protected empties(cell: number): void {
    const { simulation } = this.kernel;
    unlocksFirst(simulation.current);
    simulation.footprint.write(this.#first + cell);
    simulation.changed = true;
    this.#ordered(cell, 3);
    this.#visited(cell, true);
  }

  // Whatever protects the cells in Haiku orders those who come by.
  #ordered(cell: number, direction: 1 | 3): void {
    const { recorder } = this.kernel.simulation;
    recorder?.ordered({ name: this.name, type: this.#type, number: this.#first + cell }, direction);
  }

  #visited(cell: number, empties: boolean): void {
    const { simulation } = this.kernel;
    const thread = simulation.current;
    if (thread === null || simulation.inSetup || !simulation.scheduler.adversarial || this.isContended(cell)) return;
    this.#visits ??= new Map();
    let visits = this.#visits.get(cell);
    if (visits === undefined) {
      visits = { visitors: [], emptiers: [] };
      this.#visits.set(cell, visits);
    }
    const others = empties ? visits.visitors : visits.emptiers;
    if (others.some((other) => mayRace(other, thread))) simulation.mark({ number: this.#first + cell });
    const own = empties ? visits.emptiers : visits.visitors;
    if (!own.includes(thread)) own.push(thread);
  }
}

// The last thread of a team, when it leaves for all, comes after whatever the others of that team did.
function mayRace(other: Thread, thread: Thread): boolean {
  if (other === thread) return false;
  return !(thread.leftTeam && other.leftTeam && other.team === thread.team);
}
