// Goal: a shrunk schedule is the least: as few preemptions as brute force says the failure needs, then as few switches,
// then only what the failure came of. Method: the programs of the literature, from schedules that random walks found;
// programs with threads that have nothing to do with the failure; programs whose values can be plainer.
import { describe, expect, test } from "vitest";
import { Prng } from "#base/prng";
import { execute, type Program } from "#explore/execution";
import { explore, type ExploredFinding } from "#explore/explorer";
import { identityOf } from "#explore/identity";
import { shrink, type Shrunk } from "#explore/shrink";
import { Replay } from "#explore/strategies/replay";
import { watch } from "#explore/watch";
import { Kernel } from "#kernel/kernel";
import type { Steps } from "#kernel/operation";
import { DEFAULT_OPTIONS, type SimulationOptions } from "#kernel/options";
import { Atomic } from "#sync/atomic";
import { ConditionVariable } from "#sync/condition-variable";
import { Mutex } from "#sync/mutex";
import { shared } from "#sync/shared";
import { buffer, deadlock01, dining, lazy01, phase01, reorder, sync01, tokenRing } from "./programs.js";
import { FAMILIES, randomProgram, runnable } from "./random-programs.js";

type Simulation = Partial<SimulationOptions>;

function shrunk(program: Program, finding: ExploredFinding, simulation: Simulation = {}): Shrunk {
  const options = { ...DEFAULT_OPTIONS, ...simulation, marks: new Set(finding.marks) };
  return shrink(program, finding.choices, identityOf(finding.outcome), { time: "adversarial", simulation: options });
}

/** What random walks find, each as it was found. */
function findings(program: Program, seed: number, simulation: Simulation = {}): readonly ExploredFinding[] {
  return explore(program, { strategy: "random", seed, maxExecutions: 150, simulation }).findings;
}

/** Names of the threads that take a step in the schedule, in order of appearance, and of each switch. */
function story(
  program: Program,
  { choices }: Shrunk,
  marks: readonly number[],
): { threads: string[]; switches: number } {
  const { events, divergence } = watch(program, { time: "adversarial", choices, marks });
  expect(divergence).toBeNull();
  const order = events.filter((event) => event.kind === "step").map((event) => event.threadName);
  return {
    threads: [...new Set(order)],
    switches: order.filter((name, at) => at > 0 && name !== order[at - 1]).length,
  };
}

/** bluetooth_driver_bad: the stopper completes between the adder's test of the flag and its increment. */
const bluetooth: Program = (simulation) => {
  const kernel = new Kernel(simulation);
  const [pending, flag, event, stopped] = [1, 0, 0, 0].map((value, at) => new Atomic(kernel, value, `v${at}`)) as [
    Atomic,
    Atomic,
    Atomic,
    Atomic,
  ];
  const decrement = function* (): Steps<void> {
    if ((yield* pending.add(-1)) === 1) yield* event.set(1);
  };
  kernel.spawn("adder", function* () {
    if ((yield* flag.get()) !== 0) return;
    yield* pending.add(1);
    if ((yield* stopped.get()) !== 0) throw new Error("it was stopped");
    yield* decrement();
  });
  kernel.spawn("stopper", function* () {
    yield* flag.set(1);
    yield* decrement();
    if ((yield* event.get()) !== 0) yield* stopped.set(1);
  });
};

/** Broken programs, and the least number of preemptions by brute force (facts: explorer.md, D.3). */
const BROKEN: readonly (readonly [name: string, program: Program, least: number])[] = [
  ["dining(2)", dining(2), 1],
  ["dining(3)", dining(3), 1],
  ["dining(4)", dining(4), 1],
  ["deadlock01", deadlock01(), 1],
  ["lazy01", lazy01(), 0],
  ["token_ring", tokenRing(), 0],
  ["phase01", phase01(), 0],
  ["sync01", sync01(), 0],
  ["reorder(1,1)", reorder(1, 1), 1],
  ["reorder(2,1)", reorder(2, 1), 1],
  ["bluetooth", bluetooth, 1],
  ["buf(2,2,1,true)", buffer(2, 2, 1, true), 0],
];

describe("every broken program of the literature shrinks to the least number of preemptions, from any random walk", () => {
  test.each(BROKEN)("%s", (_name, program, least) => {
    for (const seed of [1, 2, 3, 4]) {
      const results = findings(program, seed).map((finding) => shrunk(program, finding));
      expect(results.length, `seed ${seed}`).toBeGreaterThan(0);
      expect(results.every((result) => result.provedLeast)).toBe(true);
      expect(Math.min(...results.map((result) => result.preemptions))).toBe(least);
    }
  });
});

test("every distinct failure has its own least number, which a bounded search confirms", () => {
  for (const [name, program] of BROKEN.filter(([each]) => !/dining\(4\)|buf/.test(each))) {
    const least = new Map<string, number>();
    for (let preemptions = 0; preemptions <= 1; preemptions++) {
      for (const { outcome } of explore(program, { strategy: "dfs", preemptions }).findings) {
        if (!least.has(identityOf(outcome))) least.set(identityOf(outcome), preemptions);
      }
    }
    for (const finding of findings(program, 11)) {
      const identity = identityOf(finding.outcome);
      expect([name, identity, shrunk(program, finding).preemptions]).toEqual([name, identity, least.get(identity)]);
    }
  }
});

describe("a shrunk schedule", () => {
  test("fails in the same way, replays, and is never larger: random programs of every kind", () => {
    let count = 0;
    for (const [place, names] of Object.values(FAMILIES).entries()) {
      const prng = new Prng(place + 50);
      for (let i = 0; i < 3; i++) {
        const program = runnable(randomProgram(prng, names));
        const { findings: found } = explore(program, { strategy: "random", seed: 3, maxExecutions: 12 });
        for (const finding of found.slice(0, 2)) {
          const result = shrunk(program, finding);
          const replay = new Replay(result.choices);
          const options = { ...DEFAULT_OPTIONS, marks: new Set(finding.marks) };
          const { outcome, steps } = execute(program, replay, { time: "adversarial", simulation: options });
          expect(replay.divergence).toBeNull();
          expect(identityOf(outcome)).toBe(identityOf(finding.outcome));
          expect([replay.preemptions, steps]).toEqual([result.preemptions, result.steps]);
          expect(result.preemptions).toBeLessThanOrEqual(finding.preemptions);
          if (count++ % 4 === 0) expect(shrunk(program, finding)).toEqual(result);
        }
      }
    }
    expect(count).toBeGreaterThan(15);
  });

  test("has the fewest switches: the deadlock of dining(4) needs one for each philosopher after the first", () => {
    for (const seed of [1, 2, 3]) {
      for (const finding of findings(dining(4), seed)) {
        // The first takes a fork and is preempted; each of the others takes one and is blocked.
        expect(shrunk(dining(4), finding)).toMatchObject({ preemptions: 1, switches: 3, provedFewestSwitches: true });
      }
    }
  });

  test("does not depend on the schedule that it was made from", () => {
    const results = [1, 2, 3, 4, 5, 6].flatMap((seed) =>
      findings(reorder(2, 1), seed).map((finding) => shrunk(reorder(2, 1), finding)),
    );
    expect(results.length).toBeGreaterThan(3);
    for (const { preemptions, switches } of results) expect([preemptions, switches]).toEqual([1, 1]);
  });
});

// Threads that work on things of their own, and on one that the others use too.
function bystanders(kernel: Kernel, count: number, mutex: Mutex | null = null): void {
  for (let i = 0; i < count; i++) {
    const own = new Atomic(kernel, 0, `own ${i}`);
    kernel.spawn(`bystander ${i}`, function* () {
      for (let round = 0; round < 3; round++) {
        yield* own.add(1);
        if (mutex === null) continue;
        yield* mutex.lock();
        mutex.unlock();
      }
    });
  }
}

describe("threads that the failure does not come of", () => {
  const panics =
    (count: number, shares: boolean): Program =>
    (simulation) => {
      const kernel = new Kernel(simulation);
      const mutex = new Mutex(kernel, "m");
      const cell = shared(kernel, 0, "cell");
      const ready = new Atomic(kernel, 0, "ready");
      bystanders(kernel, count, shares ? mutex : null);
      kernel.spawn("writer", function* () {
        yield* mutex.lock();
        cell.value = 1;
        mutex.unlock();
        yield* ready.set(1);
      });
      kernel.spawn("reader", function* () {
        if ((yield* ready.get()) === 0) return;
        yield* mutex.lock();
        if (cell.value === 1) kernel.panic("the cell is full");
      });
    };

  test.each([
    ["work on something else", panics(3, false)],
    ["use the same lock", panics(3, true)],
  ])("take no step before a panic when they %s", (_name, program) => {
    for (const seed of [1, 2, 3]) {
      const [finding] = findings(program, seed);
      if (finding === undefined) throw new Error("nothing found");
      expect(
        story(program, { ...finding, switches: 0, provedFewestSwitches: false }, finding.marks).threads.length,
      ).toBeGreaterThan(2);
      const result = shrunk(program, finding);
      expect(story(program, result, finding.marks)).toEqual({ threads: ["writer", "reader"], switches: 1 });
      // start, lock, set; start, get, lock.
      expect(result).toMatchObject({ preemptions: 0, switches: 1, steps: 6 });
    }
  });

  test("come after a deadlock is sealed, and then run to their ends", () => {
    const program: Program = (simulation) => {
      const kernel = new Kernel(simulation);
      const locks = [new Mutex(kernel, "a"), new Mutex(kernel, "b")] as const;
      bystanders(kernel, 2);
      for (const [name, first, second] of [
        ["one", 0, 1],
        ["two", 1, 0],
      ] as const) {
        kernel.spawn(name, function* () {
          yield* locks[first].lock();
          yield* locks[second].lock();
          locks[second].unlock();
          locks[first].unlock();
        });
      }
    };
    for (const seed of [1, 2, 3]) {
      const [finding] = findings(program, seed);
      if (finding === undefined) throw new Error("nothing found");
      const { threads, switches } = story(program, shrunk(program, finding), finding.marks);
      expect([threads.slice(0, 2).sort(), threads.slice(2).sort()]).toEqual([
        ["one", "two"],
        ["bystander 0", "bystander 1"],
      ]);
      expect(switches).toBe(3);
    }
  });

  test("stay where the failure needs them: a thread that another waits for, or that started it", () => {
    const program: Program = (simulation) => {
      const kernel = new Kernel(simulation);
      const variable = new ConditionVariable(kernel, "ready");
      const mutex = new Mutex(kernel, "m");
      const flag = shared(kernel, false, "flag");
      bystanders(kernel, 2);
      kernel.spawn("main", function* () {
        const helper = kernel.spawn("helper", function* () {
          yield* mutex.lock();
          flag.value = true;
          mutex.unlock();
          yield* variable.notifyOne();
        });
        yield* kernel.waitForThread(helper);
        kernel.spawn("last", function* () {
          yield* mutex.lock();
          if (flag.value) kernel.panic("the flag is set");
        });
      });
    };
    const [finding] = findings(program, 2);
    if (finding === undefined) throw new Error("nothing found");
    expect(story(program, shrunk(program, finding), finding.marks).threads).toEqual(["main", "helper", "last"]);
  });
});

test("values that the failure does not need are made the plain one", () => {
  const program: Program = (simulation) => {
    const kernel = new Kernel(simulation);
    const x = new Atomic(kernel, 0, "x");
    kernel.spawn("chooser", function* () {
      const values = [simulation.choose(3, "first"), simulation.choose(3, "second"), simulation.choose(3, "third")];
      yield* x.set(values[1] ?? 0);
      if ((yield* x.get()) === 2) throw new Error("two");
    });
    kernel.spawn("other", function* () {
      simulation.choose(2, "other");
      yield* x.add(0);
    });
  };
  for (const seed of [1, 2, 3]) {
    const [finding] = findings(program, seed);
    if (finding === undefined) throw new Error("nothing found");
    const { choices } = shrunk(program, finding);
    const chosen = watch(program, { time: "adversarial", choices, marks: finding.marks }).events.filter(
      (event) => event.kind === "choice",
    );
    expect(chosen.map((event) => [event.text, event.value])).toEqual([
      ["first: 0 of 0..2", 0],
      ["second: 2 of 0..2", 2],
      ["third: 0 of 0..2", 0],
    ]);
  }
});
