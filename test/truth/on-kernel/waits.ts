// Operations on the condition variable and the semaphore.

import { B_ERROR, B_OK, statusName } from "#base/status";
import { ConditionVariableEntry } from "#sync/condition-variable";
import type { Mutex } from "#sync/mutex";
import { B_RELEASE_ALL } from "#sync/semaphore";
import type { Shared } from "#sync/shared";
import type { OpName } from "../program.js";
import { errorOf, flagsOf, note, noteStatus, plain, section, timeoutOf, type Act } from "./world.js";

export const WAITS = {
  *wait(world, self, op) {
    const [mutex] = world.mutexes as [Mutex];
    const wait = { ...op, name: "wait-held", body: [] } as const;
    yield* section(world, self, { ...op, body: [wait] }, yield* mutex.lock(), () => mutex.unlock());
  },
  *"wait-bare"(world, self, op) {
    yield* noteStatus(self, world.variable.wait(null, flagsOf(op.how), timeoutOf(op.how)));
  },
  *"wait-held"(world, self, op) {
    const [mutex] = world.mutexes as [Mutex];
    yield* noteStatus(self, world.variable.wait(mutex, flagsOf(op.how), timeoutOf(op.how)));
  },
  *"wait-recursive"(world, self, op) {
    const { recursive } = world;
    yield* recursive.lock();
    yield* recursive.lock();
    yield* noteStatus(self, world.variable.wait(recursive, flagsOf(op.how), timeoutOf(op.how)));
    yield* plain(self);
    note(self, recursive.recursion);
    recursive.unlock();
    recursive.unlock();
  },
  *"wait-while"(world, self) {
    const [mutex] = world.mutexes as [Mutex];
    const [x] = world.cells as [Shared<number>];
    const status = yield* mutex.lock();
    if (status !== B_OK) return note(self, statusName(status));
    for (;;) {
      yield* plain(self);
      if (x.value !== 0) break;
      yield* noteStatus(self, world.variable.wait(mutex));
    }
    mutex.unlock();
  },
  *"set-and-notify"(world, self) {
    const [mutex] = world.mutexes as [Mutex];
    const [x] = world.cells as [Shared<number>];
    const status = yield* mutex.lock();
    if (status !== B_OK) return note(self, statusName(status));
    yield* plain(self);
    x.value = 1;
    note(self, yield* world.variable.notifyOne());
    mutex.unlock();
  },
  *"add-entry"(world, self) {
    if (self.entry !== null) return;
    self.entry = new ConditionVariableEntry();
    yield* world.variable.add(self.entry);
  },
  *"wait-entry"(_world, self, op) {
    const { entry } = self;
    if (entry === null) return;
    self.entry = null;
    yield* noteStatus(self, entry.wait(flagsOf(op.how), timeoutOf(op.how)));
  },
  *"notify-one"(world, self) {
    note(self, yield* world.variable.notifyOne());
  },
  *"notify-all"(world, self, op) {
    note(self, yield* world.variable.notifyAll(errorOf(op)));
  },
  *unpublish(world, self) {
    yield* plain(self);
    world.variable.unpublish();
  },
  *acquire(world, self, op) {
    yield* noteStatus(self, world.semaphore.acquire(1 + (op.value % 2), flagsOf(op.how), timeoutOf(op.how)));
  },
  *release(world, self, op) {
    yield* noteStatus(self, world.semaphore.release(1 + (op.value % 2)));
  },
  *"release-all"(world, self, op) {
    yield* noteStatus(self, world.semaphore.release(op.value % 2 === 0 ? 1 : B_ERROR, B_RELEASE_ALL));
  },
  *"count-semaphore"(world, self) {
    note(self, yield* world.semaphore.count());
  },
  *"delete-semaphore"(world, self) {
    yield* noteStatus(self, world.semaphore.delete());
  },
} satisfies Partial<Record<OpName, Act>>;
