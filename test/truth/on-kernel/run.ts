// Runs a program (../program.ts) on the simulated kernel, and says how an execution of it ended.

import type { Execution, Program as Explorable } from "#explore/execution";
import { Kernel } from "#kernel/kernel";
import type { Steps } from "#kernel/operation";
import { Atomic } from "#sync/atomic";
import { ConditionVariable } from "#sync/condition-variable";
import { Mutex } from "#sync/mutex";
import { RecursiveLock } from "#sync/recursive-lock";
import { RwLock } from "#sync/rw-lock";
import { Semaphore } from "#sync/semaphore";
import { shared } from "#sync/shared";
import { Spinlock } from "#sync/spinlock";
import { operations, type Op, type OpName, type Program } from "../program.js";
import { DATA } from "./data.js";
import { LOCKS } from "./locks.js";
import { THREADS } from "./threads.js";
import { WAITS } from "./waits.js";
import { Box, Cookie, Slot, type Act, type HeapObjects, type RunOptions, type Self, type World } from "./world.js";

const ACTS: Readonly<Record<OpName, Act>> = { ...LOCKS, ...WAITS, ...DATA, ...THREADS };

const completed = new WeakMap<Op, Required<Op>>();

/** The operation with all its fields. */
function complete(op: Op): Required<Op> {
  const known = completed.get(op);
  if (known !== undefined) return known;
  const made: Required<Op> = { on: 0, value: 0, how: "plain", body: [], ...op };
  completed.set(op, made);
  return made;
}

function* perform(world: World, self: Self, ops: readonly Op[]): Steps<void> {
  for (const op of ops) yield* ACTS[op.name](world, self, complete(op));
}

function* run(world: World, name: string, ops: readonly Op[]): Steps<void> {
  const { pointFirst = false, plainIsPoint = false } = world.options;
  const own = pointFirst || plainIsPoint ? new Atomic(world.kernel, 0, "own") : null;
  const log: (string | number)[] = [];
  world.logs.set(name, log);
  if (own !== null && pointFirst) yield* own.get();
  const self: Self = { name, log, own: plainIsPoint ? own : null, last: "", children: 0, lastChild: null, entry: null };
  yield* perform(world, self, ops);
  log.push("done");
}

/** The world of the execution that began last: an execution is over before the next begins. */
let latest: { readonly simulation: unknown; readonly world: World } | null = null;

/** The program, ready to be explored. */
export function runnable(program: Program, options: RunOptions = {}): Explorable {
  const names = new Set(program.threads.flatMap(operations).map((op) => op.name));
  const uses = (word: RegExp): boolean => [...names].some((name) => word.test(name));
  const [usesHeap, usesExtra] = [uses(/field|cookie|node/), uses(/extra/)];
  return (simulation) => {
    const kernel = new Kernel(simulation, options);
    const two = <T>(make: (name: string) => T, names: string): T[] => [...names].map(make);
    const world: World = {
      options,
      kernel,
      mutexes: two((name) => new Mutex(kernel, `m${name}`), "01"),
      recursive: new RecursiveLock(kernel, "r"),
      rw: new RwLock(kernel, "rw"),
      variable: new ConditionVariable(kernel, "cv"),
      semaphore: new Semaphore(kernel, program.units, "s"),
      atomics: two((name) => new Atomic(kernel, 0, name), "ab"),
      cells: two((name) => shared(kernel, 0, name), "xy"),
      spinlock: new Spinlock(kernel, "spinlock"),
      heap: usesHeap
        ? { box: kernel.heap.new(Box), cookie: kernel.heap.new(Cookie), slot: kernel.heap.new(Slot) }
        : null,
      threads: [],
      extra: usesExtra
        ? kernel.spawnSuspended("extra", () => run(world, "extra", [{ name: "increment" }]), { daemon: true })
        : null,
      logs: new Map(),
      run: (name, ops) => run(world, name, ops),
      perform: (self, ops) => perform(world, self, ops),
    };
    latest = { simulation, world };
    program.threads.forEach((ops, place) => {
      const name = `t${place + 1}`;
      world.threads.push(kernel.spawn(name, () => run(world, name, ops)));
    });
  };
}

/** A failure's text without the numbers in it: addresses and thread ids. */
export function withoutNumbers(message: string): string {
  return message.replace(/0x[0-9a-f]+|-?\b\d+\b/g, "#");
}

/**
 * The end of an execution as a text: equal texts are equal end states. Of a failure only what and why; else what each
 * thread was given, what everything shared holds, who holds what and who waits for what.
 */
export function endState({ outcome, simulation }: Execution): string {
  if (outcome.kind !== "finished" && outcome.kind !== "deadlock")
    return `${outcome.kind}: ${withoutNumbers(outcome.message)}`;
  if (latest?.simulation !== simulation) throw new Error("another execution has begun meanwhile");
  const { world } = latest;
  const logs = [...world.logs].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, log]) => `${name}[${log.join(" ")}]`);
  const values = [...world.cells.map((cell) => cell.value), ...world.atomics.map((atomic) => atomic.final)];
  const holders = [...world.mutexes, world.recursive, world.rw].map((lock) => lock.holder()?.name ?? "-");
  const waiting = outcome.waiting.filter((each) => !each.daemon).map((each) => `${each.thread}: ${each.object}`);
  const heap = world.heap === null ? [] : heapValues(world.heap);
  return [outcome.kind, logs.join(" "), [...values, ...heap].join(), holders.join(), waiting.sort().join()].join(" / ");
}

function heapValues({ box, cookie }: HeapObjects): (string | number)[] {
  return [box.x, box.y, cookie.$block.freed === null ? cookie.x : "freed"];
}
