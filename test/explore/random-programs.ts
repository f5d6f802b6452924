// Small random programs as plain data: they can be generated from a seed, printed, shrunk and run.
//
// Each thread keeps what its operations gave it in a list of its own; the end state of an execution is these
// lists, the final values of everything shared, and who is blocked where.

import { statusName } from "#base/status";
import type { Prng } from "#base/prng";
import type { Execution, Program } from "#explore/execution";
import { identityOf } from "#explore/identity";
import { Kernel } from "#kernel/kernel";
import type { KernelOptions } from "#kernel/kernel-options";
import type { Steps } from "#kernel/operation";
import { struct, uint32, type InstanceOf } from "#kernel/struct";
import { B_CAN_INTERRUPT, B_INFINITE_TIMEOUT, B_RELATIVE_TIMEOUT, type Thread } from "#kernel/thread";
import { Atomic } from "#sync/atomic";
import { ConditionVariable, ConditionVariableEntry, conditionVariable } from "#sync/condition-variable";
import { Mutex } from "#sync/mutex";
import { mutex as mutexField } from "#sync/mutex-field";
import { RecursiveLock } from "#sync/recursive-lock";
import { RwLock } from "#sync/rw-lock";
import { B_RELEASE_ALL, Semaphore } from "#sync/semaphore";
import { shared, type Shared } from "#sync/shared";
import { Spinlock } from "#sync/spinlock";

/** An operation: its name, a small argument, and the operations inside it (a critical section, a child thread). */
export type Op = readonly [name: OpName, argument?: number, body?: readonly Op[]];
export type RandomProgram = readonly (readonly Op[])[];

const Box = struct("Box", { x: uint32(), y: uint32() });
const Cookie = struct("Cookie", { x: uint32(), lock: mutexField("lock"), ready: conditionVariable("ready") });

interface World {
  /** Each thread begins with an operation of its own: where starting is no step, nothing then comes before it. */
  readonly pointFirst: boolean;
  readonly kernel: Kernel;
  readonly mutexes: readonly Mutex[];
  readonly recursive: RecursiveLock;
  readonly rw: RwLock;
  readonly variable: ConditionVariable;
  readonly semaphore: Semaphore;
  readonly atomic: Atomic;
  readonly gate: Atomic;
  readonly cell: Shared<number>;
  readonly flag: Shared<number>;
  readonly box: { x: number; y: number };
  readonly cookie: InstanceOf<typeof Cookie>;
  readonly spinlock: Spinlock;
  readonly threads: Thread[];
  /** Suspended at first, for whoever resumes it. A daemon: it need not run. */
  readonly extra: Thread;
  readonly results: Map<string, (string | number)[]>;
}

/** One running thread's private things. */
interface Self {
  readonly name: string;
  readonly log: (string | number)[];
  children: number;
  lastChild: Thread | null;
  entry: ConditionVariableEntry | null;
}

type Performer = (world: World, self: Self, argument: number, body: readonly Op[]) => Steps<void>;

function* section(world: World, self: Self, status: number, body: readonly Op[], unlock: () => void): Steps<void> {
  if (status !== 0) {
    self.log.push(statusName(status));
    return;
  }
  yield* perform(world, self, body);
  unlock();
}

const PERFORMERS = {
  *mutex(world, self, argument, body) {
    const mutex = world.mutexes[argument % 2] as Mutex;
    yield* section(world, self, yield* mutex.lock(), body, () => mutex.unlock());
  },
  *tryMutex(world, self, argument, body) {
    const mutex = world.mutexes[argument % 2] as Mutex;
    yield* section(world, self, yield* mutex.tryLock(), body, () => mutex.unlock());
  },
  *timedMutex(world, self, argument, body) {
    const mutex = world.mutexes[argument % 2] as Mutex;
    yield* section(world, self, yield* mutex.lockWithTimeout(B_RELATIVE_TIMEOUT, 10), body, () => mutex.unlock());
  },
  *destroyMutex(world, _self, argument) {
    yield* (world.mutexes[argument % 2] as Mutex).destroy();
  },
  *lockAndDestroy(world, _self, argument) {
    const mutex = world.mutexes[argument % 2] as Mutex;
    if ((yield* mutex.lock()) === 0) yield* mutex.destroy();
  },
  *switchMutex(world, self, argument, body) {
    const [from, to] = [world.mutexes[argument % 2] as Mutex, world.mutexes[(argument + 1) % 2] as Mutex];
    yield* from.lock();
    yield* section(world, self, yield* from.switchLock(to), body, () => to.unlock());
  },
  *foreverMutex(world, self, argument, body) {
    const mutex = world.mutexes[argument % 2] as Mutex;
    const status = yield* mutex.lockWithTimeout(B_RELATIVE_TIMEOUT, B_INFINITE_TIMEOUT);
    yield* section(world, self, status, body, () => mutex.unlock());
  },
  *destroyRecursive(world) {
    yield* world.recursive.destroy();
  },
  *cookieLock(world, self, _argument, body) {
    yield* section(world, self, yield* world.cookie.lock.lock(), body, () => world.cookie.lock.unlock());
  },
  *cookieGet(world, self) {
    self.log.push(world.cookie.x);
  },
  *cookieWait(world, self) {
    yield* world.cookie.lock.lock();
    self.log.push(statusName(yield* world.cookie.ready.wait(world.cookie.lock, B_RELATIVE_TIMEOUT, 10)));
    world.cookie.lock.unlock();
  },
  *cookieNotify(world, self) {
    self.log.push(yield* world.cookie.ready.notifyAll(-1));
  },
  *cookieFree(world) {
    world.kernel.heap.delete(world.cookie);
  },
  *cookieDestroy(world) {
    yield* world.cookie.lock.destroy();
  },
  *spin(world, _self, argument) {
    const { kernel, spinlock, cell } = world;
    const wereOn = yield* kernel.disableInterrupts();
    yield* spinlock.acquire();
    if (argument % 2 === 0) cell.value++;
    spinlock.release();
    kernel.restoreInterrupts(wereOn);
  },
  *trySpin(world, self) {
    const { kernel, spinlock, cell } = world;
    const wereOn = yield* kernel.disableInterrupts();
    const taken = yield* spinlock.tryAcquire();
    if (taken) {
      self.log.push(cell.value);
      spinlock.release();
    } else self.log.push("busy");
    kernel.restoreInterrupts(wereOn);
  },
  *interruptsOff(world) {
    const wereOn = yield* world.kernel.disableInterrupts();
    const before = yield* world.atomic.get();
    yield* world.atomic.set(before + 1);
    world.kernel.restoreInterrupts(wereOn);
  },
  *exit(world) {
    yield* world.kernel.exitThread(3);
  },
  *recursive(world, self, _argument, body) {
    yield* section(world, self, yield* world.recursive.lock(), body, () => world.recursive.unlock());
  },
  *tryRecursive(world, self, _argument, body) {
    yield* section(world, self, yield* world.recursive.tryLock(), body, () => world.recursive.unlock());
  },
  *recursiveWait(world, self, argument) {
    yield* world.recursive.lock();
    yield* world.recursive.lock();
    const timed = argument % 2 === 0;
    const status = timed
      ? yield* world.variable.wait(world.recursive, B_RELATIVE_TIMEOUT, 10)
      : yield* world.variable.wait(world.recursive);
    self.log.push(statusName(status), world.recursive.recursion);
    world.recursive.unlock();
    world.recursive.unlock();
  },
  *read(world, self, _argument, body) {
    yield* section(world, self, yield* world.rw.readLock(), body, () => world.rw.readUnlock());
  },
  *write(world, self, _argument, body) {
    yield* section(world, self, yield* world.rw.writeLock(), body, () => world.rw.writeUnlock());
  },
  *wait(world, self, argument) {
    const mutex = world.mutexes[0] as Mutex;
    yield* mutex.lock();
    const kinds = [[0], [B_RELATIVE_TIMEOUT, 10], [B_CAN_INTERRUPT], [B_RELATIVE_TIMEOUT, 0]] as const;
    const [flags, timeout] = kinds[argument % 4] as readonly [number, number?];
    const status = yield* world.variable.wait(mutex, flags, timeout);
    self.log.push(statusName(status));
    mutex.unlock();
  },
  *waitWhile(world, self) {
    const mutex = world.mutexes[0] as Mutex;
    yield* mutex.lock();
    while (world.flag.value === 0) self.log.push(statusName(yield* world.variable.wait(mutex)));
    mutex.unlock();
  },
  *addEntry(world, self) {
    if (self.entry !== null) return;
    self.entry = new ConditionVariableEntry();
    yield* world.variable.add(self.entry);
  },
  *waitEntry(world, self) {
    if (self.entry === null) return;
    const { entry } = self;
    self.entry = null;
    self.log.push(statusName(yield* entry.wait(B_RELATIVE_TIMEOUT, 10)));
  },
  *notifyOne(world, self) {
    self.log.push(yield* world.variable.notifyOne());
  },
  *notifyAll(world, self) {
    self.log.push(yield* world.variable.notifyAll(-1));
  },
  *setFlag(world) {
    const mutex = world.mutexes[0] as Mutex;
    yield* mutex.lock();
    world.flag.value = 1;
    yield* world.variable.notifyOne();
    mutex.unlock();
  },
  *acquire(world, self, argument) {
    const [count, flags] = (
      [
        [1, 0],
        [1, B_CAN_INTERRUPT],
        [2, 0],
      ] as const
    )[argument % 3] as readonly [number, number];
    self.log.push(statusName(yield* world.semaphore.acquire(count, flags)));
  },
  *timedAcquire(world, self, argument) {
    self.log.push(statusName(yield* world.semaphore.acquire(1 + (argument % 2), B_RELATIVE_TIMEOUT, 10)));
  },
  *tryAcquire(world, self) {
    self.log.push(statusName(yield* world.semaphore.acquire(1, B_RELATIVE_TIMEOUT, 0)));
  },
  *release(world, self, argument) {
    self.log.push(statusName(yield* world.semaphore.release(1 + (argument % 2))));
  },
  *releaseAll(world) {
    yield* world.semaphore.release(-1, B_RELEASE_ALL);
  },
  *countSemaphore(world, self) {
    self.log.push(yield* world.semaphore.count());
  },
  *deleteSemaphore(world, self) {
    self.log.push(statusName(yield* world.semaphore.delete()));
  },
  *atomicAdd(world, self) {
    self.log.push(yield* world.atomic.add(1));
  },
  *atomicGet(world, self) {
    self.log.push(yield* world.atomic.get());
  },
  *atomicSet(world, _self, argument) {
    yield* world.atomic.set(argument);
  },
  *get(world, self) {
    self.log.push(world.cell.value);
  },
  *set(world, _self, argument) {
    world.cell.value = argument;
  },
  *increment(world) {
    world.cell.value++;
  },
  *getField(world, self, argument) {
    self.log.push(argument % 2 === 0 ? world.box.x : world.box.y);
  },
  *setField(world, _self, argument) {
    if (argument % 2 === 0) world.box.x = argument;
    else world.box.y = world.cell.value;
  },
  *checkCell(world, _self, argument) {
    if (world.cell.value === argument) throw new Error(`the cell is ${argument}`);
  },
  *snooze(world, _self, argument) {
    yield* world.kernel.snooze(10 * (1 + (argument % 2)));
  },
  *spawn(world, self, _argument, body) {
    const name = `${self.name}.${++self.children}`;
    self.lastChild = world.kernel.spawn(name, () => run(world, name, body));
  },
  *spawnSuspended(world, self, _argument, body) {
    const name = `${self.name}.${++self.children}`;
    self.lastChild = world.kernel.spawnSuspended(name, () => run(world, name, body));
  },
  *resume(world, self) {
    if (self.lastChild === null) return;
    self.log.push(statusName(yield* world.kernel.resumeThread(self.lastChild)));
  },
  *join(world, self) {
    if (self.lastChild === null) return;
    self.log.push(statusName(yield* world.kernel.waitForThread(self.lastChild)));
  },
  *joinOther(world, self, argument) {
    const other = world.threads[argument % 2];
    if (other !== undefined) self.log.push(statusName(yield* world.kernel.waitForThread(other)));
  },
  *signal(world, _self, argument) {
    const other = world.threads[argument % 2];
    if (other !== undefined) yield* world.kernel.sendSignal(other, 9);
  },
  *signalAndLog(world, self, argument) {
    const other = world.threads[argument % 2];
    if (other !== undefined) self.log.push(statusName(yield* world.kernel.sendSignal(other, 9)));
  },
  *resumeExtra(world, self) {
    self.log.push(statusName(yield* world.kernel.resumeThread(world.extra)));
  },
  *joinExtra(world, self) {
    self.log.push(statusName(yield* world.kernel.waitForThread(world.extra)));
  },
  *signalExtra(world) {
    yield* world.kernel.sendSignal(world.extra, 9);
  },
  *choose(world, self, argument) {
    const value = world.kernel.simulation.choose(2, "a value");
    if (value === 1) world.cell.value = argument;
    self.log.push(value);
  },
  *pollFlag(world, self) {
    for (let i = 0; world.flag.value === 0 && i < 3; i++) {
      yield* world.kernel.snooze(10);
      self.log.push("polled");
    }
  },
  *spinAtomic(world, self, argument) {
    while ((yield* world.atomic.get()) <= argument % 2);
    self.log.push(world.cell.value);
  },
  *spinTwice(world, self) {
    while ((yield* world.atomic.get()) === 0 || (yield* world.gate.get()) === 0);
    self.log.push(world.cell.value);
  },
  *spinStable(world, self) {
    let before = -1;
    for (let now = yield* world.atomic.get(); now !== before || now === 0; now = yield* world.atomic.get())
      before = now;
    self.log.push(before);
  },
  *spinFlag(world, self) {
    const mutex = world.mutexes[0] as Mutex;
    for (let raised = 0; raised === 0; mutex.unlock()) {
      yield* mutex.lock();
      raised = world.flag.value;
    }
    self.log.push(world.cell.value);
  },
  *spinTry(world, self, argument, body) {
    const mutex = world.mutexes[argument % 2] as Mutex;
    while ((yield* mutex.tryLock()) !== 0);
    yield* perform(world, self, body);
    mutex.unlock();
  },
  *spinTryRecursive(world, self, _argument, body) {
    while ((yield* world.recursive.tryLock()) !== 0);
    yield* perform(world, self, body);
    world.recursive.unlock();
  },
  *spinSet(world, self, _argument, body) {
    while ((yield* world.gate.testAndSet(1, 0)) !== 0);
    yield* perform(world, self, body);
    yield* world.gate.set(0);
  },
  *spinAcquire(world, self) {
    while ((yield* world.semaphore.acquire(1, B_RELATIVE_TIMEOUT, 0)) !== 0);
    self.log.push(world.cell.value);
  },
  *spinBounded(world, self, argument) {
    let tries = 0;
    while ((yield* world.atomic.get()) === 0 && tries < 3 + (argument % 3)) tries++;
    self.log.push(tries > 2 ? "many" : "few");
  },
  *gateSet(world, _self, argument) {
    yield* world.gate.set(argument % 2);
  },
  *raiseFlag(world) {
    world.flag.value = 1;
  },
  *yield(world) {
    yield* world.kernel.yieldThread();
  },
  *time(world, self) {
    self.log.push(world.kernel.systemTime());
  },
} satisfies Record<string, Performer>;

export type OpName = keyof typeof PERFORMERS;

function* perform(world: World, self: Self, ops: readonly Op[]): Steps<void> {
  for (const [name, argument = 0, body = []] of ops)
    yield* (PERFORMERS[name] as Performer)(world, self, argument, body);
}

function* run(world: World, name: string, ops: readonly Op[]): Steps<void> {
  const self: Self = { name, log: [], children: 0, lastChild: null, entry: null };
  world.results.set(name, self.log);
  if (world.pointFirst) yield* new Atomic(world.kernel, 0, "own").get();
  yield* perform(world, self, ops);
  self.log.push("done");
}

const worlds = new WeakMap<object, World>();

/** The program, ready to be explored. */
export function runnable(threads: RandomProgram, options: KernelOptions & { pointFirst?: boolean } = {}): Program {
  return (simulation) => {
    const kernel = new Kernel(simulation, options);
    const world: World = {
      pointFirst: options.pointFirst ?? false,
      kernel,
      mutexes: [new Mutex(kernel, "m0"), new Mutex(kernel, "m1")],
      recursive: new RecursiveLock(kernel, "r"),
      rw: new RwLock(kernel, "rw"),
      variable: new ConditionVariable(kernel, "cv"),
      semaphore: new Semaphore(kernel, 0, "s"),
      atomic: new Atomic(kernel, 0, "a"),
      gate: new Atomic(kernel, 0, "gate"),
      cell: shared(kernel, 0, "cell"),
      flag: shared(kernel, 0, "flag"),
      box: kernel.heap.new(Box),
      cookie: kernel.heap.new(Cookie),
      spinlock: new Spinlock(kernel, "spin"),
      threads: [],
      extra: kernel.spawnSuspended("extra", () => run(world, "extra", [["increment"]]), { daemon: true }),
      results: new Map(),
    };
    worlds.set(simulation, world);
    threads.forEach((ops, place) => {
      const name = `t${place + 1}`;
      world.threads.push(kernel.spawn(name, () => run(world, name, ops)));
    });
  };
}

/** The numbers of its plain data in footprints: marks on these ask for more points, and so for more that can happen. */
export function isData({ simulation }: Execution, number: number): boolean {
  const { cell, spinlock } = worlds.get(simulation) as World;
  return number >= cell.number && number < spinlock.number;
}

/** The end of an execution as a text: equal texts are equal end states. Failures count by their identity alone. */
export function endState({ outcome, simulation }: Execution): string {
  if (outcome.kind !== "finished" && outcome.kind !== "deadlock") return identityOf(outcome);
  const world = worlds.get(simulation) as World;
  const results = [...world.results]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, log]) => `${name}[${log.join(" ")}]`);
  const finals = [world.cell.value, world.flag.value, world.atomic.final, world.box.x, world.box.y];
  const holders = [...world.mutexes, world.recursive].map((lock) => lock.holder()?.name ?? "-");
  return `${identityOf(outcome)} / ${results.join(" ")} / ${finals.join(",")} / ${holders.join(",")}`;
}

/** Groups of operations; a program is made from one group, so that its threads meet. */
export const FAMILIES: Readonly<Record<string, readonly OpName[]>> = {
  "mutexes and unlocked data": ["mutex", "mutex", "tryMutex", "get", "set", "increment", "getField", "setField"],
  "timed mutexes": ["mutex", "timedMutex", "tryMutex", "get", "increment"],
  "mutexes that are destroyed": [
    "mutex",
    "mutex",
    "timedMutex",
    "destroyMutex",
    "lockAndDestroy",
    "tryMutex",
    "increment",
    "get",
    "wait",
  ],
  "switches of mutexes, exits": ["mutex", "switchMutex", "foreverMutex", "increment", "get", "exit", "atomicAdd"],
  "recursive locks": [
    "recursive",
    "recursive",
    "tryRecursive",
    "recursiveWait",
    "notifyOne",
    "notifyAll",
    "get",
    "increment",
    "destroyRecursive",
  ],
  "reader/writer locks": ["read", "read", "write", "get", "increment", "setField", "getField"],
  "condition variables": ["wait", "wait", "notifyOne", "notifyAll", "setFlag", "waitWhile", "signal", "set", "get"],
  "entries of condition variables": [
    "addEntry",
    "waitEntry",
    "notifyOne",
    "notifyAll",
    "mutex",
    "signal",
    "get",
    "set",
  ],
  semaphores: ["acquire", "acquire", "release", "release", "tryAcquire", "releaseAll", "deleteSemaphore", "signal"],
  "timed semaphores": [
    "acquire",
    "timedAcquire",
    "tryAcquire",
    "release",
    "release",
    "releaseAll",
    "countSemaphore",
    "deleteSemaphore",
  ],
  "plain data": ["get", "set", "increment", "getField", "setField", "atomicAdd", "atomicGet", "atomicSet", "checkCell"],
  threads: ["spawn", "join", "joinOther", "spawnSuspended", "resume", "signal", "atomicAdd", "increment", "choose"],
  "one suspended thread": ["resumeExtra", "resumeExtra", "joinExtra", "signalExtra", "increment", "get"],
  "chosen values": ["choose", "choose", "mutex", "get", "set", "atomicAdd", "checkCell"],
  "sleeping and polling": [
    "snooze",
    "snooze",
    "pollFlag",
    "raiseFlag",
    "get",
    "set",
    "yield",
    "increment",
    "timedMutex",
  ],
  "freed memory": [
    "cookieLock",
    "cookieGet",
    "cookieWait",
    "cookieNotify",
    "cookieFree",
    "cookieDestroy",
    "increment",
    "get",
  ],
  spinlocks: ["spin", "trySpin", "interruptsOff", "get", "increment", "atomicAdd"],
};

/** Loops that go round without sleeping, and what ends them. Each adds many traces: for programs of few operations. */
export const SPINNING: readonly OpName[] = [
  "spinAtomic",
  "spinFlag",
  "spinTry",
  "spinSet",
  "spinTwice",
  "spinStable",
  "spinAcquire",
  "spinBounded",
  "spinTryRecursive",
  "atomicAdd",
  "gateSet",
  "raiseFlag",
  "mutex",
  "recursive",
  "release",
  "increment",
];

const WITH_BODY: ReadonlySet<OpName> = new Set([
  "mutex",
  "tryMutex",
  "timedMutex",
  "recursive",
  "tryRecursive",
  "spinTry",
  "spinTryRecursive",
  "spinSet",
  "read",
  "write",
  "spawn",
  "spawnSuspended",
  "switchMutex",
  "foreverMutex",
  "cookieLock",
]);

/** A program of 2 or 3 threads with 1 to 4 operations each. */
export function randomProgram(prng: Prng, names: readonly OpName[]): RandomProgram {
  const count = 2 + prng.below(2);
  return Array.from({ length: count }, () => randomOps(prng, names, 1 + prng.below(count === 2 ? 4 : 3), 0));
}

function randomOps(prng: Prng, names: readonly OpName[], count: number, depth: number): Op[] {
  return Array.from({ length: count }, (): Op => {
    const name = names[prng.below(names.length)] as OpName;
    if (!WITH_BODY.has(name)) return [name, prng.below(4)];
    return [name, prng.below(4), depth >= 2 ? [] : randomOps(prng, names, prng.below(3), depth + 1)];
  });
}

/** Smaller programs, one operation or thread less each. */
export function* smaller(program: RandomProgram): Generator<RandomProgram> {
  for (let i = 0; i < program.length; i++) yield program.filter((_, place) => place !== i);
  for (let i = 0; i < program.length; i++) {
    for (const ops of smallerOps(program[i] ?? [])) yield program.map((each, place) => (place === i ? ops : each));
  }
}

function* smallerOps(ops: readonly Op[]): Generator<readonly Op[]> {
  for (let i = 0; i < ops.length; i++) {
    const [name, argument, body] = ops[i] as Op;
    yield ops.filter((_, place) => place !== i);
    if (body === undefined || body.length === 0) continue;
    yield [...ops.slice(0, i), ...body, ...ops.slice(i + 1)];
    for (const less of smallerOps(body)) yield ops.map((each, place) => (place === i ? [name, argument, less] : each));
  }
}
