// What can be said of the stack of a walk: how much of its part is explored, and the choices on the way.

import type { ThreadNode, ValueNode } from "#explore/dpor/node";
import type { Choice } from "#trace/schedule";

type Node = ThreadNode | ValueNode;

/** How much of the part with its root at this depth is explored, 0 to 1: a guess, since races may ask for more at any node. */
export function fractionOf(stack: readonly Node[], root: number, isStarted: boolean): number {
  if (isStarted && stack.length <= root) return 1;
  let share = 1;
  let done = 0;
  for (const node of stack.slice(root)) {
    const before = node.kind === "value" ? node.count - node.rest.length - 1 : node.explored;
    const count = node.kind === "value" ? node.count : waysOf(node);
    done += (share * before) / count;
    share /= count;
  }
  return done;
}

/** How many ways there are from a node, as far as is known: explored, being explored, and waiting. At least one. */
export function waysOf({ explored, thread, wakeups }: ThreadNode): number {
  return Math.max(1, explored + (thread < 0 ? 0 : 1) + wakeups.length);
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

/** The answers to all questions on this path. */
export function answersOn(path: readonly Node[]): number[] {
  return path.map((node) => (node.kind === "value" ? node.value : node.place));
}
