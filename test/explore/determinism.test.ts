// Goal: a schedule is a value: the same one gives the same execution, event by event; one that does not fit is
// recognised by its first difference; a program with outside state is told that it is not deterministic.
import { describe, expect, test } from "vitest";
import { Prng } from "#base/prng";
import { InputError } from "#base/assert";
import { execute, type Program } from "#explore/execution";
import { NotDeterministic } from "#explore/confirm";
import { explore, type ExploreOptions } from "#explore/explorer";
import { Replay } from "#explore/strategies/replay";
import { firstChooser } from "#kernel/chooser";
import { Kernel } from "#kernel/kernel";
import { operationVerb, type Steps } from "#kernel/operation";
import { DEFAULT_OPTIONS, type SimulationOptions } from "#kernel/options";
import type { Simulation } from "#kernel/simulation";
import { Atomic } from "#sync/atomic";
import { Mutex } from "#sync/mutex";
import { shared } from "#sync/shared";
import type { TraceEvent } from "#trace/event";
import { Recorder } from "#trace/recorder";
import type { Choice } from "#trace/schedule";
import { buffer, dining, lazy01, sync01, tokenRing } from "./programs.js";
import { FAMILIES, randomProgram, runnable } from "./random-programs.js";

function replayed(
  program: Program,
  choices: readonly Choice[],
  marks: readonly number[],
  simulation: Partial<SimulationOptions> = {},
) {
  const replay = new Replay(choices);
  const recorder = new Recorder(operationVerb);
  const options = { ...DEFAULT_OPTIONS, ...simulation, marks: new Set(marks) };
  const { outcome } = execute(program, replay, { time: "adversarial", simulation: options }, recorder);
  return { outcome, events: recorder.events, divergence: replay.divergence };
}

const textOf = (events: readonly TraceEvent[]): string => events.map((event) => JSON.stringify(event)).join("\n");

describe("the same schedule", () => {
  const programs: Record<string, readonly [Program, Partial<SimulationOptions>]> = {
    dining: [dining(3), {}],
    "lazy01, every point": [lazy01(), { pointsBefore: "every", startIsStep: false }],
    token_ring: [tokenRing(), {}],
    sync01: [sync01(), {}],
    "buffer, any waiter": [buffer(2, 2, 1, true), { wakeups: "any" }],
  };
  test.each(Object.entries(programs))(
    "gives the same execution, event by event: %s",
    (_name, [program, simulation]) => {
      const { findings } = explore(program, { simulation });
      expect(findings.length).toBeGreaterThan(0);
      for (const { choices, marks, outcome } of findings) {
        const first = replayed(program, choices, marks, simulation);
        const second = replayed(program, choices, marks, simulation);
        expect(first.divergence).toBeNull();
        // The stack of what was thrown ends in whoever ran it.
        expect({ ...first.outcome, stack: "" }).toEqual({ ...outcome, stack: "" });
        expect(first.events.length).toBeGreaterThan(3);
        expect(textOf(second.events)).toBe(textOf(first.events));
      }
    },
  );

  test("gives the same execution for random programs of every kind", () => {
    for (const [place, names] of Object.values(FAMILIES).entries()) {
      const prng = new Prng(place + 1);
      for (let i = 0; i < 3; i++) {
        const program = runnable(randomProgram(prng, names));
        const { findings } = explore(program, { maxExecutions: 60 });
        for (const { choices, marks, outcome } of findings) {
          const first = replayed(program, choices, marks);
          expect(first.divergence).toBeNull();
          expect({ ...first.outcome, stack: "" }).toEqual({ ...outcome, stack: "" });
          expect(textOf(replayed(program, choices, marks).events)).toBe(textOf(first.events));
        }
      }
    }
  });

  test("in measured time there is one execution, twice the same", () => {
    const run = (): string => {
      const recorder = new Recorder(operationVerb);
      execute(buffer(2, 2, 2, false), firstChooser, { time: "measured" }, recorder);
      return textOf(recorder.events);
    };
    expect(run()).toBe(run());
    expect(run().length).toBeGreaterThan(100);
  });

  test("an exploration is the same twice, strategy by strategy", () => {
    for (const strategy of ["dfs", "sleep", "dpor", "random", "pct", "pos", "surw"] as const) {
      const run = () => {
        const { executions, blocked, steps, firstFailure, findings } = explore(dining(3), {
          strategy,
          seed: 5,
          maxExecutions: 200,
        });
        return { executions, blocked, steps, firstFailure, choices: findings.map((finding) => finding.choices) };
      };
      expect(run()).toEqual(run());
    }
  });

  describe("random walks", () => {
    const orders = (seed: number): string[] => {
      const seen: string[] = [];
      explore(dining(4), {
        strategy: "random",
        seed,
        maxExecutions: 40,
        onExecution: ({ simulation, steps }) =>
          seen.push(
            `${steps} ${simulation.threads.map((thread) => thread.result).join()} ${simulation.lastThread?.id}`,
          ),
      });
      return seen;
    };

    test("of different seeds differ, and none repeats itself", () => {
      expect(orders(1)).not.toEqual(orders(2));
      expect(new Set(orders(1)).size).toBeGreaterThan(2);
    });

    // The seed times a constant must be kept to 32 bits before the execution's number is added to it.
    test("of a large seed do not repeat themselves either", () => {
      expect(new Set(orders(4_000_000_000)).size).toBeGreaterThan(2);
    });
  });
});

describe("a schedule that does not fit", () => {
  const ops =
    (counts: readonly number[]): Program =>
    (simulation) => {
      const kernel = new Kernel(simulation);
      const x = new Atomic(kernel, 0, "x");
      counts.forEach((count, place) =>
        kernel.spawn(`t${place}`, function* () {
          for (let i = 0; i < count; i++) yield* x.add(1);
        }),
      );
    };
  const scheduleOf = (program: Program): readonly Choice[] => {
    const failing: Program = (simulation) => {
      program(simulation);
      return () => ({ kind: "assertion", message: "kept" });
    };
    return explore(failing, { stopAtFirst: true }).findings[0]?.choices ?? [];
  };

  test("is recognised by the first choice with another number of threads", () => {
    const choices = scheduleOf(ops([2, 2]));
    expect(choices.length).toBeGreaterThan(1);
    expect(replayed(ops([2, 2, 2]), choices, []).divergence).toEqual({ choice: 1, expected: 2, found: 3 });
  });

  test("is recognised when it is too short, or too long", () => {
    const choices = scheduleOf(ops([2, 2]));
    expect(replayed(ops([2, 2]), choices, []).divergence).toBeNull();
    expect(replayed(ops([4, 4]), choices, []).divergence).toEqual({
      choice: choices.length + 1,
      expected: null,
      found: 2,
    });
    expect(replayed(ops([1, 1]), choices, []).divergence).toMatchObject({ expected: 2, found: null });
  });
});

describe("a program with state outside the simulation is told so, with the first difference", () => {
  /** What exploring says. */
  function complaint(program: Program, options: ExploreOptions = {}): string {
    try {
      explore(program, options);
    } catch (error) {
      if (!(error instanceof NotDeterministic)) throw error;
      expect(error).toBeInstanceOf(InputError);
      expect(error.message).toMatch(
        /^the scenario is not deterministic: given the same choices again, it did something/,
      );
      expect(error.message).toMatch(
        /State outside the simulation, kept from one execution to the next .* usual cause;/,
      );
      return error.message.replace(/^.*First difference: (.*)\. State outside.*$/, "$1").replace(/:\d+(?!\d)/g, ":N");
    }
    throw new Error("it was not noticed");
  }
  const threads = (simulation: Simulation, bodies: Record<string, (x: Atomic) => Steps<void>>): Kernel => {
    const kernel = new Kernel(simulation);
    const x = new Atomic(kernel, 0, "x");
    for (const [name, body] of Object.entries(bodies)) kernel.spawn(name, () => body(x));
    return kernel;
  };
  const adds = function* (x: Atomic): Steps<void> {
    yield* x.add(1);
  };

  test("a counter that changes who can go on", () => {
    let runs = 0;
    const program: Program = (simulation) => {
      threads(simulation, runs++ % 2 === 0 ? { one: adds, two: adds } : { one: adds, two: adds, three: adds });
    };
    expect(complaint(program)).toBe(`while the host was built: nothing more, then "three" is spawned`);
  });

  test("a counter that changes what a thread does", () => {
    let runs = 0;
    const program: Program = (simulation) => {
      threads(simulation, {
        one: function* (x) {
          if (runs++ === 0) yield* x.set(1);
          else yield* x.get();
        },
        two: adds,
      });
    };
    expect(complaint(program)).toBe(
      'step 2, "one": atomic set "x" at test/explore/determinism.test.ts:N, ' +
        'then step 2, "one": atomic get "x" at test/explore/determinism.test.ts:N',
    );
  });

  test("a counter that changes a value that is written, and how it ends", () => {
    let runs = 0;
    const program: Program = (simulation) => {
      const kernel = new Kernel(simulation);
      const mutex = new Mutex(kernel, "m");
      const cell = shared(kernel, 0, "cell");
      kernel.spawn("main", function* () {
        yield* mutex.lock();
        cell.value = ++runs;
        throw new Error(`run ${cell.value}`);
      });
    };
    expect(complaint(program)).toBe(
      'in step 2, "main": lock "m" at test/explore/determinism.test.ts:N: cell = 1 at test/explore/determinism.test.ts:N, ' +
        "then cell = 2 at test/explore/determinism.test.ts:N",
    );
  });

  test("a counter that only a judge reads", () => {
    let runs = 0;
    const program: Program = (simulation) => {
      threads(simulation, { one: adds });
      return () => ({ kind: "assertion", message: `run ${++runs}` });
    };
    expect(complaint(program)).toBe('it first ended as "assertion: run 1", then as "assertion: run 2"');
  });

  test("a list of what was seen before, which grows from execution to execution", () => {
    const seen = new Map<string, number>();
    const program: Program = (simulation) => {
      threads(simulation, {
        one: function* (x) {
          if (!seen.has("x")) seen.set("x", yield* x.get());
          yield* x.set(seen.get("x") ?? 0);
        },
        two: adds,
      });
    };
    expect(complaint(program)).toMatch(/^step 2, "one": atomic get "x" at .*, then step 2, "one": atomic set "x" at /);
  });

  test("a list that changes something only after many executions", () => {
    const seen: number[] = [];
    const program: Program = (simulation) => {
      threads(simulation, { one: adds, two: adds, three: adds, four: adds, last: adds });
      if (seen.push(1) > 100) threads(simulation, { five: adds });
    };
    expect(complaint(program, { strategy: "dfs" })).toMatch(
      /^at choice 1 there were 5 alternatives, then 6 \("one", .*, "five"\)$/,
    );
  });

  // Chance with a seed, so that this test does the same each time; for the program it is chance.
  test("chance, wherever it shows first", () => {
    const chance = new Prng(7);
    const program: Program = (simulation) => {
      threads(simulation, {
        one: function* (x) {
          yield* x.add(chance.below(2) + 1);
          if (chance.below(2) === 0) yield* x.get();
        },
        two: adds,
        three: adds,
        four: adds,
      });
    };
    expect(complaint(program)).toMatch(
      /"one": atomic update "x" at test\/explore|(nothing|"one"|alternatives).*, then|on a way that an earlier execution took/,
    );
  });

  test("and one without is not", () => {
    for (const program of [dining(3), sync01(), lazy01()]) {
      expect(() => explore(program, { strategy: "dfs" })).not.toThrow();
    }
  });
});
