// Optimal dynamic partial-order reduction with wakeup trees (Abdulla, Aronis, Jonsson, Sagonas, JACM 2017,
// algorithm 2; facts: explorer.md, C.3): exactly one execution for each trace, and none that is cut short.
//
// After each execution its races are found (src/explore/dpor/races.ts). For each, the sequence that reverses it
// is put into the wakeup tree of the node before the race, unless a sleeping thread could go first in it, for then
// an equivalent execution has been explored. Values chosen inside a step are all explored, in turn.

import { allows } from "#kernel/blocking";
import { CUT } from "#kernel/chooser";
import { conflicts, EVERYTHING, union } from "#kernel/footprint";
import type { KernelObject } from "#kernel/kernel-object";
import { OperationKind } from "#kernel/operation";
import type { Simulation, Watcher } from "#kernel/simulation";
import { ThreadState, type Thread } from "#kernel/thread";
import { valueOf, type BlockedOperation, type Sleeper, type ThreadNode, type ValueNode } from "#explore/dpor/node";
import { findReversals } from "#explore/dpor/races";
import { canGoFirst, initialsOf, WakeupBranch, WakeupTree, type WakeupEvent } from "#explore/dpor/wakeup-tree";
import type { Strategy } from "#explore/strategy";
import type { Choice } from "#trace/schedule";

export class OptimalDpor implements Strategy, Watcher {
  readonly name: "dpor" | "source";
  readonly complete = true;
  readonly bounded = false;
  blocked = 0;
  readonly #stack: (ThreadNode | ValueNode)[] = [];
  #depth = 0;
  #started = false;
  /** The node whose step is running. */
  #parent: ThreadNode | null = null;
  #values: readonly number[] = [];
  /** Stack places below this one are as they were: their steps need not be noted again. */
  #fresh = 0;
  #cut = false;

  /** @param name "source" for source sets: only the first thread of a reversal is remembered, not the sequence */
  constructor(name: "dpor" | "source" = "dpor") {
    this.name = name;
  }

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
    this.#values = node.tree.first?.event.values ?? [];
    return node.place;
  }

  pickValue(count: number): number {
    let node = this.#stack[this.#depth];
    if (node === undefined) {
      const place = this.#parent === null ? 0 : this.#parent.values.length;
      const wanted = this.#values[place] ?? 0;
      node = { kind: "value", count, first: wanted < count ? wanted : 0, turns: 0 };
      this.#stack.push(node);
    }
    this.#depth++;
    if (node.kind !== "value") return 0;
    const value = valueOf(node);
    if (this.#depth - 1 >= this.#fresh) this.#parent?.values.push(value);
    return value;
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
      if (this.name === "source") {
        this.#addSource(node, sequence);
        continue;
      }
      node.tree.noteFirst(node.footprint, node.values);
      const covered = node.sleep.some((sleeper) => canGoFirst(sleeper.thread, sleeper.footprint, sequence));
      if (!covered) node.tree.insert(sequence);
    }
  }

  choices(): Choice[] {
    return this.#stack
      .slice(0, this.#depth)
      .map((node) =>
        node.kind === "value"
          ? { value: valueOf(node), count: node.count }
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
    const guided = this.name === "dpor" ? parent?.tree.first : null;
    const tree = guided?.growAfter(parent?.values ?? []) ?? new WakeupTree();
    const isFree = (thread: number): boolean => indexes.includes(thread) && !sleep.some((each) => each.thread === thread);
    while (tree.first !== null && !isFree(tree.first.event.thread)) tree.removeFirst();
    if (tree.first === null) {
      // Starting threads go first: it touches nothing as a rule, and then every thread's first operation is known.
      const starting = candidates.slice(0, count).find((each) => each.pendingKind === OperationKind.start && isFree(each.index));
      const thread = starting?.index ?? indexes.find(isFree);
      if (thread === undefined) return null;
      tree.branches.push(new WakeupBranch({ thread, footprint: EVERYTHING, values: [], uncertain: true, after: [] }));
    }
    const thread = tree.first?.event.thread ?? 0;
    return {
      kind: "thread",
      candidates: indexes,
      sleep,
      tree,
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
      values: [],
    };
  }

  #beginStep(node: ThreadNode, candidates: readonly Thread[]): void {
    node.taken.clear();
    node.woken.length = 0;
    node.refused.length = 0;
    node.values.length = 0;
    node.failed = false;
    const thread = candidates[node.place];
    const pends = thread !== undefined && thread.state === ThreadState.ready && thread.deferred.length === 0;
    const operation = pends ? asBlocked(thread) : null;
    // One that can go although the object is not to be had (its own holder's, which panics) depends on nobody.
    const allowed = operation !== null && allows(operation.operation, thread?.pendingObject?.availability() ?? 0, operation.need);
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

  // To the deepest node with something left in its wakeup tree.
  #backtrack(): boolean {
    for (let node = this.#stack.at(-1); node !== undefined; node = this.#stack.at(-1)) {
      if (node.kind === "value") {
        if (++node.turns < node.count) return true;
      } else {
        node.sleep.push({ thread: node.thread, footprint: node.footprints });
        node.footprints = [];
        node.tree.removeFirst();
        if (this.#next(node)) return true;
      }
      this.#stack.pop();
    }
    return false;
  }

  #isCovered(node: ThreadNode, thread: number): boolean {
    if (this.name === "source") return node.sleep.some((sleeper) => sleeper.thread === thread);
    return node.tree.firstIsCovered(node.sleep);
  }

  // Source sets: some thread that can go first in the sequence must be explored from here.
  #addSource(node: ThreadNode, sequence: readonly WakeupEvent[]): void {
    const initials = initialsOf(sequence).filter((thread) => node.candidates.includes(thread));
    const known = initials.some(
      (thread) =>
        node.sleep.some((sleeper) => sleeper.thread === thread) ||
        node.tree.branches.some((branch) => branch.event.thread === thread),
    );
    const first = initials[0];
    if (!known && first !== undefined) {
      node.tree.branches.push(new WakeupBranch({ thread: first, footprint: EVERYTHING, values: [], uncertain: true, after: [] }));
    }
  }

  #next(node: ThreadNode): boolean {
    for (let branch = node.tree.first; branch !== null; branch = node.tree.first) {
      const { thread } = branch.event;
      const place = node.candidates.indexOf(thread);
      if (place >= 0 && !this.#isCovered(node, thread)) {
        node.thread = thread;
        node.place = place;
        return true;
      }
      node.tree.removeFirst();
    }
    return false;
  }
}

/** Operations that never ran because the execution ended with their threads blocked. */
function blockedOperations(simulation: Simulation): BlockedOperation[] {
  return simulation.threads.flatMap((thread) => asBlocked(thread) ?? []);
}

function asBlocked(thread: Thread): BlockedOperation | null {
  const object = thread.pendingObject;
  if (thread.state !== ThreadState.ready || thread.deferred.length > 0 || object?.canBlock(thread) !== true) return null;
  const need = typeof thread.argumentObject === "number" ? thread.argumentObject : 0;
  return { thread: thread.index, operation: thread.pendingKind, object: object.number, need };
}
