// A sender and a receiver take turns by two flags, and both count their turns.
//
// Source: SCTBench, CS/circular_buffer_bad (there n is 7). Every access is locked; what is wrong is that a turn is counted even when the
// flag says no, so the numbers that are sent and those that are expected drift apart. Fixed, only what is sent or received counts.
// explore: assertion.

import type { Kernel } from "#kernel/kernel";
import { Mutex } from "#sync/mutex";
import { shared } from "#sync/shared";
import { check, classic, fixedBy, locked, size, type Threads } from "./program.js";

const SLOTS = 10;

export function circularBuffer(kernel: Kernel, n: number, fixed: boolean): Threads {
  const mutex = new Mutex(kernel, "m");
  const slots = Array.from({ length: SLOTS }, (_, i) => shared(kernel, 0, `slot ${i}`));
  const first = shared(kernel, 0, "first");
  const next = shared(kernel, 0, "next");
  const mayReceive = shared(kernel, false, "receive");

  const insert = (value: number): void => {
    const slot = slots[next.value];
    if (slot !== undefined) slot.value = value;
    next.value = (next.value + 1) % SLOTS;
  };
  const remove = (): number => {
    const slot = next.value > 0 ? slots[first.value] : undefined;
    if (slot === undefined) return -1;
    first.value++;
    return slot.value;
  };

  return {
    *sender() {
      let sent = 0;
      for (let turn = 0; turn < n; turn++) {
        yield* locked(mutex, () => {
          if (mayReceive.value) return;
          insert(fixed ? sent++ : turn);
          mayReceive.value = true;
        });
      }
    },
    *receiver() {
      let received = 0;
      for (let turn = 0; turn < n; turn++) {
        yield* locked(mutex, () => {
          if (!mayReceive.value) return;
          const expected = fixed ? received++ : turn;
          check(remove() === expected, "received something else than was sent");
          mayReceive.value = false;
        });
      }
    },
  };
}

export default classic("circular-buffer", {
  about: "Two ends of a buffer count their turns, and not what they sent and received.",
  parameters: { n: size(5, "turns of each", 1, 9), ...fixedBy("count what was sent and received") },
  expect: { run: "finished", explore: "assertion" },
  threads: (kernel, { n, fixed }) => circularBuffer(kernel, n, fixed),
});
