// One thread puts numbers into a queue and into a list, another takes them out and compares.
//
// Source: SCTBench, CS/queue_bad (there n is 20). Every access is locked; what is wrong is that the turn, which a thread
// may lose, serves as the place in the list. Fixed, each side counts what it put in or took out.
// explore: assertion.

import type { Kernel } from "#kernel/kernel";
import { Mutex } from "#sync/mutex";
import { shared } from "#sync/shared";
import { check, classic, fixedBy, locked, size, type Threads } from "./program.js";

export function queue(kernel: Kernel, n: number, fixed: boolean): Threads {
  const mutex = new Mutex(kernel, "m");
  const elements = Array.from({ length: n }, (_, i) => shared(kernel, 0, `element ${i}`));
  const stored = Array.from({ length: n }, (_, i) => shared(kernel, 0, `stored ${i}`));
  const head = shared(kernel, 0, "head");
  const tail = shared(kernel, 0, "tail");
  const mayDequeue = shared(kernel, false, "dequeue flag");

  const enqueue = (value: number, place: number): void => {
    const [element, copy] = [elements[tail.value++], stored[place]];
    if (element !== undefined) element.value = value;
    if (copy !== undefined) copy.value = value;
  };

  return {
    *enqueuer() {
      let value = 0;
      yield* locked(mutex, () => enqueue(value, 0));
      for (let turn = 1; turn < n; turn++) {
        yield* locked(mutex, () => {
          if (mayDequeue.value) return;
          value++;
          enqueue(value, fixed ? value : turn);
          mayDequeue.value = true;
        });
      }
    },
    *dequeuer() {
      let taken = 0;
      for (let turn = 0; turn < n; turn++) {
        yield* locked(mutex, () => {
          if (!mayDequeue.value) return;
          const place = fixed ? taken++ : turn;
          check(elements[head.value++]?.value === stored[place]?.value, "dequeued something else than was enqueued");
          mayDequeue.value = false;
        });
      }
    },
  };
}

export default classic("queue", {
  about: "Turns that were lost are taken for places in a queue.",
  parameters: { n: size(5, "turns of each", 2, 64), ...fixedBy("count what was put in and taken out") },
  expect: { run: "finished", explore: "assertion" },
  threads: (kernel, { n, fixed }) => queue(kernel, n, fixed),
});
