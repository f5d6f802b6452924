// Operations on atomics, plain data, and what is on the heap.

import { B_OK, statusName } from "#base/status";
import type { OpName } from "../program.js";
import { at, flagsOf, heapOf, Node, note, noteStatus, plain, section, timeoutOf, type Act } from "./world.js";

export const DATA = {
  *"atomic-get"(world, self, op) {
    note(self, yield* at(world.atomics, op).get());
  },
  *"atomic-set"(world, _self, op) {
    yield* at(world.atomics, op).set(op.value);
  },
  *"atomic-add"(world, self, op) {
    note(self, yield* at(world.atomics, op).add(1));
  },
  *"test-and-set"(world, self, op) {
    note(self, yield* at(world.atomics, op).testAndSet(op.value, 0));
  },
  *get(world, self, op) {
    yield* plain(self);
    note(self, at(world.cells, op).value);
  },
  *set(world, self, op) {
    yield* plain(self);
    at(world.cells, op).value = op.value;
  },
  *increment(world, self, op) {
    yield* plain(self);
    at(world.cells, op).value++;
  },
  *copy(world, self, op) {
    yield* plain(self);
    at(world.cells, { ...op, on: op.on + 1 }).value = at(world.cells, op).value;
  },
  *"get-field"(world, self, op) {
    note(self, op.on % 2 === 0 ? heapOf(world).box.x : heapOf(world).box.y);
  },
  *"set-field"(world, _self, op) {
    if (op.on % 2 === 0) heapOf(world).box.x = op.value;
    else heapOf(world).box.y = op.value;
  },
  *"if-cell"(world, self, op) {
    yield* plain(self);
    if (at(world.cells, op).value === op.value) yield* world.perform(self, op.body);
  },
  *"if-last"(world, self, op) {
    if (self.last === op.value) yield* world.perform(self, op.body);
  },
  *assert(world, self, op) {
    yield* plain(self);
    if (at(world.cells, op).value === op.value) throw new Error(`the cell is ${op.value}`);
  },
  *choose(world, self, op) {
    note(self, world.kernel.simulation.choose(2 + (op.value % 2), "a value"));
  },
  *"cookie-lock"(world, self, op) {
    const { lock } = heapOf(world).cookie;
    yield* section(world, self, op, yield* lock.lock(), () => lock.unlock());
  },
  *"cookie-get"(world, self) {
    note(self, heapOf(world).cookie.x);
  },
  *"cookie-set"(world, _self, op) {
    heapOf(world).cookie.x = op.value;
  },
  *"cookie-wait"(world, self, op) {
    const { lock, ready } = heapOf(world).cookie;
    const status = yield* lock.lock();
    if (status !== B_OK) return note(self, statusName(status));
    yield* noteStatus(self, ready.wait(lock, flagsOf(op.how), timeoutOf(op.how)));
    lock.unlock();
  },
  *"cookie-notify"(world, self) {
    note(self, yield* heapOf(world).cookie.ready.notifyAll());
  },
  *"cookie-free"(world) {
    world.kernel.heap.delete(heapOf(world).cookie);
  },
  *"cookie-destroy"(world) {
    yield* heapOf(world).cookie.lock.destroy();
  },
  *"node-new"(world, _self, op) {
    heapOf(world).slot.node = world.kernel.heap.new(Node, { x: op.value });
  },
  *"node-get"(world, self) {
    const { node } = heapOf(world).slot;
    if (node !== null) note(self, node.x);
  },
  *"node-free"(world) {
    const { node } = heapOf(world).slot;
    if (node === null) return;
    world.kernel.heap.delete(node);
    heapOf(world).slot.node = null;
  },
} satisfies Partial<Record<OpName, Act>>;
