// Parts of a walk's tree: how much of one is explored, and what is given away (src/explore/strategy.ts).

import type { KnownSleeper, ThreadNode, ValueNode } from "#explore/dpor/node";
import type { Subtree } from "#explore/strategy";
import type { Choice } from "#trace/schedule";

type Node = ThreadNode | ValueNode;

/** How much of the part with its root at this depth is explored, 0 to 1: a guess, since races may ask for more at any node. */
export function fractionOf(stack: readonly Node[], root: number, isStarted: boolean): number {
  if (isStarted && stack.length <= root) return 1;
  let share = 1;
  let done = 0;
  for (const node of stack.slice(root)) {
    const before = node.kind === "value" ? node.count - node.rest.length - 1 : node.explored;
    const count = node.kind === "value" ? node.count : before + 1 + node.wakeups.length;
    done += (share * before) / count;
    share /= count;
  }
  return done;
}

/** The part below the node at the end of this path, which lies in the part with the root `within`. */
export function subtreeAt(
  path: readonly Node[],
  within: Subtree,
  sleep: readonly KnownSleeper[],
  isLeaf: boolean,
): Subtree {
  const own = path.slice(within.prefix.length);
  return {
    prefix: path.map((node) => (node.kind === "value" ? node.value : node.place)),
    sleep: sleep.map(({ thread, footprint }) => ({ thread, footprint })),
    share: own.reduce((share, node) => share / alternatives(node), within.share),
    isLeaf,
  };
}

/** The choices of an execution along this path, where there was one. */
export function choicesOf(path: readonly Node[]): Choice[] {
  return path
    .map((node) =>
      node.kind === "value"
        ? { value: node.value, count: node.count }
        : { value: node.place, count: node.candidates.length },
    )
    .filter((choice) => choice.count > 1);
}

/** How many of these nodes have a step. */
export function stepsOf(nodes: readonly Node[]): number {
  return nodes.filter((node) => node.kind === "thread").length;
}

function alternatives(node: Node): number {
  return node.kind === "value" ? node.count : node.candidates.length;
}
