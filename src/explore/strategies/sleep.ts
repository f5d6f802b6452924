// Sleep sets over footprints: one complete execution for each trace (Godefroid 1996; facts: explorer.md, C.1).
//
// At a node, after thread p has been explored, p sleeps: below the node it is not tried again before a step
// that conflicts with the step it took there. A sleeping step keeps the footprint it had when it was explored,
// which stays right because nothing since has touched what it touches. When every thread that can go sleeps,
// the execution is equivalent to one already explored: it is cut, and counted apart.
// A value chosen inside a step is part of that step: it sleeps when all its values have been explored, with the
// union of their footprints.

import { CUT } from "#kernel/chooser";
import { conflicts, EVERYTHING, union, type Codes } from "#kernel/footprint";
import type { Simulation } from "#kernel/simulation";
import type { Thread } from "#kernel/thread";
import type { Strategy } from "#explore/strategy";
import type { Choice } from "#trace/schedule";

interface Sleeper {
  readonly thread: number;
  readonly footprint: Codes;
}

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

export class SleepSets implements Strategy {
  readonly name = "sleep";
  readonly complete = true;
  readonly bounded = false;
  blocked = 0;
  readonly #stack: (ThreadNode | ValueNode)[] = [];
  #depth = 0;
  #started = false;
  /** The last node of a thread that this execution has passed. */
  #parent: ThreadNode | null = null;

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
    const known = this.#stack[this.#depth++];
    if (known?.kind === "value") return known.value;
    this.#stack.push({ kind: "value", count, value: 0 });
    return 0;
  }

  ended(simulation: Simulation): void {
    if (simulation.wasCut) return;
    this.#endStep(simulation);
    // A failure with a sleeper that it did not wake: the same failure was explored with that step before it.
    if (simulation.failed && this.#parent?.sleep.some((sleeper) => !conflicts(sleeper.footprint, EVERYTHING))) {
      this.blocked++;
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
    const parent = this.#parent;
    const sleep = parent === null ? [] : parent.sleep.filter((sleeper) => !conflicts(sleeper.footprint, parent.step));
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

  // To the deepest node with something left to explore.
  #backtrack(): boolean {
    for (let node = this.#stack.at(-1); node !== undefined; node = this.#stack.at(-1)) {
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
