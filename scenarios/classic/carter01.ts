// Two classes of threads exclude each other: the first of a class takes the room for it, the last gives it back.
//
// Source: SCTBench, CS/carter01_bad. What is wrong: both classes count under one mutex, and the first of a class waits for
// the room with that mutex held; whoever has the room needs the mutex to leave it. Fixed, each class has its own mutex.
// explore: deadlock; it needs one preemption.

import type { Kernel } from "#kernel/kernel";
import { Mutex } from "#sync/mutex";
import { shared } from "#sync/shared";
import { classic, fixedBy, type Body, type Threads } from "./program.js";

export function roomForTwo(kernel: Kernel, fixed: boolean): Threads {
  const m = new Mutex(kernel, "m");
  const other = fixed ? new Mutex(kernel, "m of b") : m;
  const room = new Mutex(kernel, "room");
  const visitor = (mutex: Mutex, name: string): Body => {
    const inside = shared(kernel, 0, name);
    return function* () {
      yield* mutex.lock();
      if (++inside.value === 1) yield* room.lock();
      mutex.unlock();
      yield* mutex.lock();
      if (--inside.value === 0) room.unlock();
      mutex.unlock();
    };
  };
  return { a: visitor(m, "class a inside"), b: visitor(other, "class b inside") };
}

export default classic("carter01", {
  about: "A thread waits for a room with the lock held that the other needs to leave it.",
  parameters: fixedBy("each class counts under a mutex of its own"),
  expect: { run: "finished", explore: "deadlock" },
  threads: (kernel, { fixed }) => roomForTwo(kernel, fixed),
});
