// Points where plain data is touched: before an unlock that waits to be a step of its own (a lock that is marked), so that it can be seen
// held until then, and before each access to data that races: the marked fields and shared values (SimulationOptions.marks).
//
// A getter cannot yield. So at such a point the thread that is about to touch the data stands aside: its code is not left, and the other
// threads' code runs on top of it, from point to point as always, until the strategy chooses the one that stands aside.
//
// Invariants:
//   - one thread at most stands aside: it can go on whenever it is chosen, since who runs on top of it is at a point of his own then.
//     While it stands there, the others' accesses are no points, and their unlocks take effect at once where plain data is touched behind
//     them. So what is not tried: two threads each in the middle of a step, between two plain accesses or before an unlock with an access
//     behind it, at the same time;
//   - whether somebody stands aside is shared data like any other, object 0 of footprints: coming and going write it, an access that is
//     no point because of it reads it. No choice ever disables a thread that was not disabled without it, so partial-order reduction
//     holds as it stands;
//   - with interrupts off on the only CPU there is no point: nobody else could run.
// Not in a step that has not begun with an operation (startIsStep: false), nor in measured time, nor in a set-up. Before accesses to data
// that races not in the oracle setting either.

import { KernelObject } from "#kernel/kernel-object";
import { OperationKind } from "#kernel/operation";
import type { Kernel } from "#kernel/kernel";
import type { Simulation } from "#kernel/simulation";
import type { Thread } from "#kernel/thread";

/** The number, in footprints, of who stands aside: no object has it. */
const ASIDE = 0;

/** Accesses that are no points, while one thread stands aside. */
const PASSES_MOST = 10_000;

/** Somebody stands aside. */
export interface Aside {
  /** Accesses of others since. */
  passes: number;
}

/** A field of a struct, as the object of the operation that waits before its access. */
export class RacyField extends KernelObject {
  readonly type = "field";

  /** @param number the field's own */
  constructor(kernel: Kernel, name: string, number: number) {
    super(kernel, name, null, number);
  }

  enabled(): boolean {
    return true;
  }

  perform(): void {}
}

/** Unwinds a thread that stands aside when the execution is over: it is closed, and what is thrown then counts for nothing. */
class Unwound extends Error {
  override name = "Unwound";
}

/** The running code is about to touch this marked data: others may go first. */
export function pointBefore(data: KernelObject, how: "read" | "write"): void {
  const { simulation } = data.kernel;
  const thread = simulation.current;
  if (thread === null || !simulation.options.startIsStep || !canStandAside(thread, simulation)) return;
  if (simulation.aside !== null) return passBy(thread, data, simulation.aside);
  standAside(thread, how === "read" ? OperationKind.dataRead : OperationKind.dataWrite, data);
}

/**
 * The running code is about to touch plain data: the unlocks of its thread that wait to be steps of their own come first, since the
 * access must not be seen before them. Others may go before each of them; the last and the access are one step.
 */
export function unlocksFirst(thread: Thread | null): void {
  if (thread !== null && thread.deferred !== null) unlockAll(thread, thread.kernel.simulation);
}

function unlockAll(thread: Thread, simulation: Simulation): void {
  if (simulation.closed) return;
  const canStand = canStandAside(thread, simulation);
  if (canStand && simulation.aside !== null) simulation.footprint.read(ASIDE);
  while (thread.deferred !== null) {
    if (canStand && simulation.aside === null) standAside(thread, OperationKind.mutexUnlock, thread);
    thread.applyDeferred(false);
  }
}

// The thread is at a point, with this operation, until it is chosen: then its next step begins.
function standAside(thread: Thread, kind: OperationKind, object: KernelObject): void {
  const { simulation } = thread.kernel;
  simulation.footprint.write(ASIDE);
  thread.pendingKind = kind;
  thread.pendingObject = object;
  thread.argument = 0;
  thread.argument2 = 0;
  thread.argumentObject = null;
  simulation.aside = { passes: 0 };
  const isChosen = simulation.run(null, thread);
  simulation.aside = null;
  if (isChosen) simulation.beginStep(thread);
  else simulation.closed = true;
  if (simulation.closed) throw new Unwound();
  simulation.footprint.write(ASIDE);
}

// A loop without an operation would never let the one go on that stands aside: it is no finding, and nothing is proved then.
function passBy(thread: Thread, data: KernelObject, aside: Aside): void {
  const { simulation } = thread.kernel;
  simulation.footprint.read(ASIDE);
  if (++aside.passes <= PASSES_MOST) return;
  const text = `"${thread.title}" goes round on ${data.title} without an operation while another thread stands before an access`;
  simulation.fail("out-of-steps", text, thread);
  throw new Unwound();
}

// Kernel code that touches such data while it carries out an operation has no point there.
function canStandAside(thread: Thread, simulation: Simulation): boolean {
  if (simulation.closed || simulation.inSetup || !simulation.scheduler.adversarial) return false;
  if (thread.interruptsOff && thread.kernel.cpuCount === 1) return false;
  const hasBegun = simulation.options.startIsStep || thread.pendingKind !== OperationKind.start;
  return hasBegun && thread.iterator.isIdle;
}
