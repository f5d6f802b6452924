// What the forms of dynamic partial-order reduction have in common: the walk over the search tree, and what is noted of each
// step on the way. A form says what is to be explored because of a race, and in which order.
//
// Invariants:
//   - the stack holds the current execution's choices; the happens-before order holds those of its steps that are complete;
//   - an execution is told about its new steps only: those from the node that was turned on;
//   - above its floor nothing is asked for: at first that is its root, and the nodes above are expanded in full; when it gives something
//     away (src/explore/dpor/share.ts), the floor comes down.

import { CUT } from "#kernel/chooser";
import { OperationKind } from "#kernel/operation";
import type { Simulation } from "#kernel/simulation";
import type { Thread } from "#kernel/thread";
import { restoreWalk, revivedSeen, saveWalk } from "#explore/dpor/checkpoint";
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
import { passedOn, sleepersBelow } from "#explore/dpor/pass-on";
import { choicesOf, fractionOf, stepsOf } from "#explore/dpor/part";
import { SeenFootprints, type Place } from "#explore/dpor/seen";
import { addSequence, type WakeupSequence } from "#explore/dpor/sequence";
import { depthToGive, takeFrom, type SavedWalk } from "#explore/dpor/share";
import { Steps } from "#explore/dpor/steps";
import {
  WHOLE_TREE,
  type GivenPart,
  type GivingStrategy,
  type Origin,
  type StrategyName,
  type Subtree,
} from "#explore/strategy";
import type { Choice } from "#trace/schedule";

/** A depth-first walk over the executions that races ask for. */
export abstract class DporWalk implements GivingStrategy {
  abstract readonly name: StrategyName;
  readonly complete = true;
  readonly bounded = false;
  blocked = 0;
  strayed = false;
  readonly #steps: Steps;
  readonly #root: Subtree;
  readonly #stack: (ThreadNode | ValueNode)[] = [];
  #depth = 0;
  #started = false;
  /** The place in the stack of the last step's node: below it nothing is new. */
  #freshNode = 0;
  #cut = false;
  /** The depth of the first node at which something may be asked for, and the steps on the way there; -1 when not known yet. */
  #floor: number;
  #floorSteps = -1;

  constructor(origin: Origin = { subtree: WHOLE_TREE }) {
    if ("subtree" in origin) {
      this.#root = origin.subtree;
      this.#floor = this.#root.prefix.length;
      this.#steps = new Steps();
      return;
    }
    const saved = restoreWalk(origin.checkpoint as SavedWalk);
    this.#root = saved.root;
    this.#floor = saved.floor;
    this.#started = saved.started;
    this.blocked = saved.blocked;
    this.#stack.push(...saved.stack);
    const path = saved.stack.filter((node): node is ThreadNode => node.kind === "thread");
    this.#steps = new Steps(path, new SeenFootprints(revivedSeen(saved.seen)));
  }

  protected get seen(): SeenFootprints {
    return this.#steps.seen;
  }

  checkpoint(): SavedWalk {
    return saveWalk({
      root: this.#root,
      floor: this.#floor,
      stack: this.#stack,
      started: this.#started,
      blocked: this.blocked,
      seen: this.seen.entries(),
    });
  }

  get fraction(): number {
    return fractionOf(this.#stack, this.#floor, this.#started);
  }

  get canGive(): boolean {
    return depthToGive(this.#stack, this.#floor) >= 0;
  }

  give(): GivenPart {
    const depth = depthToGive(this.#stack, this.#floor);
    const given = takeFrom(this.#root, this.#stack, this.#floor, depth);
    this.#floor = depth + 1;
    this.#floorSteps = -1;
    return given;
  }

  begin(): boolean {
    if (this.#started && !this.#backtrack()) return false;
    this.#started = true;
    this.#depth = 0;
    this.#cut = false;
    let last = this.#stack.length - 1;
    while (last >= 0 && this.#stack[last]?.kind !== "thread") last--;
    this.#freshNode = last;
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
    if (this.#floorSteps < 0) this.#floorSteps = stepsOf(this.#stack.slice(0, this.#floor));
    this.#steps.findRaces(simulation, this.wholeSequences, (place, sequence) => {
      const node = this.#steps.path[place];
      if (node !== undefined && place >= this.#floorSteps) this.#insert(node, sequence);
    });
  }

  choices(): Choice[] {
    return choicesOf(this.#stack.slice(0, this.#depth));
  }

  /** Whether all executions that begin with the sequence are equivalent to ones that begin with the sleeper's step. */
  protected abstract isCovered(sequence: WakeupSequence, sleeper: KnownSleeper, place: Place): boolean;

  /** Whether a race's sequence holds all that does not happen after its earlier step, to the end of the execution. */
  protected abstract readonly wholeSequences: boolean;

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
    if (parent !== null && this.#depth > this.#root.prefix.length)
      node.wakeups = passedOn(parent, this.seen, this.#steps.placeOf(parent));
    for (const sequence of this.#steps.beforeFailures(node, candidates)) this.#insert(node, sequence);
    if (!this.#turn(node) && !turnToAny(node, starting)) {
      this.blocked++;
      this.#cut = true;
      return null;
    }
    return node;
  }

  #sleepers(): KnownSleeper[] {
    const { prefix, sleep } = this.#root;
    if (this.#depth === prefix.length) return sleep.map((sleeper) => ({ ...sleeper, isWhole: false }));
    const { parent } = this.#steps;
    return parent === null ? [] : sleepersBelow(parent);
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
    addSequence(node.wakeups, sequence);
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
    for (const sleeper of node.sleep) if (this.isCovered(sequence, sleeper, place)) return true;
    return false;
  }

  // To the deepest node below the floor with a sequence, or a value, left to explore.
  #backtrack(): boolean {
    while (this.#stack.length > this.#floor) {
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
        if (node.thread >= 0) this.#putToSleep(node);
        if (this.#turn(node)) return true;
        this.#steps.path.pop();
      }
      this.#stack.pop();
    }
    return false;
  }

  // Only where all elder sleepers are whole has all been seen that begins with this one.
  #putToSleep(node: ThreadNode): void {
    const isWhole = node.sleep.every((elder) => elder.isWhole);
    node.sleep.push({ thread: node.thread, footprint: node.footprints, isWhole });
    node.footprints = [];
    node.explored++;
  }

  // Turns the node to the next thing to explore; false when there is none.
  #turn(node: ThreadNode): boolean {
    const sequence = this.#next(node);
    if (sequence === null) return false;
    turnTo(node, sequence[0]?.thread ?? -1);
    node.current = sequence;
    return true;
  }
}
