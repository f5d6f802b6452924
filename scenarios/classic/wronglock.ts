// Some threads count a number up under one lock, others under another.
//
// Source: SCTBench, CS/wronglock_bad and wronglock_3_bad. Every access is a step. What is wrong: two locks protect one
// number, so nothing protects it. Fixed, there is one lock.
// explore: assertion.

import type { Kernel } from "#kernel/kernel";
import { Atomic } from "#sync/atomic";
import { Mutex } from "#sync/mutex";
import { alike, check, classic, fixedBy, size, type Threads } from "./program.js";

export function wrongLock(kernel: Kernel, right: number, wrong: number, fixed: boolean): Threads {
  const dataLock = new Mutex(kernel, "data lock");
  const otherLock = fixed ? dataLock : new Mutex(kernel, "other lock");
  const data = new Atomic(kernel, 0, "data");
  const careful = function* () {
    yield* dataLock.lock();
    const before = yield* data.get();
    yield* data.set((yield* data.get()) + 1);
    check((yield* data.get()) === before + 1, "somebody else has changed the number");
    dataLock.unlock();
  };
  const careless = function* () {
    yield* otherLock.lock();
    yield* data.set((yield* data.get()) + 1);
    otherLock.unlock();
  };
  return { ...alike("careful", right, () => careful), ...alike("careless", wrong, () => careless) };
}

export default classic("wronglock", {
  about: "Two locks protect one number.",
  parameters: {
    right: size(1, "threads that take the number's lock and look whether it helps"),
    wrong: size(2, "threads that take another lock"),
    ...fixedBy("one lock for all"),
  },
  expect: { run: "finished", explore: "assertion" },
  threads: (kernel, { right, wrong, fixed }) => wrongLock(kernel, right, wrong, fixed),
});
