// A walk that several do together. Its nodes above what each is at are shared: they belong to nobody, or to one who explores what waits
// there (src/explore/partition/shared-nodes.ts keeps them). Who finds a race with a step above his own part posts the
// sequence to the node before it (facts: explorer.md, C.13, ii).
//
// Invariants:
//   - a node of the stack below the floor is this walk's alone; that at the floor, too, while it is claimed, but what begins with its
//     sleepers others may be exploring;
//   - a node whose step chose values is not given up, nor what is below it: what all its values touch is known only in the end.

import type { KnownSleeper, ThreadNode, ValueNode } from "#explore/dpor/node";
import type { Seen } from "#explore/dpor/seen";
import type { WakeupSequence } from "#explore/dpor/sequence";
import type { Subtree } from "#explore/strategy";

type Node = ThreadNode | ValueNode;

/** All that a walk needs to go on; plain JSON. */
export interface SavedWalk {
  readonly root: Subtree;
  /** The depth of the first node that it does not share. */
  readonly floor: number;
  /** Whether the node at the floor is a shared one that is this walk's for now. */
  readonly isClaim: boolean;
  readonly stack: readonly Node[];
  readonly started: boolean;
  readonly blocked: number;
  /** Null when it is shared, too. */
  readonly seen: readonly [number, readonly Seen[]][] | null;
}

/** What a walk tells those who explore other parts. Plain JSON. */
export interface HandedOver {
  /** Sequences for nodes above its floor, by their depth. */
  readonly posted: readonly Posted[];
  /** Nodes that it gives up, one below the other, from its floor down. */
  readonly given: readonly GivenNode[];
  /** What was seen until then, when that has been its own until now. */
  readonly seen: readonly [number, readonly Seen[]][];
}

/** A node without its step: what that began sleeps there. */
export interface GivenNode {
  readonly candidates: readonly number[];
  readonly sleep: readonly KnownSleeper[];
  /** So many of these were explored, or begun, here; those with which it began are first. */
  readonly explored: number;
  readonly wakeups: readonly WakeupSequence[];
  /** Whether that step's part is still explored. */
  readonly isOpen: boolean;
}

export interface Posted {
  readonly depth: number;
  readonly sequences: readonly WakeupSequence[];
}

/** What waits at the nodes of a stack above the floor is taken from there. */
export function takePosted(stack: readonly Node[], floor: number): Posted[] {
  const posted: Posted[] = [];
  for (let depth = 0; depth < floor; depth++) {
    const node = stack[depth];
    if (node?.kind !== "thread" || node.wakeups.length === 0) continue;
    posted.push({ depth, sequences: node.wakeups });
    node.wakeups = [];
  }
  return posted;
}

/** Whether something waits at a node above the floor. */
export function hasPosts(stack: readonly Node[], floor: number): boolean {
  for (let depth = 0; depth < floor; depth++) if (hasWaiting(stack[depth])) return true;
  return false;
}

/** The depth of a node that may be given up with all above it, where about half of what waits is; -1 when there is none. */
export function depthToGive(stack: readonly Node[], floor: number): number {
  // What was seen after a value before the first step holds for that value only.
  if (stack[0]?.kind === "value") return -1;
  const waiting: number[] = [];
  for (let depth = floor; depth < stack.length; depth++) {
    if (stack[depth]?.kind === "value" || stack[depth + 1]?.kind === "value") break;
    if (hasWaiting(stack[depth])) waiting.push(depth);
  }
  return waiting[Math.ceil(waiting.length / 2) - 1] ?? -1;
}

/** The nodes of a stack from one depth to before another, without their steps, which are still explored. */
export function givenNodes(stack: readonly Node[], from: number, to: number): GivenNode[] {
  return stack.slice(from, to).flatMap((node) => {
    if (node.kind === "value") return [];
    const { candidates, explored, wakeups, thread, footprints } = node;
    const sleep = [...node.sleep, { thread, footprint: footprints, isWhole: false }];
    return [{ candidates, explored: explored + 1, wakeups, sleep, isOpen: true }];
  });
}

function hasWaiting(node: Node | undefined): boolean {
  return node?.kind === "thread" && node.thread >= 0 && node.wakeups.length > 0;
}
