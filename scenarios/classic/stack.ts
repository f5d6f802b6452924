// One thread pushes n numbers, another pops as many, once a flag says that there are some.
//
// Source: SCTBench, CS/stack_bad (there n is 10). Every access is locked; what is wrong is the flag, which stays up when
// the stack is empty again. Fixed, the test is whether there is something.
// explore: assertion.

import type { Kernel } from "#kernel/kernel";
import { Mutex } from "#sync/mutex";
import { shared } from "#sync/shared";
import { check, classic, fixedBy, locked, size, type Threads } from "./program.js";

export function stack(kernel: Kernel, n: number, fixed: boolean): Threads {
  const mutex = new Mutex(kernel, "m");
  const top = shared(kernel, 0, "top");
  const flag = shared(kernel, false, "flag");
  return {
    *pusher() {
      for (let i = 0; i < n; i++) {
        yield* locked(mutex, () => {
          top.value++;
          flag.value = true;
        });
      }
    },
    *popper() {
      for (let i = 0; i < n; i++) {
        yield* locked(mutex, () => {
          if (fixed ? top.value === 0 : !flag.value) return;
          check(top.value > 0, "stack underflow");
          top.value--;
        });
      }
    },
  };
}

export default classic("stack", {
  about: "A flag says that a stack has something in it, long after it was so.",
  parameters: { n: size(4, "numbers"), ...fixedBy("look at the stack, not at the flag") },
  expect: { run: "finished", explore: "assertion" },
  threads: (kernel, { n, fixed }) => stack(kernel, n, fixed),
});
