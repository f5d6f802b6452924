// Goal: a loop that waits and gives up after some tries is no loop that waits for ever: what comes behind it is explored while the
// others have not moved, too. Method: loops that sleep, yield, lock or look, each with a limit, and a thread whose one act can
// come before or behind their end; and a driver that frees a buffer after so many tries, though its worker may still use it.
import { describe, expect, test } from "vitest";
import { explore, type ExploreResult } from "#explore/explorer";
import { Kernel } from "#kernel/kernel";
import type { Operation, Steps } from "#kernel/operation";
import { int32, struct } from "#kernel/struct";
import { Atomic } from "#sync/atomic";
import { Mutex } from "#sync/mutex";

const STRATEGIES = ["dfs", "sleep", "source", "dpor"] as const;
type Round = (kernel: Kernel, mutex: Mutex, flag: Atomic) => Operation<unknown> | Steps<unknown>;

const ROUNDS: Record<string, Round> = {
  sleeps: (kernel) => kernel.snooze(100),
  yields: (kernel) => kernel.yieldThread(),
  *"locks and yields"(kernel, mutex) {
    yield* mutex.lock();
    yield* kernel.yieldThread();
    mutex.unlock();
  },
  *"looks at a flag and sleeps"(kernel, _mutex, flag) {
    if ((yield* flag.get()) === 0) yield* kernel.snooze(100);
  },
};

function ends(round: Round, rounds: number, strategy: (typeof STRATEGIES)[number]): [string[], ExploreResult] {
  const seen = new Set<string>();
  let order = "";
  const result = explore(
    (simulation) => {
      order = "";
      const kernel = new Kernel(simulation, { name: "host" });
      const mutex = new Mutex(kernel, "mutex");
      const flag = new Atomic(kernel, 0, "flag");
      const done = new Atomic(kernel, 0, "done");
      kernel.spawn("waits", function* () {
        for (let i = 0; i < rounds; i++) yield* round(kernel, mutex, flag);
        order += (yield* done.add(1)) === 0 ? "gave up first" : "gave up last";
      });
      kernel.spawn("acts", function* () {
        yield* done.add(1);
      });
    },
    { strategy, maxExecutions: 5_000, onExecution: () => void seen.add(order) },
  );
  return [[...seen].sort(), result];
}

describe.each(Object.entries(ROUNDS))("a thread that %s", (_name, round) => {
  test.each([4, 9])("%d times and then goes on does so before and behind what another does", (rounds) => {
    for (const strategy of STRATEGIES) {
      const [seen, { exhausted }] = ends(round, rounds, strategy);
      expect({ strategy, exhausted, seen }).toEqual({
        strategy,
        exhausted: true,
        seen: ["gave up first", "gave up last"],
      });
    }
  });
});

test("beyond twenty rounds a loop gives up only when nobody else can go on, and the result says that loops were held up", () => {
  const [seen, { exhausted, heldUp }] = ends((kernel) => kernel.snooze(100), 40, "dpor");
  expect({ seen, exhausted, heldUp }).toEqual({ seen: ["gave up last"], exhausted: true, heldUp: true });
});

const buffer = struct("buffer", { length: int32() });

function unloading(waitsForWorker: boolean): ExploreResult {
  return explore(
    (simulation) => {
      const kernel = new Kernel(simulation, { name: "host", heap: "guarded" });
      const done = new Atomic(kernel, 0, "done");
      const shared = kernel.heap.new(buffer);
      shared.length = 0;
      const worker = kernel.spawn("worker", function* () {
        yield* kernel.yieldThread();
        shared.length = 1;
        yield* done.set(1);
      });
      kernel.spawn("unload", function* () {
        for (let tries = 0; tries < 10 && (yield* done.get()) === 0; tries++) yield* kernel.snooze(10_000);
        if (waitsForWorker) yield* kernel.waitForThread(worker);
        kernel.heap.delete(shared);
      });
    },
    { strategy: "dpor", maxExecutions: 2_000 },
  );
}

describe("a driver that waits ten times ten milliseconds for its worker, and then frees what that uses", () => {
  test("is found to free it too early", () => {
    const { findings, firstFailure } = unloading(false);
    expect(findings.map(({ outcome }) => outcome.kind)).toEqual(["panic"]);
    expect(firstFailure).toBeLessThanOrEqual(100);
  });

  test("is right when it waits for the thread itself", () => {
    expect(unloading(true)).toMatchObject({ exhausted: true, findings: [] });
  });
});
