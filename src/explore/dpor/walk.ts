// What the forms of dynamic partial-order reduction have in common: the walk over the search tree, and what is noted of each
// step on the way. A form says what is to be explored because of a race, and in which order.
//
// Invariants:
//   - the stack holds the current execution's choices; the happens-before order holds those of its steps that are complete;
//   - an execution is told about its new steps only: those from the node that was turned on;
//   - dividing (src/explore/strategy.ts): races may ask for more at nodes above, so a walk that gives parts away expands every
//     node that it keeps in full, like sleep sets.

import { CUT } from "#kernel/chooser";
import { conflicts } from "#kernel/footprint";
import { OperationKind } from "#kernel/operation";
import type { Simulation } from "#kernel/simulation";
import type { Thread } from "#kernel/thread";
import { restoreWalk, saveWalk, type SavedWalk } from "#explore/dpor/checkpoint";
import {
  newThreadNode,
  NONE,
  turnTo,
  turnToAny,
  withItem,
  type KnownSleeper,
  type ThreadNode,
  type ValueNode,
} from "#explore/dpor/node";
import { choicesOf, fractionOf, stepsOf, subtreeAt } from "#explore/dpor/part";
import type { Place, SeenFootprints } from "#explore/dpor/seen";
import { isWeakInitial, sameSequence, withoutThread, type WakeupSequence } from "#explore/dpor/sequence";
import { Steps } from "#explore/dpor/steps";
import { WHOLE_TREE, type Origin, type StrategyName, type Subtree, type TreeStrategy } from "#explore/strategy";
import type { Choice } from "#trace/schedule";

/** A depth-first walk over the executions that races ask for. */
export abstract class DporWalk implements TreeStrategy {
  abstract readonly name: StrategyName;
  readonly complete = true;
  readonly bounded = false;
  blocked = 0;
  strayed = false;
  readonly subtrees: Subtree[] = [];
  readonly #steps: Steps;
  readonly #root: Subtree;
  /** Steps on the way to the root; -1 when not known yet. What could go first there is explored by the walks of other parts. */
  #rootSteps = -1;
  readonly #stack: (ThreadNode | ValueNode)[] = [];
  #depth = 0;
  #started = false;
  /** The place in the stack of the last step's node: below it nothing is new. */
  #freshNode = 0;
  #cut = false;
  /** New nodes from this depth on are given away. */
  #divideFrom = Number.POSITIVE_INFINITY;

  constructor(origin: Origin = { subtree: WHOLE_TREE }) {
    if ("subtree" in origin) {
      this.#root = origin.subtree;
      this.#steps = new Steps();
      return;
    }
    const saved = restoreWalk(origin.checkpoint as SavedWalk);
    this.#root = saved.root;
    this.#started = saved.started;
    this.blocked = saved.blocked;
    this.#stack.push(...saved.stack);
    const path = saved.stack.filter((node): node is ThreadNode => node.kind === "thread");
    this.#steps = new Steps(path, saved.seen);
  }

  protected get seen(): SeenFootprints {
    return this.#steps.seen;
  }

  checkpoint(): SavedWalk {
    return saveWalk({
      root: this.#root,
      stack: this.#stack,
      started: this.#started,
      blocked: this.blocked,
      seen: this.#steps.seen.entries(),
    });
  }

  divide(depth = 0): void {
    this.#divideFrom = depth;
  }

  get fraction(): number {
    return fractionOf(this.#stack, this.#root.prefix.length, this.#started);
  }

  begin(): boolean {
    if (this.#started && !this.#backtrack()) return false;
    this.#started = true;
    this.#depth = 0;
    this.#cut = false;
    this.#freshNode = this.#stack.findLastIndex((node) => node.kind === "thread");
    this.#steps.restart();
    return true;
  }

  /** On the way to the node that was turned every choice is known. */
  knownThread(): number {
    if (this.#depth >= this.#freshNode) return -1;
    const node = this.#stack[this.#depth++];
    if (node?.kind !== "thread") return -1;
    this.#steps.repeat(node);
    return node.thread;
  }

  pickThread(candidates: readonly Thread[], count: number, _carriesOn: boolean, simulation: Simulation): number {
    simulation.watcher = this.#steps;
    this.#steps.end(simulation);
    let node = this.#stack[this.#depth];
    if (node === undefined) {
      const made = this.#newNode(candidates, count);
      if (made === null) return CUT;
      this.#push(made);
      node = made;
    }
    if (node.kind === "value" || candidates[node.place]?.index !== node.thread) {
      this.strayed = true;
      return CUT;
    }
    this.#steps.begin(node, candidates[node.place]);
    this.#depth++;
    return node.place;
  }

  pickValue(count: number): number {
    const depth = this.#depth++;
    const known = this.#stack[depth];
    const node = known?.kind === "value" ? known : this.#newValue(count, depth);
    this.#steps.chose(node.value);
    return node.value;
  }

  ended(simulation: Simulation): void {
    if (simulation.wasCut && !this.#cut) return;
    if (this.#depth < this.#stack.length) this.strayed = true;
    if (!this.#cut) this.#steps.end(simulation);
    if (simulation.failed) this.#steps.fail(simulation);
    if (!this.#cut && this.#steps.repeatsFailure) {
      this.blocked++;
      simulation.cut();
    }
    if (this.#rootSteps < 0) this.#rootSteps = stepsOf(this.#stack.slice(0, this.#root.prefix.length));
    this.#steps.findRaces(simulation, (place, sequence) => {
      const node = this.#steps.path[place];
      if (node !== undefined && place >= this.#rootSteps) this.#insert(node, sequence);
    });
    if (this.#divideFrom === Number.POSITIVE_INFINITY || simulation.wasCut) return;
    this.#giveAway([], true);
    simulation.cut();
  }

  choices(): Choice[] {
    return choicesOf(this.#stack.slice(0, this.#depth));
  }

  /** Whether all executions that begin with the sequence are equivalent to ones that begin with the sleeper's step. */
  protected abstract isCovered(sequence: WakeupSequence, sleeper: KnownSleeper, place: Place): boolean;

  // --- nodes ---

  #push(node: ThreadNode | ValueNode): void {
    this.#stack.push(node);
    if (node.kind === "thread") this.#steps.path.push(node);
  }

  // Null, and the execution is cut, when all that can go sleeps, or the node is given away.
  #newNode(candidates: readonly Thread[], count: number): ThreadNode | null {
    const indexes: number[] = [];
    let starting: readonly number[] = NONE;
    for (let place = 0; place < count; place++) {
      const thread = candidates[place];
      if (thread === undefined) continue;
      indexes.push(thread.index);
      if (thread.pendingKind === OperationKind.start) starting = withItem(starting, thread.index);
    }
    const forced = this.#root.prefix[this.#depth];
    const node = newThreadNode(this.#steps.count, indexes, forced === undefined ? this.#sleepers() : []);
    if (forced !== undefined) return turnTo(node, indexes[forced] ?? -1);
    const { parent } = this.#steps;
    if (parent !== null && this.#depth > this.#root.prefix.length) node.wakeups = this.#inherited(parent);
    for (const sequence of this.#steps.beforeFailures(node, candidates)) this.#insert(node, sequence);
    if (!this.#turn(node) && !turnToAny(node, starting)) {
      this.blocked++;
      this.#cut = true;
      return null;
    }
    if (this.#depth >= this.#divideFrom) {
      this.#giveAway(node.sleep, false);
      return null;
    }
    return node;
  }

  #sleepers(): KnownSleeper[] {
    const { prefix, sleep } = this.#root;
    if (this.#depth === prefix.length) return sleep.map((sleeper) => ({ ...sleeper, here: false }));
    const { parent } = this.#steps;
    if (parent === null || parent.sleep.length === 0) return [];
    return parent.sleep.filter((sleeper) => !conflicts(sleeper.footprint, parent.footprint));
  }

  #newValue(count: number, depth: number): ValueNode {
    const forced = this.#root.prefix[depth];
    const { parent } = this.#steps;
    const wanted = forced ?? parent?.current?.[0]?.values[parent.values.length] ?? 0;
    const value = wanted < count ? wanted : 0;
    const others = Array.from({ length: count }, (_, each) => each).filter((each) => each !== value);
    const node: ValueNode = { kind: "value", count, value, rest: forced === undefined ? others : [] };
    this.#push(node);
    return node;
  }

  // Some execution must begin with this sequence from the node, unless one that was explored covers it.
  #insert(node: ThreadNode, sequence: WakeupSequence): void {
    if (this.#isCoveredAt(node, sequence)) return;
    if (node.wakeups.some((waiting) => sameSequence(waiting, sequence))) return;
    node.wakeups.push(sequence);
  }

  // The sequence to explore next from a node, taken from what waits there; null when there is none.
  #next(node: ThreadNode): WakeupSequence | null {
    for (;;) {
      const sequence = node.wakeups.shift();
      if (sequence === undefined) return null;
      if (!node.candidates.includes(sequence[0]?.thread ?? -1)) continue;
      if (!this.#isCoveredAt(node, sequence)) return sequence;
    }
  }

  #isCoveredAt(node: ThreadNode, sequence: WakeupSequence): boolean {
    if (node.sleep.length === 0) return false;
    const place = this.#steps.placeOf(node);
    return node.sleep.some((sleeper) => this.isCovered(sequence, sleeper, place));
  }

  // What waits at a new node: what is left, after its parent's step, of what the parent follows and of what waits there.
  #inherited(parent: ThreadNode): WakeupSequence[] {
    const { thread, footprint, current, wakeups } = parent;
    const followed = current === null ? null : withoutThread(current, thread);
    const passedOn = followed === null ? [] : [followed];
    if (wakeups.length === 0) return passedOn;
    const step = { thread, footprint, isWhole: false };
    parent.wakeups = wakeups.filter((sequence) => {
      const answer = isWeakInitial(step, sequence, this.seen, this.#steps.placeOf(parent));
      if (answer === "no") return true;
      const rest = withoutThread(sequence, thread);
      if (rest !== null) passedOn.push(rest);
      return answer === "unknown" || parent.values.length > 0; // each value's subtree needs it
    });
    return passedOn;
  }

  #giveAway(sleep: readonly KnownSleeper[], isLeaf: boolean): void {
    this.#cut = true;
    this.subtrees.push(subtreeAt(this.#stack.slice(0, this.#depth), this.#root, sleep, isLeaf));
  }

  // To the deepest node below the root with a sequence, or a value, left to explore.
  #backtrack(): boolean {
    while (this.#stack.length > this.#root.prefix.length) {
      const node = this.#stack.at(-1);
      if (node === undefined) return false;
      if (node.kind === "value") {
        const value = node.rest.shift();
        if (value !== undefined) {
          node.value = value;
          if (this.#steps.path.length === 0) this.#steps.seen.forget();
          return true;
        }
      } else {
        node.sleep.push({ thread: node.thread, footprint: node.footprints, here: true });
        node.footprints = [];
        node.explored++;
        if (this.#turn(node)) return true;
        this.#steps.path.pop();
      }
      this.#stack.pop();
    }
    return false;
  }

  // Turns the node to the next thing to explore; false when there is none.
  #turn(node: ThreadNode): boolean {
    if (this.#divideFrom < Number.POSITIVE_INFINITY) return turnToAny(node);
    const sequence = this.#next(node);
    if (sequence === null) return false;
    turnTo(node, sequence[0]?.thread ?? -1);
    node.current = sequence;
    return true;
  }
}
