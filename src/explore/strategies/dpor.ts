// Dynamic partial-order reduction with source sets and sleep sets (Abdulla, Aronis, Jonsson, Sagonas, JACM 2017,
// algorithm 1; facts: explorer.md, C.2): exactly one complete execution for each trace.
//
// After each execution its races are found (src/explore/dpor/races.ts). For each, some thread that can go first in a
// sequence that reverses it is explored from the node before the race, unless one of them is already. Sleep sets cut
// executions short that turn out to be equivalent to explored ones. Values chosen inside a step are all explored.

import { allows } from "#kernel/blocking";
import { CUT } from "#kernel/chooser";
import { conflicts, EVERYTHING, union } from "#kernel/footprint";
import type { KernelObject } from "#kernel/kernel-object";
import { OperationKind } from "#kernel/operation";
import type { Simulation } from "#kernel/simulation";
import type { Watcher } from "#kernel/watcher";
import { ThreadState, type Thread } from "#kernel/thread";
import type { BlockedOperation, Sleeper, ThreadNode, ValueNode } from "#explore/dpor/node";
import { findReversals } from "#explore/dpor/races";
import { initialsOf, type SequenceEvent } from "#explore/dpor/sequence";
import type { Strategy } from "#explore/strategy";
import type { Choice } from "#trace/schedule";

export class SourceDpor implements Strategy, Watcher {
  readonly name = "dpor";
  readonly complete = true;
  readonly bounded = false;
  blocked = 0;
  readonly #stack: (ThreadNode | ValueNode)[] = [];
  #depth = 0;
  #started = false;
  /** The node whose step is running. */
  #parent: ThreadNode | null = null;
  /** Stack places below this one are as they were: their steps need not be noted again. */
  #fresh = 0;
  #cut = false;

  begin(): boolean {
    if (this.#started && !this.#backtrack()) return false;
    this.#started = true;
    this.#depth = 0;
    this.#parent = null;
    this.#cut = false;
    this.#fresh = this.#stack.findLastIndex((node) => node.kind === "thread");
    return true;
  }

  pickThread(candidates: readonly Thread[], count: number, _carriesOn: boolean, simulation: Simulation): number {
    simulation.watcher = this;
    this.#endStep(simulation);
    let node = this.#stack[this.#depth];
    if (node === undefined) {
      const made = this.#newNode(candidates, count);
      if (made === null) {
        this.blocked++;
        this.#cut = true;
        return CUT;
      }
      this.#stack.push(made);
      node = made;
    }
    if (node.kind === "value") return CUT;
    if (this.#depth >= this.#fresh) this.#beginStep(node, candidates);
    this.#depth++;
    this.#parent = node;
    return node.place;
  }

  pickValue(count: number): number {
    const known = this.#stack[this.#depth++];
    if (known?.kind === "value") return known.value;
    this.#stack.push({ kind: "value", count, value: 0 });
    return 0;
  }

  ended(simulation: Simulation): void {
    if (simulation.wasCut && !this.#cut) return;
    if (!this.#cut) this.#endStep(simulation);
    const path = this.#stack.filter((node): node is ThreadNode => node.kind === "thread");
    const last = path.at(-1);
    if (last !== undefined && simulation.failed) last.failed = true;
    if (!this.#cut && this.#isRepeatedFailure(last)) {
      this.blocked++;
      simulation.cut();
    }
    const fresh = this.#stack.slice(0, Math.max(0, this.#fresh)).filter((node) => node.kind === "thread").length;
    const blocked = blockedOperations(simulation);
    for (const { place, sequence } of findReversals(path, blocked, simulation.threads.length, fresh)) {
      const node = path[place];
      if (node === undefined) continue;
      addSource(node, sequence);
    }
  }

  choices(): Choice[] {
    return this.#stack
      .slice(0, this.#depth)
      .map((node) =>
        node.kind === "value"
          ? { value: node.value, count: node.count }
          : { value: node.place, count: node.candidates.length },
      )
      .filter((choice) => choice.count > 1);
  }

  // --- the watcher ---

  taken(object: KernelObject): void {
    const node = this.#parent;
    if (node === null || this.#depth - 1 < this.#fresh || node.taken.has(object.number)) return;
    node.taken.set(object.number, object.availability());
  }

  refused(thread: Thread): void {
    const node = this.#parent;
    const operation = asBlocked(thread);
    if (node === null || operation === null || this.#depth - 1 < this.#fresh) return;
    node.refused.push(operation);
    node.woken.push({ thread: thread.index, hadDeadline: false });
  }

  woken(thread: Thread, by: Thread | null): void {
    const node = this.#parent;
    if (node === null || by === null || this.#depth - 1 < this.#fresh) return;
    node.woken.push({ thread: thread.index, hadDeadline: thread.hasDeadline });
  }

  // --- steps ---

  #newNode(candidates: readonly Thread[], count: number): ThreadNode | null {
    const parent = this.#parent;
    const step = parent === null ? [] : parent.footprint;
    const sleep: Sleeper[] = parent === null ? [] : parent.sleep.filter((each) => !conflicts(each.footprint, step));
    const indexes = candidates.slice(0, count).map((thread) => thread.index);
    const isFree = (thread: number): boolean => !sleep.some((each) => each.thread === thread);
    // Starting threads go first: that touches nothing as a rule, and then every thread's first operation is known.
    const starting = candidates
      .slice(0, count)
      .find((each) => each.pendingKind === OperationKind.start && isFree(each.index));
    const thread = starting?.index ?? indexes.find(isFree);
    if (thread === undefined) return null;
    return {
      kind: "thread",
      candidates: indexes,
      sleep,
      backtrack: [thread],
      thread,
      place: indexes.indexOf(thread),
      operation: OperationKind.none,
      object: 0,
      need: 0,
      footprint: [],
      footprints: [],
      taken: new Map(),
      woken: [],
      refused: [],
      failed: false,
    };
  }

  #beginStep(node: ThreadNode, candidates: readonly Thread[]): void {
    node.taken.clear();
    node.woken.length = 0;
    node.refused.length = 0;
    node.failed = false;
    const thread = candidates[node.place];
    const pends = thread !== undefined && thread.state === ThreadState.ready && thread.deferred.length === 0;
    const operation = pends ? asBlocked(thread) : null;
    // One that can go although the object is not to be had (its own holder's, which panics) depends on nobody.
    const allowed =
      operation !== null && allows(operation.operation, thread?.pendingObject?.availability() ?? 0, operation.need);
    node.operation = allowed ? operation.operation : OperationKind.none;
    node.object = allowed ? operation.object : 0;
    node.need = allowed ? operation.need : 0;
  }

  #endStep(simulation: Simulation): void {
    const node = this.#parent;
    if (node === null || this.#depth < this.#stack.length) return;
    node.footprint = simulation.footprint.take();
    if (simulation.failed) node.footprints = EVERYTHING;
    else if (node.footprints !== EVERYTHING) node.footprints = union(node.footprints, node.footprint);
  }

  // A failure with a sleeper that it did not wake was explored with that step before it.
  #isRepeatedFailure(last: ThreadNode | undefined): boolean {
    if (last === undefined || !last.failed) return false;
    return last.sleep.some((sleeper) => !conflicts(sleeper.footprint, EVERYTHING));
  }

  // To the deepest node with a thread, or a value, left to explore.
  #backtrack(): boolean {
    for (let node = this.#stack.at(-1); node !== undefined; node = this.#stack.at(-1)) {
      if (node.kind === "value") {
        if (++node.value < node.count) return true;
      } else {
        node.sleep.push({ thread: node.thread, footprint: node.footprints });
        node.footprints = [];
        node.backtrack.shift();
        if (nextThread(node)) return true;
      }
      this.#stack.pop();
    }
    return false;
  }
}

// Some thread that can go first in the sequence must be explored from this node.
function addSource(node: ThreadNode, sequence: readonly SequenceEvent[]): void {
  const initials = initialsOf(sequence).filter((thread) => node.candidates.includes(thread));
  const [first] = initials;
  if (first === undefined) return;
  const isKnown = (thread: number): boolean =>
    node.backtrack.includes(thread) || node.sleep.some((sleeper) => sleeper.thread === thread);
  if (!initials.some(isKnown)) node.backtrack.push(first);
}

// Turns the node to its next thread to explore; false when there is none.
function nextThread(node: ThreadNode): boolean {
  const [thread] = node.backtrack;
  if (thread === undefined) return false;
  node.thread = thread;
  node.place = node.candidates.indexOf(thread);
  return true;
}

/** Operations that never ran because the execution ended with their threads blocked. */
function blockedOperations(simulation: Simulation): BlockedOperation[] {
  return simulation.threads.flatMap((thread) => asBlocked(thread) ?? []);
}

function asBlocked(thread: Thread): BlockedOperation | null {
  const object = thread.pendingObject;
  if (thread.state !== ThreadState.ready || thread.deferred.length > 0 || object?.canBlock(thread) !== true)
    return null;
  const need = typeof thread.argumentObject === "number" ? thread.argumentObject : 0;
  return { thread: thread.index, operation: thread.pendingKind, object: object.number, need };
}
