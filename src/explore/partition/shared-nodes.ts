// The nodes of a walk that several do together (src/explore/dpor/share.ts; facts: explorer.md, C.13, ii): those that lie above parts.
//
// Invariants:
//   - a node is kept as long as something waits there, or something that begins with one of its sleepers is still explored;
//   - what begins with a sleeper that is not whole is explored by others: it counts as explored, since it will be. So elder
//     sleepers never wait for younger ones, and no two parts share an execution;
//   - of a claimed node only one part explores new branches; what is posted to it meanwhile waits here until it is given back.

import { assert } from "#base/assert";
import { newThreadNode, type KnownSleeper, type ThreadNode, type ValueNode } from "#explore/dpor/node";
import { addSequence, type WakeupSequence } from "#explore/dpor/sequence";
import type { GivenNode, HandedOver, SavedWalk } from "#explore/dpor/share";
import type { Subtree } from "#explore/strategy";

type Node = ThreadNode | ValueNode;
type Path = readonly Node[];

/** A node that belongs to nobody, or is claimed. Plain JSON. */
export interface SharedNode {
  /** All that is shared lies below this part's root. */
  readonly root: Subtree;
  /** The way to it, with the steps on it. */
  readonly path: Path;
  readonly candidates: readonly number[];
  sleep: readonly KnownSleeper[];
  explored: number;
  /** What is to be explored from it; what was posted, while it is claimed. */
  waiting: readonly WakeupSequence[];
  /** Its own sleepers that others are at. */
  open: readonly number[];
  isClaimed: boolean;
  /** What waits is so much of the tree. */
  share: number;
}

/** A walk that begins at a node that waits. */
export interface Claim {
  readonly walk: SavedWalk;
  readonly share: number;
}

export class SharedNodes {
  readonly #nodes = new Map<string, SharedNode>();

  constructor(nodes: readonly SharedNode[] = []) {
    for (const node of nodes) this.#nodes.set(keyOf(node.path), { ...node });
  }

  save(): SharedNode[] {
    return [...this.#nodes.values()].map((node) => ({ ...node }));
  }

  get hasWaiting(): boolean {
    for (const node of this.#nodes.values()) if (isWaiting(node)) return true;
    return false;
  }

  /** Every node that waits is claimed. */
  claimAll(): Claim[] {
    return [...this.#nodes.values()].filter(isWaiting).map((node) => this.#claim(node));
  }

  /** A claim on which nobody has worked is none any more. */
  giveBack({ walk: { stack, floor }, share }: Claim): void {
    const node = this.#nodes.get(keyOf(stack.slice(0, floor)));
    const claimed = stack[floor];
    assert(node?.isClaimed === true && claimed?.kind === "thread", "what is given back was claimed");
    this.#release(node, { ...claimed, isOpen: false }, share);
    this.#settle(node);
  }

  /** A walk before somebody goes on with it: with all that is known of the nodes above its floor. */
  refreshed(walk: SavedWalk): SavedWalk {
    const { root, stack, floor } = walk;
    return { ...walk, stack: [...this.#asKnown(root, stack.slice(0, floor)), ...stack.slice(floor)] };
  }

  /**
   * What a part tells.
   * @param walk as it was left: its floor lies below what it gave, but for a claim that is done
   * @param share the part's, before
   * @returns the share of what is left of the part itself, and of what now waits
   */
  put(
    walk: SavedWalk,
    { posted, given }: HandedOver,
    isOver: boolean,
    share: number,
  ): { readonly left: number; readonly waiting: number } {
    const { root, stack, floor } = walk;
    for (const { depth, sequences } of posted) {
      const node = this.#nodes.get(keyOf(stack.slice(0, depth)));
      assert(node !== undefined, "a node above a part is kept until the part is explored");
      addTo(node, sequences);
    }
    if (isOver) {
      const [done] = given;
      const claimed = done === undefined ? undefined : this.#nodes.get(keyOf(stack.slice(0, floor)));
      if (done !== undefined && claimed !== undefined) {
        this.#release(claimed, done, 0);
        this.#settle(claimed);
      } else this.#becameWhole(root, stack.slice(0, floor));
      return { left: 0, waiting: 0 };
    }
    let left = share;
    let waiting = 0;
    for (const [place, node] of given.entries()) {
      const ways = node.explored + node.wakeups.length;
      waiting += (left * node.wakeups.length) / ways;
      this.#give(root, stack.slice(0, floor - given.length + place), node, (left * node.wakeups.length) / ways);
      left /= ways;
    }
    return { left, waiting };
  }

  // A node whose step is still being explored is given up.
  #give(root: Subtree, path: Path, given: GivenNode, share: number): void {
    const node = this.#nodes.get(keyOf(path)) ?? newSharedNode(root, path, given);
    this.#nodes.set(keyOf(path), node);
    const youngest = given.sleep.at(-1);
    if (given.isOpen && youngest !== undefined) node.open = [...node.open, youngest.thread];
    this.#release(node, given, share);
  }

  #release(node: SharedNode, given: GivenNode, share: number): void {
    const posted = node.waiting;
    node.isClaimed = false;
    node.sleep = given.sleep;
    node.explored = given.explored;
    node.waiting = given.wakeups;
    node.share += share;
    addTo(node, posted);
    rise(node);
  }

  // A node from which nothing more comes is whole, and what began with its parent's step with it.
  #settle(node: SharedNode): void {
    if (node.isClaimed || node.open.length > 0 || node.waiting.length > 0) return;
    this.#nodes.delete(keyOf(node.path));
    this.#becameWhole(node.root, node.path);
  }

  // All that lies below the end of this path has been explored.
  #becameWhole(root: Subtree, path: Path): void {
    if (path.length <= root.prefix.length) return;
    const parent = this.#nodes.get(keyOf(path.slice(0, -1)));
    const step = path.at(-1);
    assert(parent !== undefined && step?.kind === "thread", "what is shared lies below shared nodes");
    parent.open = parent.open.filter((thread) => thread !== step.thread);
    if (!parent.isClaimed) rise(parent);
    this.#settle(parent);
  }

  #claim(node: SharedNode): Claim {
    const { root, path, candidates, waiting, explored, share } = node;
    const steps = path.filter(({ kind }) => kind === "thread").length;
    const claimed = { ...newThreadNode(steps, candidates, [...node.sleep]), wakeups: [...waiting], explored };
    const stack = [...this.#asKnown(root, path), claimed];
    node.isClaimed = true;
    node.waiting = [];
    node.share = 0;
    return {
      walk: { root, floor: path.length, isClaim: true, stack, started: true, blocked: 0, seen: null },
      share,
    };
  }

  // The steps of a path, at nodes as they are now. What is on the way itself covers nothing that is posted from below it.
  #asKnown(root: Subtree, path: Path): Node[] {
    return path.map((node, depth) => {
      const shared = depth < root.prefix.length ? undefined : this.#nodes.get(keyOf(path.slice(0, depth)));
      if (node.kind === "value" || shared === undefined) return node;
      return { ...node, sleep: shared.sleep.filter(({ thread }) => thread !== node.thread), wakeups: [] };
    });
  }
}

function newSharedNode(root: Subtree, path: Path, { candidates }: GivenNode): SharedNode {
  const nothing = { sleep: [], explored: 0, waiting: [], open: [], isClaimed: false, share: 0 };
  return { root, path, candidates, ...nothing };
}

function isWaiting({ isClaimed, waiting }: SharedNode): boolean {
  return !isClaimed && waiting.length > 0;
}

// An own sleeper is whole when nobody is at it any more, and all elder ones are whole.
function rise(node: SharedNode): void {
  // Those with which it began are first.
  const inherited = node.sleep.length - node.explored;
  let areWhole = true;
  node.sleep = node.sleep.map((sleeper, place) => {
    const isDone = place >= inherited && !node.open.includes(sleeper.thread);
    areWhole &&= sleeper.isWhole || isDone;
    return areWhole && !sleeper.isWhole ? { ...sleeper, isWhole: true } : sleeper;
  });
}

function addTo(node: SharedNode, sequences: readonly WakeupSequence[]): void {
  const waiting = [...node.waiting];
  for (const sequence of sequences) addSequence(waiting, sequence);
  node.waiting = waiting;
}

/** The answers on a path. */
export function answersOn(path: Path): number[] {
  return path.map((node) => (node.kind === "value" ? node.value : node.place));
}

function keyOf(path: Path): string {
  return answersOn(path).join();
}
