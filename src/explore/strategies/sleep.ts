// Sleep sets over footprints: one complete execution for each trace (Godefroid 1996; facts: explorer.md, C.1).
//
// At a node, after thread p has been explored, p sleeps: below the node it is not tried again before a step
// that conflicts with the step it took there. A sleeping step keeps the footprint it had when it was explored,
// which stays right because nothing since has touched what it touches. When every thread that can go sleeps,
// the execution is equivalent to one already explored: it is cut, and counted apart.
// A value chosen inside a step is part of that step: it sleeps when all its values have been explored, with the
// union of their footprints.
//
// Dividing: the nodes on the way to a part's root have one alternative each, and nobody sleeps at them; what sleeps at the root is
// given. A node's sleepers are known once the steps of its elder siblings are, never only after all that lies below those: so a
// new node can be given away with just the sleepers that it would have had.

import { CUT } from "#kernel/chooser";
import { conflicts, EVERYTHING, reviveCodes, union, type Codes } from "#kernel/footprint";
import type { Simulation } from "#kernel/simulation";
import type { Thread } from "#kernel/thread";
import {
  reviveSleepers,
  reviveSubtree,
  WHOLE_TREE,
  type Origin,
  type Sleeper,
  type Subtree,
  type DividingStrategy,
} from "#explore/strategy";
import type { Choice } from "#trace/schedule";

/** A choice of a thread: which could go and do not sleep, and who sleeps. */
interface ThreadNode {
  readonly kind: "thread";
  /** Places in the candidates that are to be explored, with the thread's index. */
  readonly places: readonly number[];
  readonly threads: readonly number[];
  readonly count: number;
  current: number;
  /** Who sleeps here: inherited, then each one explored. */
  readonly sleep: Sleeper[];
  /** The footprint of the step taken from here, of the latest execution, and of all its values. */
  step: Codes;
  steps: Codes;
}

/** A value chosen inside a step. */
interface ValueNode {
  readonly kind: "value";
  readonly count: number;
  value: number;
}

/** All that a walk needs to go on; plain JSON. */
interface Checkpoint {
  readonly root: Subtree;
  readonly stack: readonly (ThreadNode | ValueNode)[];
  readonly started: boolean;
  readonly blocked: number;
}

export class SleepSets implements DividingStrategy {
  readonly name = "sleep";
  readonly complete = true;
  readonly bounded = false;
  blocked = 0;
  strayed = false;
  readonly subtrees: Subtree[] = [];
  readonly #root: Subtree;
  readonly #stack: (ThreadNode | ValueNode)[] = [];
  #depth = 0;
  #started = false;
  /** The last node of a thread that this execution has passed. */
  #parent: ThreadNode | null = null;
  /** New nodes from this depth on are given away. */
  #divideFrom = Number.POSITIVE_INFINITY;

  constructor(origin: Origin = { subtree: WHOLE_TREE }) {
    if ("subtree" in origin) {
      this.#root = origin.subtree;
      return;
    }
    const { root, stack, started, blocked } = revived(origin.checkpoint as Checkpoint);
    this.#root = root;
    this.#stack.push(...stack);
    this.#started = started;
    this.blocked = blocked;
  }

  checkpoint(): Checkpoint {
    return { root: this.#root, stack: this.#stack, started: this.#started, blocked: this.blocked };
  }

  divide(depth = 0): void {
    this.#divideFrom = depth;
  }

  get fraction(): number {
    const root = this.#root.prefix.length;
    if (this.#started && this.#stack.length <= root) return 1;
    let share = 1;
    let done = 0;
    for (const node of this.#stack.slice(root)) {
      const count = alternatives(node);
      done += (share * (node.kind === "value" ? node.value : node.current)) / count;
      share /= count;
    }
    return done;
  }

  begin(): boolean {
    if (this.#started && !this.#backtrack()) return false;
    this.#started = true;
    this.#depth = 0;
    this.#parent = null;
    return true;
  }

  pickThread(candidates: readonly Thread[], count: number, _carriesOn: boolean, simulation: Simulation): number {
    const known = this.#stack[this.#depth];
    if (known === undefined) {
      this.#endStep(simulation);
      const node = this.#newNode(candidates, count);
      if (node === null) {
        this.blocked++;
        return CUT;
      }
      if (this.#depth >= this.#divideFrom) {
        this.#giveAway(node.sleep, false);
        return CUT;
      }
      this.#stack.push(node);
      this.#depth++;
      this.#parent = node;
      return node.places[0] ?? 0;
    }
    this.#depth++;
    if (known.kind === "value") return known.value;
    this.#parent = known;
    return known.places[known.current] ?? 0;
  }

  pickValue(count: number): number {
    const known = this.#stack[this.#depth];
    const value = known?.kind === "value" ? known.value : (this.#root.prefix[this.#depth] ?? 0);
    if (known === undefined) this.#stack.push({ kind: "value", count, value });
    this.#depth++;
    return value;
  }

  ended(simulation: Simulation): void {
    if (simulation.wasCut) return;
    if (this.#depth < this.#stack.length) this.strayed = true;
    this.#endStep(simulation);
    // A failure with a sleeper that it did not wake: the same failure was explored with that step before it.
    if (simulation.failed && this.#parent?.sleep.some((sleeper) => !conflicts(sleeper.footprint, EVERYTHING))) {
      this.blocked++;
      simulation.cut();
    } else if (this.#divideFrom < Number.POSITIVE_INFINITY) {
      this.#giveAway([], true);
      simulation.cut();
    }
  }

  choices(): Choice[] {
    return this.#stack
      .slice(0, this.#depth)
      .map((node) =>
        node.kind === "value"
          ? { value: node.value, count: node.count }
          : { value: node.places[node.current] ?? 0, count: node.count },
      )
      .filter((choice) => choice.count > 1);
  }

  // The step that was taken from the parent is over: its footprint is known.
  #endStep(simulation: Simulation): void {
    const parent = this.#parent;
    if (parent === null) return;
    parent.step = simulation.failed ? EVERYTHING : simulation.footprint.take();
    if (parent.step === EVERYTHING || parent.steps.length === 0) parent.steps = parent.step;
    else if (parent.steps !== EVERYTHING) parent.steps = union(parent.steps, parent.step);
  }

  #newNode(candidates: readonly Thread[], count: number): ThreadNode | null {
    const { prefix } = this.#root;
    const forced = prefix[this.#depth];
    if (forced !== undefined) return onTheWay(candidates[forced]?.index ?? 0, forced, count);
    const sleep = this.#depth === prefix.length ? [...this.#root.sleep] : this.#inherited();
    const places: number[] = [];
    const threads: number[] = [];
    for (let place = 0; place < count; place++) {
      const thread = candidates[place]?.index ?? 0;
      if (sleep.some((sleeper) => sleeper.thread === thread)) continue;
      places.push(place);
      threads.push(thread);
    }
    if (places.length === 0) return null;
    return { kind: "thread", places, threads, count, current: 0, sleep, step: [], steps: [] };
  }

  #inherited(): Sleeper[] {
    const parent = this.#parent;
    return parent === null ? [] : parent.sleep.filter((sleeper) => !conflicts(sleeper.footprint, parent.step));
  }

  #giveAway(sleep: readonly Sleeper[], isLeaf: boolean): void {
    const path = this.#stack.slice(0, this.#depth);
    this.subtrees.push({
      prefix: path.map((node) => (node.kind === "value" ? node.value : (node.places[node.current] ?? 0))),
      sleep,
      share: path.slice(this.#root.prefix.length).reduce((share, node) => share / alternatives(node), this.#root.share),
      isLeaf,
    });
  }

  // To the deepest node below the root with something left to explore.
  #backtrack(): boolean {
    while (this.#stack.length > this.#root.prefix.length) {
      const node = this.#stack.at(-1);
      if (node === undefined) return false;
      if (node.kind === "value") {
        if (++node.value < node.count) return true;
      } else {
        node.sleep.push({ thread: node.threads[node.current] ?? 0, footprint: node.steps });
        node.steps = [];
        if (++node.current < node.places.length) return true;
      }
      this.#stack.pop();
    }
    return false;
  }
}

/** How many ways there are from a node. */
function alternatives(node: ThreadNode | ValueNode): number {
  return node.kind === "value" ? node.count : node.places.length;
}

/** A node above the root of a part. */
function onTheWay(thread: number, place: number, count: number): ThreadNode {
  return {
    kind: "thread",
    places: [place],
    threads: [thread],
    count,
    current: 0,
    sleep: [],
    step: [],
    steps: [],
  };
}

// Nodes are changed while they are walked, so a checkpoint's are copied.
function revived({ root, stack, started, blocked }: Checkpoint): Checkpoint {
  return {
    root: reviveSubtree(root),
    stack: stack.map((node) =>
      node.kind === "value"
        ? { ...node }
        : {
            ...node,
            sleep: reviveSleepers(node.sleep),
            step: reviveCodes(node.step),
            steps: reviveCodes(node.steps),
          },
    ),
    started,
    blocked,
  };
}
