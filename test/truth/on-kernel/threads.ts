// Operations on threads, time, interrupts and the spinlock.

import type { Thread } from "#kernel/thread";
import type { OpName } from "../program.js";
import { at, note, noteStatus, plain, type Act } from "./world.js";

export const THREADS = {
  *spawn(world, self, op) {
    const name = `${self.name}.${++self.children}`;
    self.lastChild = world.kernel.spawn(name, () => world.run(name, op.body));
  },
  *"spawn-suspended"(world, self, op) {
    const name = `${self.name}.${++self.children}`;
    self.lastChild = world.kernel.spawnSuspended(name, () => world.run(name, op.body), { daemon: true });
  },
  *"resume-child"(world, self) {
    if (self.lastChild !== null) yield* noteStatus(self, world.kernel.resumeThread(self.lastChild));
  },
  *"join-child"(world, self) {
    if (self.lastChild !== null) yield* noteStatus(self, world.kernel.waitForThread(self.lastChild));
  },
  *join(world, self, op) {
    const other = at(world.threads, op) ?? null;
    yield* noteStatus(self, world.kernel.waitForThread(other));
  },
  *signal(world, self, op) {
    const other = world.threads[op.on % 2];
    if (other !== undefined) yield* noteStatus(self, world.kernel.sendSignal(other, 9));
  },
  *"signal-child"(world, self) {
    if (self.lastChild !== null) yield* noteStatus(self, world.kernel.sendSignal(self.lastChild, 9));
  },
  *"resume-extra"(world, self) {
    yield* noteStatus(self, world.kernel.resumeThread(world.extra as Thread));
  },
  *"join-extra"(world, self) {
    yield* noteStatus(self, world.kernel.waitForThread(world.extra));
  },
  *"signal-extra"(world, self) {
    yield* noteStatus(self, world.kernel.sendSignal(world.extra as Thread, 9));
  },
  *exit(world) {
    yield* world.kernel.exitThread(3);
  },
  *snooze(world, _self, op) {
    yield* world.kernel.snooze(10 * (1 + (op.value % 2)));
  },
  *yield(world) {
    yield* world.kernel.yieldThread();
  },
  *time(world, self) {
    note(self, world.kernel.systemTime());
  },
  *poll(world, self, op) {
    for (let i = 0; i < 3; i++) {
      yield* plain(self);
      if (at(world.cells, op).value !== 0) return;
      yield* world.kernel.snooze(10);
      note(self, "polled");
    }
  },
  *spin(world, self, op) {
    const { kernel, spinlock } = world;
    const wereOn = yield* kernel.disableInterrupts();
    yield* spinlock.acquire();
    yield* world.perform(self, op.body);
    spinlock.release();
    kernel.restoreInterrupts(wereOn);
  },
  *"try-spin"(world, self, op) {
    const { kernel, spinlock } = world;
    const wereOn = yield* kernel.disableInterrupts();
    const taken = yield* spinlock.tryAcquire();
    if (taken) {
      yield* world.perform(self, op.body);
      spinlock.release();
    } else note(self, "busy");
    kernel.restoreInterrupts(wereOn);
  },
  *"interrupts-off"(world, self, op) {
    const wereOn = yield* world.kernel.disableInterrupts();
    yield* world.perform(self, op.body);
    world.kernel.restoreInterrupts(wereOn);
  },
} satisfies Partial<Record<OpName, Act>>;
