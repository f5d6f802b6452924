// A Bluetooth driver is stopped while a request comes in.
//
// Source: Qadeer and Wu, "KISS: keep it simple and sequential" (PLDI 2004); SCTBench, CS/bluetooth_driver_bad. Every
// access is a step. What is wrong: a request looks at the stopping flag and only then counts itself, so the driver may
// stop between the two. Fixed, it counts itself first, looks then, and counts itself off again when it comes too late.
// explore: assertion; it needs one preemption.

import type { Kernel } from "#kernel/kernel";
import type { Steps } from "#kernel/operation";
import { Atomic } from "#sync/atomic";
import { Mutex } from "#sync/mutex";
import { shared } from "#sync/shared";
import { check, classic, fixedBy, type Threads } from "./program.js";

export function bluetooth(kernel: Kernel, fixed: boolean): Threads {
  // The count changes in a critical section, as in SCTBench, whose atomic sections are those of one lock.
  const mutex = new Mutex(kernel, "atomic");
  const pendingIo = shared(kernel, 1, "pending io");
  const stoppingFlag = new Atomic(kernel, 0, "stopping flag");
  const stoppingEvent = new Atomic(kernel, 0, "stopping event");
  const stopped = new Atomic(kernel, 0, "stopped");

  function* count(change: number): Steps<number> {
    yield* mutex.lock();
    const now = (pendingIo.value += change);
    mutex.unlock();
    return now;
  }

  function* decrement(): Steps<void> {
    if ((yield* count(-1)) === 0) yield* stoppingEvent.set(1);
  }

  function* mayGoOn(): Steps<boolean> {
    if (fixed) yield* count(1);
    if ((yield* stoppingFlag.get()) !== 0) return false;
    if (!fixed) yield* count(1);
    return true;
  }

  return {
    *adder() {
      if (yield* mayGoOn()) check((yield* stopped.get()) === 0, "a request is served by a driver that has stopped");
      yield* decrement();
    },
    *stopper() {
      yield* stoppingFlag.set(1);
      yield* decrement();
      if ((yield* stoppingEvent.get()) !== 0) yield* stopped.set(1);
    },
  };
}

export default classic("bluetooth", {
  about: "A Bluetooth driver serves a request though it has stopped.",
  parameters: fixedBy("a request counts itself before it looks whether the driver stops"),
  expect: { run: "finished", explore: "assertion" },
  threads: (kernel, { fixed }) => bluetooth(kernel, fixed),
});
