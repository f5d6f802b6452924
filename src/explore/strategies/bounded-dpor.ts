// Bounded partial-order reduction (Coons, Musuvathi, McKinley, OOPSLA 2013; facts: explorer.md, C.6): of the schedules with at
// most so many preemptions, enough to meet every failure that one of them has.
//
// Where a step conflicts with an earlier one of another thread, its thread is tried before that one. The schedule that
// does so may be over the bound; so the thread is also tried at the latest place before where that costs no preemption more (the
// conservative point). Other than without a bound,
//   - all earlier conflicting steps count, not only the latest: the schedules in between may be over the bound;
//   - a thread that could not go there stands for all that could;
//   - there are no sleep sets: what a sleeper rests on may be over the bound.
// Values chosen inside a step are all explored.

import { CUT } from "#kernel/chooser";
import type { KernelObject } from "#kernel/kernel-object";
import type { Simulation } from "#kernel/simulation";
import type { Thread } from "#kernel/thread";
import type { Watcher } from "#kernel/watcher";
import { BoundedRaces, type BoundedNode } from "#explore/dpor/bounded-races";
import type { Strategy } from "#explore/strategy";
import type { Choice } from "#trace/schedule";

interface ValueNode {
  readonly kind: "value";
  readonly count: number;
  value: number;
}

interface Checkpoint {
  readonly stack: readonly (BoundedNode | ValueNode)[];
  readonly started: boolean;
  readonly bounded: boolean;
}

export class BoundedDpor implements Strategy, Watcher {
  readonly name = "dpor";
  readonly complete = true;
  readonly blocked = 0;
  readonly #most: number;
  readonly #stack: (BoundedNode | ValueNode)[] = [];
  #depth = 0;
  #cost = 0;
  #started = false;
  #bounded = false;
  /** The node whose step is running, if that step is a new one. */
  #fresh: BoundedNode | null = null;
  /** Nodes from this place on take steps that the last execution did not. */
  #freshFrom = 0;

  /**
   * @param most preemptions at most
   * @param checkpoint where another with the same bound stood
   */
  constructor(most: number, checkpoint?: unknown) {
    this.#most = most;
    if (checkpoint === undefined) return;
    const { stack, started, bounded } = checkpoint as Checkpoint;
    this.#stack.push(...structuredClone(stack));
    this.#started = started;
    this.#bounded = bounded;
  }

  checkpoint(): Checkpoint {
    return { stack: structuredClone(this.#stack), started: this.#started, bounded: this.#bounded };
  }

  get bounded(): boolean {
    return this.#bounded;
  }

  /** Preemptions of the execution that has just ended. */
  get cost(): number {
    return this.#cost;
  }

  begin(): boolean {
    if (this.#started && !this.#turn()) return false;
    this.#started = true;
    this.#depth = 0;
    this.#cost = 0;
    this.#fresh = null;
    this.#freshFrom = Math.max(
      0,
      this.#stack.findLastIndex((node) => node.kind === "thread"),
    );
    return true;
  }

  pickThread(candidates: readonly Thread[], count: number, carriesOn: boolean, simulation: Simulation): number {
    simulation.watcher = this;
    this.#endStep(simulation);
    if (this.#depth === this.#stack.length) {
      const indexes = candidates.slice(0, count).map((thread) => thread.index);
      this.#stack.push(newNode(indexes, carriesOn, this.#cost));
    }
    const depth = this.#depth++;
    const node = this.#stack[depth];
    if (node?.kind !== "thread") return CUT;
    if (depth >= this.#freshFrom) {
      this.#fresh = node;
      node.timeOuts = [];
      node.refused = [];
    }
    const place = node.candidates.indexOf(node.thread);
    if (node.carriesOn && place !== 0) this.#cost++;
    return place;
  }

  pickValue(count: number): number {
    const known = this.#stack[this.#depth++];
    if (known?.kind === "value") return known.value;
    this.#stack.push({ kind: "value", count, value: 0 });
    return 0;
  }

  ended(simulation: Simulation): void {
    this.#endStep(simulation);
    const known = this.#stack.slice(0, this.#freshFrom).filter((node) => node.kind === "thread").length;
    new BoundedRaces(
      this.#stack.filter((node) => node.kind === "thread"),
      simulation,
      known,
    ).add();
  }

  choices(): Choice[] {
    return this.#stack
      .slice(0, this.#depth)
      .map((node) =>
        node.kind === "value"
          ? { value: node.value, count: node.count }
          : { value: node.candidates.indexOf(node.thread), count: node.candidates.length },
      )
      .filter((choice) => choice.count > 1);
  }

  // --- the watcher ---

  taken(_object: KernelObject): void {}

  refused(thread: Thread): void {
    const object = thread.pendingObject;
    if (object !== null) this.#fresh?.refused.push([thread.index, object.number]);
  }

  woken(thread: Thread, by: Thread | null): void {
    if (by !== null && by !== thread && thread.hasDeadline) this.#fresh?.timeOuts.push(thread.index);
  }

  #endStep(simulation: Simulation): void {
    if (this.#fresh !== null) this.#fresh.footprint = simulation.footprint.take();
    this.#fresh = null;
  }

  // To the deepest node with a thread within the bound, or a value, left to explore.
  #turn(): boolean {
    for (let node = this.#stack.at(-1); node !== undefined; node = this.#stack.at(-1)) {
      if (node.kind === "value" ? ++node.value < node.count : this.#turnThread(node)) return true;
      this.#stack.pop();
    }
    return false;
  }

  #turnThread(node: BoundedNode): boolean {
    for (;;) {
      const thread = node.backtrack[++node.turned];
      if (thread === undefined) return false;
      node.thread = thread;
      if (!node.carriesOn || thread === node.candidates[0] || node.cost < this.#most) return true;
      this.#bounded = true;
    }
  }
}

function newNode(candidates: readonly number[], carriesOn: boolean, cost: number): BoundedNode {
  const thread = candidates[0] ?? 0;
  const step = { footprint: [], timeOuts: [], refused: [] };
  return { kind: "thread", candidates, carriesOn, cost, backtrack: [thread], turned: 0, thread, ...step };
}
