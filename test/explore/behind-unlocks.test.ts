// Goal: what a thread does behind an unlock is not seen before the unlock, whatever it touches there: kernel objects that record plain
// reads and writes, the clock, threads that it starts, interrupts that it lets in again.
// Method: a thread locks, unlocks and does it; another tries the lock. It finds the lock held or free, and never held behind what was done.
import { describe, expect, test } from "vitest";
import { explore } from "#explore/explorer";
import { Kernel } from "#kernel/kernel";
import type { Steps } from "#kernel/operation";
import { NetBuffer } from "#net/net-buffer";
import { NetBufferList } from "#net/net-buffer-list";
import { RECEIVE_PACKETS, Statistics } from "#net/statistics";
import { ReferenceCount } from "#net/reference-count";
import { ConditionVariable } from "#sync/condition-variable";
import { Mutex } from "#sync/mutex";
import { SelectInfo, SelectSync, SelectSyncPool } from "#sync/select-sync-pool";

const STRATEGIES = ["dfs", "sleep", "source", "dpor"] as const;

interface World {
  readonly kernel: Kernel;
  readonly lock: Mutex;
  readonly made: Mutex;
  readonly variable: ConditionVariable;
  readonly pool: SelectSyncPool;
  readonly info: SelectInfo;
  readonly list: NetBufferList;
  readonly statistics: Statistics;
  readonly count: ReferenceCount;
}

/** What is done behind the unlock, and whether it is seen to be done, without an operation. */
const ACTS: Record<string, { act(world: World): unknown; isDone(world: World): boolean }> = {
  "a select pool gets an entry": { act: ({ pool, info }) => pool.add(info, 1), isDone: ({ pool }) => !pool.isEmpty },
  "a select info gets an event": { act: ({ info }) => info.addEvents(2), isDone: ({ info }) => info.events !== 0 },
  "a list of packets grows": {
    act: ({ kernel, list }) => list.append(new NetBuffer(kernel, new Uint8Array(1))),
    isDone: ({ list }) => list.length > 0,
  },
  "a packet is counted": {
    act: ({ statistics }) => statistics.count(RECEIVE_PACKETS),
    isDone: ({ statistics }) => statistics.read().receivePackets > 0,
  },
  "the time is looked at": { act: ({ kernel }) => kernel.systemTime(), isDone: () => false },
  "a count of references is looked at": { act: ({ count }) => count.value, isDone: () => false },
  "a condition variable is published": { act: ({ variable }) => variable.publish("it"), isDone: () => false },
  "a mutex is initialised": { act: ({ made }) => made.init("made"), isDone: () => false },
};

function ends({ act, isDone }: (typeof ACTS)[string], strategy: (typeof STRATEGIES)[number]): string[] {
  const found = new Set<string>();
  const result = explore(
    (simulation) => {
      const kernel = new Kernel(simulation);
      const lock = new Mutex(kernel, "lock");
      const info = new SelectInfo(kernel, new SelectSync(kernel), 0);
      const world: World = {
        kernel,
        lock,
        info,
        made: new Mutex(kernel, "made"),
        variable: new ConditionVariable(kernel, "variable"),
        pool: new SelectSyncPool(kernel),
        list: new NetBufferList(kernel, "list"),
        statistics: new Statistics(kernel),
        count: new ReferenceCount(kernel, 1),
      };
      kernel.spawn("acts", function* (): Steps<void> {
        yield* lock.lock();
        lock.unlock();
        act(world);
      });
      kernel.spawn("tries", function* (): Steps<void> {
        yield* kernel.yieldThread();
        const wasDone = isDone(world);
        const got = (yield* lock.tryLock()) === 0;
        found.add(`${wasDone ? "done" : "not done"}, ${got ? "free" : "held"}`);
      });
    },
    { strategy },
  );
  expect(result.exhausted).toBe(true);
  return [...found].sort();
}

describe.each(Object.entries(ACTS))("%s", (_name, each) => {
  test.each(STRATEGIES)("%s", (strategy) => {
    const expected = ["not done, free", "not done, held"];
    const seen = ends(each, strategy);
    expect(seen.filter((end) => end.startsWith("not"))).toEqual(expected);
    expect(seen).not.toContain("done, held");
  });
});

describe("a lock that was given back is not seen held", () => {
  function tries(program: (kernel: Kernel, lock: Mutex, tried: () => Steps<void>) => void): string[] {
    const found = new Set<string>();
    const result = explore((simulation) => {
      const kernel = new Kernel(simulation);
      const lock = new Mutex(kernel, "lock");
      program(kernel, lock, function* () {
        found.add((yield* lock.tryLock()) === 0 ? "free" : "held");
      });
    });
    expect(result.exhausted).toBe(true);
    return [...found];
  }

  test("by a thread that is started behind the unlock", () => {
    const seen = tries((kernel, lock, tried) => {
      kernel.spawn("starts", function* () {
        yield* lock.lock();
        lock.unlock();
        kernel.spawn("tries", tried);
      });
    });
    expect(seen).toEqual(["free"]);
  });

  test("once interrupts are on again that were off all the time", () => {
    const seen = tries((kernel, lock, tried) => {
      kernel.spawn("section", function* () {
        const wereOn = yield* kernel.disableInterrupts();
        if ((yield* lock.tryLock()) === 0) lock.unlock();
        kernel.restoreInterrupts(wereOn);
      });
      kernel.spawn("tries", tried);
    });
    expect(seen).toEqual(["free"]);
  });
});
