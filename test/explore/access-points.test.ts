// Goal: with points before the accesses to marked data, what two halves of a change do to each other is found, replayed and made
// small, and no reduction loses any of it.
// Method: small programs that fail only inside a step; random ones, of which depth-first search is the truth.
import { describe, expect, test } from "vitest";
import { Prng } from "#base/prng";
import { execute, type Program } from "#explore/execution";
import { explore, type ExploreOptions, type ExploreResult } from "#explore/explorer";
import { makeStrategy } from "#explore/make-strategy";
import type { StrategyName } from "#explore/strategy";
import { watch } from "#explore/watch";
import { Kernel } from "#kernel/kernel";
import type { Steps } from "#kernel/operation";
import { DEFAULT_OPTIONS } from "#kernel/options";
import type { Simulation } from "#kernel/simulation";
import { struct, uint32, type InstanceOf } from "#kernel/struct";
import { Mutex } from "#sync/mutex";
import { Shared } from "#sync/shared";
import { operationVerb, type OperationKind } from "#kernel/operation";
import { Recorder } from "#trace/recorder";
import { endState, FAMILIES, randomProgram, runnable, type OpName, type RandomProgram } from "./random-programs.js";

const Cookie = struct("cookie", { count: uint32(), owner: uint32() });
type Four = [Shared<number>, Shared<number>, Shared<number>, Shared<number>];
type Body = (cookie: InstanceOf<typeof Cookie>, kernel: Kernel, name: string) => Steps<void>;

/** Two threads, or more, with one cookie; at the end `wrong` says what is wrong with it. */
function program(
  bodies: readonly Body[],
  wrong: (cookie: InstanceOf<typeof Cookie>) => string | null,
  options: { cpus?: number } = {},
): Program {
  return (simulation) => {
    const kernel = new Kernel(simulation, options);
    const cookie = kernel.heap.new(Cookie);
    bodies.forEach((body, place) => kernel.spawn(`t${place}`, () => body(cookie, kernel, `t${place}`)));
    return () => {
      const text = cookie.$block.freed === null ? wrong(cookie) : null;
      kernel.heap.delete(cookie.$block.freed === null ? cookie : null);
      if (text !== null) throw new Error(text);
    };
  };
}

/** The numbers of all fields and shared values that the program's threads touch. */
function dataOf(tested: Program): Set<number> {
  const numbers = new Set<number>();
  const walk = makeStrategy({ strategy: "random" });
  for (let i = 0; i < 10 && walk.begin(); i++) {
    const recorder = new Recorder((kind) => operationVerb(kind as OperationKind), 0);
    const simulation = { ...DEFAULT_OPTIONS, maxSteps: 400 };
    execute(tested, walk, { time: "adversarial", simulation }, recorder);
    for (const { kind, step, thread, objectNumber } of recorder.events)
      if (step > 0 && thread !== 0 && (kind === "read" || kind === "access")) numbers.add(objectNumber);
  }
  return numbers;
}

function withPoints(tested: Program, options: ExploreOptions = {}): ExploreResult {
  return explore(tested, { ...options, simulation: { ...options.simulation, marks: dataOf(tested) } });
}

function messages({ findings }: ExploreResult): string[] {
  return findings.map(({ outcome }) => outcome.message.split("\n")[0] ?? "").sort();
}

function* countOne(cookie: InstanceOf<typeof Cookie>): Steps<void> {
  cookie.count++;
}

const lostUpdate = program([countOne, countOne], ({ count }) => (count === 2 ? null : `counted to ${count}`));

describe("two threads that count without a lock", () => {
  test("never lose a count where an access is part of its step", () => {
    expect(explore(lostUpdate)).toMatchObject({ outcome: "finished", exhausted: true });
  });

  test.each(["dpor", "source", "sleep", "dfs"] as const)("lose one with points before the accesses: %s", (strategy) => {
    const found = withPoints(lostUpdate, { strategy });
    expect(messages(found)).toEqual(["counted to 1"]);
    expect(found.exhausted).toBe(true);
  });

  test("lose it on one schedule that can be replayed, with the fewest preemptions", () => {
    const [finding] = withPoints(lostUpdate, { shrink: true }).findings;
    expect(finding).toMatchObject({ preemptions: 1, provedLeast: true });
    const { choices = [], marks = [] } = finding ?? {};
    const { events, execution, divergence } = watch(lostUpdate, { time: "adversarial", choices, marks });
    expect(divergence).toBeNull();
    expect(execution.outcome.message).toContain("counted to 1");
    const steps = events.filter(({ kind }) => kind === "step");
    expect(steps.map(({ threadName, text, object }) => `${threadName} ${text} ${object}`.trim())).toEqual([
      "t0 start",
      "t0 read cookie.count",
      "t1 start",
      "t1 read cookie.count",
      "t1 write cookie.count",
      "t0 write cookie.count",
    ]);
    const place = steps[5]?.frames.find(({ file }) => !file.startsWith("src/"));
    expect(place?.file).toBe("test/explore/access-points.test.ts");
  });

  test("lose none under a lock", () => {
    const locked: Program = (simulation: Simulation) => {
      const kernel = new Kernel(simulation);
      const lock = new Mutex(kernel, "lock");
      const count = new Shared(kernel, 0, "count");
      for (const name of ["one", "two"])
        kernel.spawn(name, function* () {
          using _ = yield* lock.guard();
          count.value++;
        });
      return () => {
        if (count.value !== 2) throw new Error("lost");
      };
    };
    expect(withPoints(locked)).toMatchObject({ outcome: "finished", exhausted: true });
  });

  test("lose none with interrupts off on one CPU, and one on two", () => {
    function* guarded(cookie: InstanceOf<typeof Cookie>, kernel: Kernel): Steps<void> {
      const wereOn = yield* kernel.disableInterrupts();
      cookie.count++;
      kernel.restoreInterrupts(wereOn);
    }
    const on = (cpus: number): Program =>
      program([guarded, guarded], ({ count }) => (count === 2 ? null : "lost"), { cpus });
    expect(withPoints(on(1))).toMatchObject({ outcome: "finished", exhausted: true });
    expect(messages(withPoints(on(2)))).toEqual(["lost"]);
  });

  test("lose one, two of three", () => {
    const three = program([countOne, countOne, countOne], ({ count }) => (count === 3 ? null : `counted to ${count}`));
    expect(messages(withPoints(three))).toEqual(["counted to 1", "counted to 2"]);
  });
});

test("a test and what is done on it can be parted", () => {
  function* claim(cookie: InstanceOf<typeof Cookie>): Steps<void> {
    if (cookie.owner !== 0) return;
    cookie.owner = 1;
    cookie.count++;
  }
  const both = program([claim, claim], ({ count }) => (count > 1 ? "two owners" : null));
  expect(explore(both).outcome).toBe("finished");
  expect(messages(withPoints(both))).toEqual(["two owners"]);
});

test("data that is freed while a thread stands before its access is touched freed", () => {
  const freed = program(
    [
      countOne,
      function* (cookie, kernel) {
        kernel.heap.delete(cookie);
      },
    ],
    () => null,
  );
  const uses: string[] = [];
  withPoints(freed, {
    onExecution: ({ simulation }) =>
      uses.push(simulation.kernels[0]?.heap.uses.map(({ what }) => what).join() ?? "no kernel"),
  });
  expect(uses).toContain("write of cookie.count");
});

test("two threads that both stand in the middle of their code are seen so by a third", () => {
  const seen = new Set<string>();
  const halves: Program = (simulation) => {
    const kernel = new Kernel(simulation);
    const [a, b, c, d] = ["a", "b", "c", "d"].map((name) => new Shared(kernel, 0, name)) as Four;
    const inTwoHalves = function* (first: Shared<number>, second: Shared<number>): Steps<void> {
      first.value = 1;
      second.value = 1;
    };
    kernel.spawn("ab", () => inTwoHalves(a, b));
    kernel.spawn("cd", () => inTwoHalves(c, d));
    kernel.spawn("looks", function* () {
      yield* kernel.yieldThread();
      seen.add([a, b, c, d].map(({ value }) => value).join(" "));
    });
  };
  for (const strategy of ["sleep", "source", "dpor"] as const) {
    seen.clear();
    expect(withPoints(halves, { strategy }).exhausted).toBe(true);
    expect([...seen]).toContain("1 0 1 0");
  }
});

test("a panic, and an end in which a thread still stands there, end the execution and nothing else", () => {
  const panicking = program(
    [
      countOne,
      function* (cookie, kernel) {
        if (cookie.count === 0) kernel.panic("not counted");
      },
    ],
    () => null,
  );
  expect(messages(withPoints(panicking))).toEqual(["not counted"]);
  const waiting: Program = (simulation) => {
    const kernel = new Kernel(simulation);
    const flag = new Shared(kernel, 0, "flag");
    const spins = function* (): Steps<void> {
      while (flag.value === 0);
    };
    kernel.spawn("spins", spins, { daemon: true });
    kernel.spawn("looks", function* () {
      yield* kernel.yieldThread();
    });
  };
  let flagNumber = 0;
  const known: Program = (simulation) => {
    flagNumber = new Shared(new Kernel(simulation), 0).number;
  };
  explore(known);
  const marks = new Set([flagNumber]);
  expect(explore(waiting, { simulation: { marks }, maxExecutions: 2_000 })).toMatchObject({
    outcome: "finished",
    exhausted: true,
  });
});

test("a loop without an operation, on data that another thread is in the middle of changing, ends without a proof", () => {
  const toggled = program(
    [
      function* (cookie) {
        cookie.owner = 1;
        cookie.owner = 0;
      },
      function* (cookie) {
        while (cookie.owner !== 0);
      },
    ],
    () => null,
  );
  const { outcome, exhausted, bound, findings } = withPoints(toggled);
  expect({ outcome, exhausted, bound }).toEqual({ outcome: "out-of-steps", exhausted: false, bound: "steps" });
  expect(findings[0]?.outcome.message).toBe('"t1" goes round and round, and nothing changes');
});

describe("of random programs no reduction loses an end", () => {
  const PROGRAMS = 4 * Number(process.env.LOCKSTEP_FUZZ ?? 1);

  function ends(tested: RandomProgram, strategy: StrategyName, marks: ReadonlySet<number>): string[] | null {
    const found = new Set<string>();
    const { exhausted } = explore(runnable(tested), {
      strategy,
      maxExecutions: 400,
      simulation: { maxSteps: 400, marks },
      onExecution: (execution) => found.add(endState(execution)),
    });
    return exhausted ? [...found].sort() : null;
  }

  const families: readonly (keyof typeof FAMILIES)[] = [
    "mutexes and unlocked data",
    "condition variables",
    "plain data",
    "threads",
    "one suspended thread",
    "freed memory",
  ];

  test.each(families)("%s", (family) => {
    const prng = new Prng(Number(process.env.LOCKSTEP_FUZZ_SEED ?? 1));
    let compared = 0;
    for (let i = 0; i < PROGRAMS; i++) {
      const tested = randomProgram(prng, FAMILIES[family] as readonly OpName[]);
      const marks = dataOf(runnable(tested));
      const all = marks.size === 0 ? null : ends(tested, "dfs", marks);
      if (all === null) continue;
      compared++;
      for (const strategy of ["sleep", "source", "dpor"] as const)
        expect(ends(tested, strategy, marks), `${strategy} ${JSON.stringify(tested)}`).toEqual(all);
    }
    expect(compared).toBeGreaterThan(0);
  });
});
