// Elves go to Santa Claus in twos; nobody joins them before both have left.
//
// Source: Trono, "A new exercise in concurrency" (SIGCSE Bulletin, 1994), and Downey, "The little book of semaphores", 5.5; in twos and
// without the reindeer. What is wrong: nobody closes the door behind the second elf. Fixed, it stays closed until both have left.
// explore: assertion.

import type { Kernel } from "#kernel/kernel";
import { Mutex } from "#sync/mutex";
import { Semaphore } from "#sync/semaphore";
import { shared } from "#sync/shared";
import { alike, check, classic, fixedBy, size, type Threads } from "./program.js";

const GROUP = 2;

export function elves(kernel: Kernel, count: number, fixed: boolean): Threads {
  const mutex = new Mutex(kernel, "m");
  const door = new Semaphore(kernel, 1, "door");
  const inside = shared(kernel, 0, "elves inside");
  const elf = function* () {
    if (fixed) yield* door.acquire();
    yield* mutex.lock();
    check(++inside.value <= GROUP, "an elf has joined a group that was complete");
    if (fixed && inside.value < GROUP) yield* door.release();
    mutex.unlock();

    yield* mutex.lock();
    if (--inside.value === 0 && fixed) yield* door.release();
    mutex.unlock();
  };
  return alike("elf", count, () => elf);
}

export default classic("santa-claus", {
  about: "An elf joins a group of elves that was complete.",
  parameters: { elves: size(3, "elves"), ...fixedBy("close the door behind a complete group") },
  expect: { run: "finished", explore: "assertion" },
  threads: (kernel, { elves: count, fixed }) => elves(kernel, count, fixed),
});
