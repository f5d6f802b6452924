// A linked stack whose pop reads the head's successor and then exchanges the head, if it is still the same.
//
// Source: Treiber, "Systems programming: coping with parallelism" (IBM, 1986); the ABA problem of Michael, "Hazard
// pointers" (2004). Every access is a step. What is wrong depends on where popped nodes go (`memory`):
//   - pool: they are pushed again. The head is the same node as before, but its successor is not: a node is handed out twice;
//   - heap: they are deleted. A late pop reads the successor of a node that was freed (the heap is guarded here);
//   - tagged: as pool, with a count beside the head that makes each change visible. Nothing is wrong.
// explore: assertion; it needs one preemption.

import type { Kernel } from "#kernel/kernel";
import type { Steps } from "#kernel/operation";
import { struct, type InstanceOf } from "#kernel/struct";
import { Atomic, atomic } from "#sync/atomic";
import { shared } from "#sync/shared";
import { check, classic, type Threads } from "./program.js";

const Node = struct("node", { next: atomic() });

const NODES = 3;
/** The head holds a node's place and, from this bit on, the tag. */
const TAG = 8;
const NONE = NODES;

class TreiberStack {
  readonly #head: Atomic;
  readonly #nodes: readonly InstanceOf<typeof Node>[];
  readonly #step: number;

  constructor(kernel: Kernel, tagged: boolean) {
    this.#head = new Atomic(kernel, 0, "head");
    this.#step = tagged ? TAG : 0;
    this.#nodes = Array.from({ length: NODES }, (_, place) => {
      const node = kernel.heap.new(Node);
      node.next.fill(place + 1);
      return node;
    });
  }

  node(place: number): InstanceOf<typeof Node> {
    return this.#nodes[place] as InstanceOf<typeof Node>;
  }

  /** The place of the node that was on top; `NONE` when there was none. */
  *pop(): Steps<number> {
    for (;;) {
      const head = yield* this.#head.get();
      const place = head % TAG;
      if (place === NONE) return NONE;
      const next = yield* this.node(place).next.get();
      if ((yield* this.#head.testAndSet(this.#changed(head, next), head)) === head) return place;
    }
  }

  *push(place: number): Steps<void> {
    for (;;) {
      const head = yield* this.#head.get();
      yield* this.node(place).next.set(head % TAG);
      if ((yield* this.#head.testAndSet(this.#changed(head, place), head)) === head) return;
    }
  }

  #changed(head: number, place: number): number {
    return head - (head % TAG) + this.#step + place;
  }
}

export function treiberStack(kernel: Kernel, memory: string): Threads {
  const stack = new TreiberStack(kernel, memory === "tagged");
  const out = Array.from({ length: NODES }, (_, place) => shared(kernel, false, `node ${place} is out`));
  function* pop(): Steps<number> {
    const place = yield* stack.pop();
    const isOut = out[place];
    if (isOut === undefined) return place;
    check(!isOut.value, `node ${place} is handed out twice`);
    isOut.value = true;
    if (memory === "heap") kernel.heap.delete(stack.node(place));
    return place;
  }
  return {
    *slow() {
      yield* pop();
      yield* pop();
    },
    *quick() {
      const first = yield* pop();
      yield* pop();
      const isOut = out[first];
      if (memory === "heap" || isOut === undefined) return;
      isOut.value = false;
      yield* stack.push(first);
    },
  };
}

export default classic("treiber-stack", {
  about: "A lock-free stack meets a node again that has left and come back: the ABA problem.",
  parameters: {
    memory: {
      default: "pool",
      oneOf: ["pool", "heap", "tagged"],
      about: "where popped nodes go: pool, heap (a late pop reads freed memory), or tagged (corrected)",
    },
  },
  expect: { run: "finished", explore: "assertion" },
  heap: "guarded",
  threads: (kernel, { memory }, judge) => {
    judge.allowLeaks(); // what is left in the stack
    return treiberStack(kernel, memory);
  },
});
