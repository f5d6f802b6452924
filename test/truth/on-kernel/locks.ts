// Operations on sleeping locks.

import { B_OK, statusName } from "#base/status";
import { B_RELATIVE_TIMEOUT, type Thread } from "#kernel/thread";
import type { OpName } from "../program.js";
import { at, note, plain, section, timeoutOf, type Act } from "./world.js";

export const LOCKS = {
  *lock(world, self, op) {
    const mutex = at(world.mutexes, op);
    yield* section(world, self, op, yield* mutex.lock(), () => mutex.unlock());
  },
  *trylock(world, self, op) {
    const mutex = at(world.mutexes, op);
    yield* section(world, self, op, yield* mutex.tryLock(), () => mutex.unlock());
  },
  *"timed-lock"(world, self, op) {
    const mutex = at(world.mutexes, op);
    const timeout = op.how === "plain" ? Number.POSITIVE_INFINITY : timeoutOf(op.how);
    yield* section(world, self, op, yield* mutex.lockWithTimeout(B_RELATIVE_TIMEOUT, timeout), () => mutex.unlock());
  },
  *unlock(world, _self, op) {
    at(world.mutexes, op).unlock();
  },
  *"switch-lock"(world, self, op) {
    const [from, to] = [at(world.mutexes, op), at(world.mutexes, { ...op, on: op.on + 1 })];
    yield* section(world, self, { ...op, body: [] }, yield* from.lock(), () => {});
    yield* section(world, self, op, yield* from.switchLock(to), () => to.unlock());
  },
  *"transfer-lock"(world, self, op) {
    const mutex = at(world.mutexes, op);
    const status = yield* mutex.lock();
    if (status !== B_OK) return note(self, statusName(status));
    yield* mutex.transferLock(world.threads[op.value % 2] as Thread);
  },
  *"destroy-mutex"(world, _self, op) {
    yield* at(world.mutexes, op).destroy();
  },
  *"is-held"(world, self, op) {
    yield* plain(self);
    note(self, at(world.mutexes, op).isHeldByCaller() ? 1 : 0);
  },
  *recursive(world, self, op) {
    yield* section(world, self, op, yield* world.recursive.lock(), () => world.recursive.unlock());
  },
  *"try-recursive"(world, self, op) {
    yield* section(world, self, op, yield* world.recursive.tryLock(), () => world.recursive.unlock());
  },
  *"destroy-recursive"(world) {
    yield* world.recursive.destroy();
  },
  *read(world, self, op) {
    yield* section(world, self, op, yield* world.rw.readLock(), () => world.rw.readUnlock());
  },
  *write(world, self, op) {
    yield* section(world, self, op, yield* world.rw.writeLock(), () => world.rw.writeUnlock());
  },
  *"destroy-rw"(world) {
    yield* world.rw.destroy();
  },
} satisfies Partial<Record<OpName, Act>>;
