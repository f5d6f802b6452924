// How a walk gives away some of what races have asked for, so that others go on with it (facts: explorer.md, C.13, i).
//
// A node of the stack is *closed* when each thread that can go from it sleeps, goes, or begins a sequence that waits there: the walk has
// expanded it in full by itself. From the first closed node at which something waits, with only closed ones above it, all that waits is given
// away as a part of its own: a walk that begins at that node, where everything sleeps that has gone. From then on neither of the two asks
// for anything at that node or above it, and they need not talk to each other.
//
// Nothing is lost by that. What a race below asks for at a closed node begins with a thread that sleeps there, goes, or waits (but the
// one that goes is the race's earlier step). If it sleeps the one walk would have left it, too: that branch is explored, and an
// execution that sleeps in it begins with an elder one, and so on to the eldest. If it waits then its branch will be explored with all in
// it that does not sleep; it only begins without that sequence. One thing must not be taken as known then: that a sleeper covers a
// sequence with which it commutes, though it is not in it. That rests on what the sleeper's branch has asked for having been passed on to
// the younger ones. So at the root of what is given away no sleeper is whole, and only what begins with its step is left to it. So
// no trace is run twice, as with sleep sets; what may come of it is executions that are cut short.
//
// Where a node is not closed, younger threads are not expanded for the sake of dividing: they may be independent of all that has gone,
// and then everything below them is cut short. The exception is a node from which one step has gone that touches nothing: no race is
// ever with it, so nothing will be asked for there.
// A node whose step chose values is not given away, nor what is below it: what all its values touch is known only in the end.

import { newThreadNode, type ThreadNode, type ValueNode } from "#explore/dpor/node";
import { answersOn } from "#explore/dpor/part";
import type { Seen } from "#explore/dpor/seen";
import type { GivenPart, Subtree } from "#explore/strategy";

type Node = ThreadNode | ValueNode;

/** All that a walk needs to go on; plain JSON. */
export interface SavedWalk {
  readonly root: Subtree;
  /** The depth of the first node that is its own: above it nothing is asked for. */
  readonly floor: number;
  readonly stack: readonly Node[];
  readonly started: boolean;
  readonly blocked: number;
  readonly seen: readonly (readonly [number, readonly Seen[]])[];
}

/** The depth of the node at which something waits that may be given away; -1 when there is none. */
export function depthToGive(stack: readonly Node[], floor: number): number {
  // What was seen after a value before the first step holds for that value only.
  if (stack[0]?.kind === "value") return -1;
  for (let depth = floor; depth < stack.length; depth++) {
    const node = stack[depth];
    if (node?.kind !== "thread" || node.thread < 0 || stack[depth + 1]?.kind === "value" || !isClosed(node)) return -1;
    if (node.wakeups.length > 0) return depth;
  }
  return -1;
}

function isClosed({ candidates, sleep, thread, wakeups, explored, footprints, woken }: ThreadNode): boolean {
  if (explored === 0 && wakeups.length === 0 && footprints.length === 0 && woken.length === 0) return true;
  return candidates.every(
    (candidate) =>
      candidate === thread ||
      sleep.some((sleeper) => sleeper.thread === candidate) ||
      wakeups.some((sequence) => sequence[0]?.thread === candidate),
  );
}

/**
 * What waits at the node of this depth is taken from there, as a walk of its own.
 * @param floor of the walk that gives it away; from now on it is to be `depth + 1`
 */
export function takeFrom(root: Subtree, stack: readonly Node[], floor: number, depth: number): GivenPart {
  const node = stack[depth];
  if (node?.kind !== "thread") throw new RangeError(`no thread was chosen at ${depth}`);
  const { thread, footprints, wakeups, explored } = node;
  const sleep = [...node.sleep, { thread, footprint: footprints }];
  const asleep = sleep.map((sleeper) => ({ ...sleeper, isWhole: false }));
  const rest = { ...newThreadNode(node.step, node.candidates, asleep), wakeups };
  node.wakeups = [];
  const walk: SavedWalk = {
    root,
    floor: depth,
    stack: [...stack.slice(0, depth), rest],
    started: true,
    blocked: 0,
    seen: [],
  };
  const share = shareAbove(stack.slice(floor, depth)) * (wakeups.length / (explored + 1 + wakeups.length));
  return { checkpoint: structuredClone(walk), prefix: answersOn(stack.slice(0, depth)), share };
}

// Of nodes at which nothing waits: what is explored now is so much of the part.
function shareAbove(nodes: readonly Node[]): number {
  return nodes.reduce((share, node) => (node.kind === "thread" ? share / (node.explored + 1) : share), 1);
}
