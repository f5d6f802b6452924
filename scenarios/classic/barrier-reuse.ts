// Threads meet at a barrier, again and again: the last to come wakes the others.
//
// Source: Downey, "The little book of semaphores", 3.6 (the reusable barrier). What is wrong: those who wait look whether the
// count is 0 again, and a quick thread may have come to the next round before a slow one has looked. Fixed, they look
// whether the round is over.
// explore: deadlock; the waiters heard the notify, and could not see what it was about.

import type { Kernel } from "#kernel/kernel";
import type { Steps } from "#kernel/operation";
import { ConditionVariable } from "#sync/condition-variable";
import { Mutex } from "#sync/mutex";
import { shared } from "#sync/shared";
import { alike, classic, fixedBy, size, WAKEUPS, type Threads } from "./program.js";

export function barrier(kernel: Kernel, threads: number, rounds: number, fixed: boolean): Threads {
  const mutex = new Mutex(kernel, "m");
  const allThere = new ConditionVariable(kernel, "all there");
  const arrived = shared(kernel, 0, "arrived");
  const round = shared(kernel, 0, "round");

  function* meet(): Steps<void> {
    yield* mutex.lock();
    const own = round.value;
    if (++arrived.value === threads) {
      arrived.value = 0;
      round.value++;
      yield* allThere.notifyAll();
    } else {
      while (fixed ? round.value === own : arrived.value !== 0) yield* allThere.wait(mutex);
    }
    mutex.unlock();
  }

  return alike(
    "t",
    threads,
    () =>
      function* () {
        for (let i = 0; i < rounds; i++) yield* meet();
      },
  );
}

export default classic("barrier-reuse", {
  about: "A quick thread comes to a barrier's next round before a slow one has left the last.",
  parameters: {
    threads: size(2, "threads", 2),
    rounds: size(2, "rounds"),
    ...fixedBy("wait for the end of the round, not for a count of 0"),
    ...WAKEUPS,
  },
  expect: { run: "deadlock", explore: "deadlock" },
  threads: (kernel, { threads, rounds, fixed }) => barrier(kernel, threads, rounds, fixed),
});
