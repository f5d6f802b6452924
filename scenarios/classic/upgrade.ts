// Readers of a reader/writer lock want to write what they have read, and lock it for writing too.
//
// Source: the manual of pthread_rwlock_wrlock, which calls it undefined, and Haiku's rw_lock_write_lock, which waits for all
// readers to leave. What is wrong: each waits for the other to leave, or for himself. Fixed, they write-lock at once.
// explore: deadlock in every trace.

import type { Kernel } from "#kernel/kernel";
import { RwLock } from "#sync/rw-lock";
import { shared } from "#sync/shared";
import { alike, classic, fixedBy, size, type Threads } from "./program.js";

export function upgraders(kernel: Kernel, threads: number, fixed: boolean): Threads {
  const lock = new RwLock(kernel, "lock");
  const number = shared(kernel, 0, "number");
  const upgrader = function* () {
    if (!fixed) yield* lock.readLock();
    const read = fixed ? null : number.value;
    yield* lock.writeLock();
    number.value = (read ?? number.value) + 1;
    lock.writeUnlock();
    if (!fixed) lock.readUnlock();
  };
  return alike("upgrader", threads, () => upgrader);
}

export default classic("upgrade", {
  about: "Readers lock for writing without having given the lock back.",
  parameters: { threads: size(2, "readers"), ...fixedBy("lock for writing at once") },
  expect: { run: "deadlock", explore: "deadlock" },
  threads: (kernel, { threads, fixed }) => upgraders(kernel, threads, fixed),
});
