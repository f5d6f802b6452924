// Wakeup trees: the sequences that are still to be explored from a node (Abdulla, Aronis, Jonsson, Sagonas,
// JACM 2017, definition 4.2; facts: explorer.md, C.3).
//
// Invariants:
//   - branches are explored left to right; the leftmost of a node that is being explored is in progress;
//   - inserting a sequence that is already covered, up to equivalence, changes nothing.

import { conflicts, type Codes } from "#kernel/footprint";

/** One event of a sequence to be explored. */
export interface WakeupEvent {
  readonly thread: number;
  /** The footprint it had where it ran; should it touch more in its new place, the race is found there. */
  readonly footprint: Codes;
  /** Values to choose inside it. */
  readonly values: readonly number[];
  /**
   * It ran in another order, or never: with plain accesses of its own it may touch other things in its new place. Nothing
   * is then taken to be covered because of what it touched.
   */
  readonly uncertain: boolean;
  /** Places, in the sequence, of earlier events that happen before it. */
  readonly after: readonly number[];
}

/** A branch: an event, and what is to follow it, for each choice of values inside it. */
export class WakeupBranch {
  event: WakeupEvent;
  readonly #trees = new Map<string, WakeupTree>();

  constructor(event: WakeupEvent) {
    this.event = event;
  }

  /** What is to follow the event when these values were chosen in it; null when nothing was ever asked for. */
  treeAfter(values: readonly number[]): WakeupTree | null {
    return this.#trees.get(values.join()) ?? null;
  }

  /** As `treeAfter`, made when it is not there. */
  growAfter(values: readonly number[]): WakeupTree {
    const key = values.join();
    let tree = this.#trees.get(key);
    if (tree === undefined) this.#trees.set(key, (tree = new WakeupTree()));
    return tree;
  }

  /** Every sequence from here to a leaf. */
  sequences(): WakeupEvent[][] {
    const below = [...this.#trees.values()].flatMap((tree) => tree.branches.flatMap((branch) => branch.sequences()));
    return below.length === 0 ? [[this.event]] : below.map((sequence) => [this.event, ...sequence]);
  }
}

export class WakeupTree {
  readonly branches: WakeupBranch[] = [];

  /** The branch to be explored next. */
  get first(): WakeupBranch | null {
    return this.branches[0] ?? null;
  }

  /** Adds `sequence` unless it is covered. Events of it that a branch already has are shared. */
  insert(sequence: readonly WakeupEvent[]): void {
    let rest = sequence.map((event, place) => ({ event, place }));
    let tree: WakeupTree = this;
    for (let next: Descent | null = descend(tree, rest); next !== null; next = descend(tree, rest)) {
      if (next.covered) return;
      tree = next.tree;
      rest = next.rest;
    }
    for (const { event } of rest) {
      const branch = new WakeupBranch(event);
      tree.branches.push(branch);
      tree = branch.growAfter(event.values);
    }
  }

  /** The first branch is being explored: this is what its step touches, this time. */
  noteFirst(footprint: Codes, values: readonly number[]): void {
    const { first } = this;
    if (first !== null) first.event = { ...first.event, footprint, values: [...values] };
  }

  /** Whether every sequence that begins with the first branch lets one of these threads go first. */
  firstIsCovered(sleepers: readonly { readonly thread: number; readonly footprint: Codes }[]): boolean {
    const { first } = this;
    if (first === null || sleepers.length === 0) return false;
    // What an uncertain event will touch is not known yet: it is covered only by its own thread's going first.
    return first.sequences().every((sequence) =>
      sleepers.some(
        (each) =>
          sequence.every((event) => !event.uncertain || event.thread === each.thread) &&
          canGoFirst(each.thread, each.footprint, sequence),
      ),
    );
  }

  /** The first branch has been explored. */
  removeFirst(): void {
    this.branches.shift();
  }
}

/** One event further down a tree. */
interface Descent {
  readonly tree: WakeupTree;
  readonly rest: Placed[];
  /** All that begins in this way is explored already. */
  readonly covered: boolean;
}

// Into the first branch that begins as the sequence may begin; null when there is none.
function descend(tree: WakeupTree, sequence: readonly Placed[]): Descent | null {
  for (const branch of tree.branches) {
    const found = matches(branch.event, sequence, false);
    if (found === "other") continue;
    const event = found === "independent" ? branch.event : (sequence[found]?.event ?? branch.event);
    const rest = sequence.filter((_, place) => place !== found);
    const known = branch.treeAfter(event.values);
    // Asked for with other values only: this sequence is the first with these.
    const covered = known !== null && known.branches.length === 0;
    return { tree: known ?? branch.growAfter(event.values), rest, covered };
  }
  return null;
}

interface Placed {
  readonly event: WakeupEvent;
  readonly place: number;
}

// Where the branch's thread begins in the sequence, if it can go first there; "independent" when the
// sequence lets the branch's event go first without holding it; "other" when it is another way to begin.
// `exactly`: the branch's footprint is that of its step from this very node.
function matches(branch: WakeupEvent, sequence: readonly Placed[], exactly: boolean): number | "independent" | "other" {
  const place = sequence.findIndex(({ event }) => event.thread === branch.thread);
  if (place >= 0) return isInitial(sequence, place, exactly ? branch.footprint : null) ? place : "other";
  if (branch.values.length > 0) return "other";
  const holds = ({ event }: Placed): boolean => (event.uncertain && !exactly) || conflicts(event.footprint, branch.footprint);
  return sequence.some(holds) ? "other" : "independent";
}

/** Whether a thread that would take a step with this footprint could go first in the sequence: its weak initials. */
export function canGoFirst(thread: number, footprint: Codes, sequence: readonly WakeupEvent[]): boolean {
  const placed = sequence.map((event, place) => ({ event, place }));
  return matches({ thread, footprint, values: [], uncertain: false, after: [] }, placed, true) !== "other";
}

/** The threads that can go first in the sequence, in its order. An uncertain event can only where it stands first. */
export function initialsOf(sequence: readonly WakeupEvent[]): number[] {
  const placed = sequence.map((event, place) => ({ event, place }));
  const firsts = placed.filter(({ event }, at) => placed.findIndex((each) => each.event.thread === event.thread) === at);
  return firsts.filter(({ place }) => isInitial(placed, place, null)).map(({ event }) => event.thread);
}

/** Whether nothing before it in the sequence happens before the event at `place`. */
function isInitial(sequence: readonly Placed[], place: number, footprint: Codes | null): boolean {
  const event = sequence[place]?.event;
  if (event === undefined) return false;
  const earlier = sequence.slice(0, place);
  if (footprint !== null) return !earlier.some((each) => conflicts(each.event.footprint, footprint));
  if (event.uncertain) return earlier.length === 0;
  return earlier.every((each) => !event.after.includes(each.place));
}
