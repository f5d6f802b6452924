// What is noted of the steps of the current execution: all that finding its races takes.
//
// Invariants:
//   - a step is noted once: an execution that shares its first steps with the one before notes only the others;
//   - the happens-before order, and what was seen, hold the steps that are complete.

import { ASIDE, waitsForTop } from "#kernel/access-point";
import { needOf } from "#kernel/blocking";
import { conflicts, EVERYTHING, objectOf, union } from "#kernel/footprint";
import { OperationKind } from "#kernel/operation";
import type { Simulation } from "#kernel/simulation";
import { ThreadState, type Thread } from "#kernel/thread";
import type { Takeable, Watcher } from "#kernel/watcher";
import { HappensBefore } from "#explore/dpor/happens-before";
import { availabilityBefore, NONE, withItem, type BlockedOperation, type ThreadNode } from "#explore/dpor/node";
import { findRaces, type OnRace } from "#explore/dpor/races";
import { unknownEvent, type WakeupEvent, type WakeupSequence } from "#explore/dpor/sequence";
import { contextOf, mixed, pendingOf, SeenFootprints, type Place } from "#explore/dpor/seen";

const NO_SEQUENCES: readonly WakeupSequence[] = [];

export class Steps implements Watcher {
  readonly seen: SeenFootprints;
  /** The nodes that the steps were taken from. */
  readonly path: ThreadNode[];
  readonly #order = new HappensBefore();
  /** The node whose step is running. */
  parent: ThreadNode | null = null;
  /** Steps that have begun. */
  count = 0;
  /** The first place in the path whose step is new. */
  #fresh = 0;

  /** Steps of a walk that was put aside, with their notes. */
  constructor(path: readonly ThreadNode[] = [], seen = new SeenFootprints()) {
    this.seen = seen;
    this.path = [...path];
    for (const node of path) if (node.thread >= 0) this.#addToOrder(node);
  }

  /** The next execution: all steps but the last of the path are as they were. */
  restart(): void {
    this.#fresh = Math.max(0, this.path.length - 1);
    this.#order.truncate(this.#fresh);
    this.parent = null;
    this.count = 0;
  }

  /** A step that is as it was. */
  repeat(node: ThreadNode): void {
    this.parent = node;
    this.count++;
  }

  /** A new step begins. */
  begin(node: ThreadNode, thread: Thread | undefined): void {
    this.parent = node;
    this.count++;
    node.taken = NONE;
    node.woken = NONE;
    node.refused = NONE;
    node.values = NONE;
    node.failed = false;
    node.isSettled = false;
    if (thread === undefined) return;
    node.pending = pendingOf(thread);
    node.isWake = thread.state !== ThreadState.ready;
    node.awaits = node.isWake && thread.waited && !thread.fruitless ? thread.watches.map(objectOf) : NONE;
    const operation = asBlocked(thread);
    node.operation = operation?.operation ?? OperationKind.none;
    node.object = operation?.object ?? 0;
    node.need = operation?.need ?? 0;
  }

  /** The step is over: its footprint is known. */
  end(simulation: Simulation): void {
    const node = this.parent;
    if (node === null || this.#order.length >= this.count) return;
    node.footprint = simulation.footprint.take();
    if (simulation.failed) node.footprints = EVERYTHING;
    else if (node.footprints.length === 0) node.footprints = node.footprint;
    else if (node.footprints !== EVERYTHING) node.footprints = union(node.footprints, node.footprint);
    node.failed = simulation.failed;
    this.#addToOrder(node);
  }

  /** A value was chosen inside the step. */
  chose(value: number): void {
    if (this.parent !== null && this.count > this.#fresh) this.parent.values = withItem(this.parent.values, value);
  }

  /** The execution is over, and its last step failed: what the others were about to do is as it was before. */
  fail(simulation: Simulation): void {
    const node = this.path.at(-1);
    if (node === undefined) return;
    node.others = node.candidates.map((index) => {
      const thread = simulation.threads[index];
      return thread === undefined ? 0 : pendingOf(thread);
    });
  }

  /** The last step failed, and a sleeper that it did not wake says that this was explored with that one's step before it. */
  get repeatsFailure(): boolean {
    const last = this.path.at(-1);
    return last?.failed === true && last.sleep.some((sleeper) => !conflicts(sleeper.footprint, EVERYTHING));
  }

  /**
   * The races of the execution that is over.
   * @param isWhole whether a sequence holds all that does not happen after the earlier step
   */
  findRaces(simulation: Simulation, isWhole: boolean, onRace: OnRace): void {
    findRaces(this.path, this.#order, blockedOperations(simulation), this.#fresh, isWhole, onRace);
  }

  /**
   * A step that ends the execution disables all others: wherever it sleeps at a new node, each of them goes first once. The race with the
   * one that went instead shows only what that does next, and a step that touches nothing may hide another behind it.
   */
  beforeFailures(node: ThreadNode, candidates: readonly Thread[]): readonly WakeupSequence[] {
    if (node.sleep.length === 0) return NO_SEQUENCES;
    const failures = node.sleep.filter(({ footprint }) => footprint === EVERYTHING);
    if (failures.length === 0) return NO_SEQUENCES;
    return failures.flatMap((failure) => {
      const failing = candidates[node.candidates.indexOf(failure.thread)];
      const others = node.candidates.flatMap((index, at) => (index === failure.thread ? [] : (candidates[at] ?? [])));
      return others.map((other) => [
        this.#comes(other, false),
        ...(failing === undefined ? [] : [this.#comes(failing, true)]),
      ]);
    });
  }

  #comes(thread: Thread, isEarlier: boolean): WakeupEvent {
    const history = this.#order.historyBefore(thread.index, this.#order.length);
    return unknownEvent(thread.index, mixed(history, pendingOf(thread)), NONE, isEarlier);
  }

  /** The place before the node's step. */
  placeOf(node: ThreadNode): Place {
    return this.#placeBefore(node.step);
  }

  #placeBefore(step: number): Place {
    return new PlaceBefore(this.#order, step);
  }

  // --- the watcher ---

  taken(object: Takeable): void {
    const node = this.parent;
    if (node === null || availabilityBefore(node, object.number) !== undefined) return;
    node.taken = withItem(withItem(node.taken, object.number), object.availability());
  }

  refused(thread: Thread): void {
    const operation = asBlocked(thread);
    const node = this.parent;
    if (node === null || operation === null) return;
    node.refused = withItem(node.refused, operation);
    node.woken = withItem(node.woken, { thread: thread.index, hadDeadline: false, pending: operation.pending });
  }

  woken(thread: Thread, by: Thread | null): void {
    const node = this.parent;
    if (node === null || by === null) return;
    const { index, hasDeadline } = thread;
    node.woken = withItem(node.woken, { thread: index, hadDeadline: hasDeadline, pending: pendingOf(thread) });
  }

  #addToOrder(node: ThreadNode): void {
    const { footprint } = node;
    const place = this.#order.length;
    const key = mixed(this.#order.historyBefore(node.thread, place), node.pending);
    const context = contextOf(this.#placeBefore(place), node.thread, footprint);
    this.seen.note(key, node.failed ? EVERYTHING : footprint, footprint, node.values.length === 0 ? context : null);
    this.#order.add(node, key, context);
  }
}

/** The place before the step with this number. */
class PlaceBefore implements Place {
  readonly #order: HappensBefore;
  readonly #step: number;

  constructor(order: HappensBefore, step: number) {
    this.#order = order;
    this.#step = step;
  }

  versionOf(object: number): number {
    return this.#order.versionAt(object, this.#step);
  }

  lastStepOf(thread: number): number {
    const last = this.#order.lastStepBefore(thread, this.#step);
    return this.#order.identityOf(last >= 0 ? last : this.#order.lastCauseBefore(thread, this.#step));
  }
}

/** Operations that never ran because the execution ended with their threads blocked. */
function blockedOperations(simulation: Simulation): readonly BlockedOperation[] {
  let blocked: readonly BlockedOperation[] = NONE;
  for (const thread of simulation.threads) {
    const operation = thread.state === ThreadState.ready ? asBlocked(thread) : null;
    if (operation !== null) blocked = withItem(blocked, operation);
  }
  return blocked;
}

function asBlocked(thread: Thread): BlockedOperation | null {
  const object = thread.pendingObject;
  if (thread.state !== ThreadState.ready || thread.deferred !== null || object?.canBlock(thread) !== true) return null;
  const need = needOf(thread);
  const pending = pendingOf(thread);
  const blockedOn = waitsForTop(thread) ? ASIDE : object.number;
  return { thread: thread.index, operation: thread.pendingKind, object: blockedOn, need, pending };
}
