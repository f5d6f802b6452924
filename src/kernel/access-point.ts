// Points where plain data is touched: before an unlock that waits to be a step of its own (a lock that is marked), so that it can be seen
// held until then, and before each access to data that races: the marked fields and shared values (SimulationOptions.marks).
//
// A getter cannot yield. So at such a point the thread that is about to touch the data stands aside: its code is not left, and the other
// threads' code runs on top of it, from point to point as always, until the strategy chooses the one that stands aside. Others may
// come to such a point meanwhile: they stand aside on top of it.
//
// Invariants:
//   - of those who stand aside only the last can go on with its code. An unlock before which one stands takes effect whenever its thread is
//     chosen, wherever that stands; what the thread touches behind it waits until those on top have gone on;
//   - how many stand aside is shared data like any other, object 0 of footprints: coming and going write it, and a step that is
//     another because of it reads it. For strategies that reverse races it is a thing to be had (src/kernel/blocking.ts);
//   - with interrupts off on the only CPU there is no point: nobody else could run.
// What is not tried: that one who stood aside first touches its data before one goes on who came later, and because of it. Where
// that may have been, the simulation says so (nestedOnly).
// Not in a step that has not begun with an operation (startIsStep: false), nor in measured time, nor in a set-up. Before accesses to data
// that races not in the oracle setting either.

import { conflicts, objectOf, union, type Codes } from "#kernel/footprint";
import { OperationKind } from "#kernel/operation";
import type { Kernel } from "#kernel/kernel";
import type { Data } from "#kernel/point-object";
import type { Simulation } from "#kernel/simulation";
import type { Thread } from "#kernel/thread";

/** The number, in footprints, of who stands aside: no object has it. */
export const ASIDE = 0;

/** A thread that stands aside. */
export interface Aside {
  readonly thread: Thread;
  /** Who stood aside when it came. */
  readonly below: Aside | null;
  /** How many stand aside up to and with it. */
  readonly height: number;
  /** The step that brought it here. */
  readonly step: number;
  /** What has been touched by that step, and by those that may come after it because of it; and whose these are. */
  touched: Codes;
  readonly followers: Set<Thread>;
}

/** Unwinds a thread that stands aside when the execution is over: it is closed, and what is thrown then counts for nothing. */
class Unwound extends Error {
  override name = "Unwound";
}

/** Whether the thread, which is not running, is about to touch data and can do so only when it is the last that stands aside. */
export function waitsForTop({ pendingKind }: Thread): boolean {
  const { dataRead, dataWrite, dataGoOn } = OperationKind;
  return pendingKind === dataRead || pendingKind === dataWrite || pendingKind === dataGoOn;
}

/** The running code is about to touch this marked data: others may go first. */
export function pointBefore(kernel: Kernel, data: Data, how: "read" | "write"): void {
  const { simulation } = kernel;
  const thread = simulation.current;
  if (thread === null || !simulation.options.startIsStep || !canStandAside(thread, simulation)) return;
  standAside(thread, how === "read" ? OperationKind.dataRead : OperationKind.dataWrite, data);
}

/**
 * The running code is about to touch plain data: the unlocks of its thread that wait to be steps of their own come first, since the
 * access must not be seen before them. Others may go before each of them; the last and the access are one step.
 */
export function unlocksFirst(thread: Thread | null): void {
  if (thread !== null && thread.deferred !== null) unlockAll(thread, thread.kernel.simulation);
}

/**
 * The thread was chosen. If it stands aside, and others up to `last` on top of it: its first unlock takes effect, as a step, and
 * its code waits. Whether that was so.
 */
export function unlockBelow(thread: Thread, last: Aside): boolean {
  let aside: Aside | null = last;
  while (aside !== null && aside.thread !== thread) aside = aside.below;
  if (aside === null) return false;
  const { simulation } = thread.kernel;
  simulation.beginStep(thread);
  if (simulation.closed) return true;
  simulation.footprint.read(ASIDE);
  thread.applyDeferred(false);
  if (thread.deferred === null) thread.pendingKind = OperationKind.dataGoOn;
  return true;
}

/** A step of this thread has ended: what may come after the arrival of one that stands aside, because of it? */
export function follow(last: Aside, by: Thread): void {
  const step = by.kernel.simulation.footprint.take().filter((code) => objectOf(code) !== ASIDE);
  for (let aside: Aside | null = last; aside !== null; aside = aside.below) {
    const { followers, touched, thread } = aside;
    const follows = by === thread || followers.has(by) || by.wokenAt >= aside.step || conflicts(step, touched);
    if (!follows) continue;
    followers.add(by);
    aside.touched = union(touched, step);
  }
}

function unlockAll(thread: Thread, simulation: Simulation): void {
  if (simulation.closed) return;
  const canStand = canStandAside(thread, simulation);
  while (thread.deferred !== null) {
    if (canStand) standAside(thread, OperationKind.mutexUnlock, thread);
    if (thread.deferred !== null) thread.applyDeferred(false);
  }
}

// The thread is at a point, with this operation, until it is chosen: then its next step begins.
function standAside(thread: Thread, kind: OperationKind, data: Data): void {
  const { simulation } = thread.kernel;
  const below = simulation.aside;
  const height = (below?.height ?? 0) + 1;
  if (below !== null) comesOnTop(thread, below);
  const touched = simulation.footprint.take();
  takes(simulation);
  thread.pendingKind = kind;
  thread.pendingObject = thread.iterator.pointAt(data);
  thread.argument = 0;
  thread.argument2 = 0;
  thread.argumentObject = height; // what it needs to go on
  simulation.aside = { thread, below, height, step: simulation.steps, touched, followers: new Set() };
  const isChosen = simulation.run(null, thread);
  if (isChosen) simulation.beginStep(thread);
  else simulation.closed = true;
  if (simulation.closed) throw new Unwound();
  takes(simulation);
  simulation.aside = below;
}

// The earlier will not touch its data before the later goes on. Had the later come first, it could.
function comesOnTop(thread: Thread, last: Aside): void {
  follow(last, thread);
  for (let aside: Aside | null = last; aside !== null; aside = aside.below)
    if (aside.followers.has(thread)) thread.kernel.simulation.nestedOnly = true;
}

function takes(simulation: Simulation): void {
  simulation.watcher?.taken({ number: ASIDE, availability: () => -(simulation.aside?.height ?? 0) });
  simulation.footprint.write(ASIDE);
}

// Kernel code that touches such data while it carries out an operation has no point there.
function canStandAside(thread: Thread, simulation: Simulation): boolean {
  if (simulation.closed || simulation.inSetup || !simulation.scheduler.adversarial) return false;
  if (thread.interruptsOff && thread.kernel.cpuCount === 1) return false;
  const hasBegun = simulation.options.startIsStep || thread.pendingKind !== OperationKind.start;
  return hasBegun && thread.iterator.isIdle;
}
