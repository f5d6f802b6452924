// Goal: what a scenario may ask for is plain data, checked by name, reachable from its threads and its drivers, and part of what a
// schedule replays. Method: small scenarios, explored, checked and watched.
import { describe, expect, test } from "vitest";
import { InputError } from "#base/assert";
import { B_NO_MEMORY, B_OK } from "#base/status";
import { defineDriver } from "#driver";
import { explore, type ExploreResult } from "#explore/explorer";
import { watch } from "#explore/watch";
import type { Kernel } from "#kernel/kernel";
import { struct, uint32 } from "#kernel/struct";
import { checkDefinition } from "#scenario/check";
import { compile, simulationOf } from "#scenario/compile";
import { scenario, type Scenario, type ScenarioDefinition } from "#scenario/types";
import { formatSchedule, parseSchedule } from "#trace/schedule";
import { O_RDWR } from "#vfs/file-calls";

const Cookie = struct("careless cookie", { x: uint32() });

/** A driver that forgets to look whether there was memory, unless it is told to. */
function driver(looks: boolean): ReturnType<typeof defineDriver> {
  return defineDriver({
    name: "careless",
    load: (kernel: Kernel) => ({
      devices: ["misc/careless"],
      hooks: {
        *open() {
          const cookie = kernel.heap.tryNew(Cookie);
          if (looks && cookie === null) return B_NO_MEMORY;
          (cookie as NonNullable<typeof cookie>).x = 1;
          return cookie as object;
        },
        *free(cookie: object) {
          kernel.heap.delete(cookie as NonNullable<ReturnType<typeof kernel.heap.new>>);
          return B_OK;
        },
      },
    }),
  });
}

function opening(looks: boolean, definition: Partial<ScenarioDefinition>): Scenario {
  return scenario("opening", {
    drivers: [driver(looks)],
    ...definition,
    *run({ host }) {
      const app = host.team("app");
      app.spawn("opener", function* () {
        yield* app.open("/dev/misc/careless", O_RDWR);
      });
    },
  });
}

function explored(each: Scenario): ExploreResult {
  return explore(compile(each), { simulation: simulationOf(each), shrink: true });
}

describe("a driver without memory", () => {
  const simulation = { allocationFailures: 1 };

  test("is proven where it looks, and found where it does not", () => {
    expect(explored(opening(true, { simulation }))).toMatchObject({
      outcome: "finished",
      exhausted: true,
      executions: 2,
    });
    expect(explored(opening(false, { simulation }))).toMatchObject({ outcome: "assertion", exhausted: true });
    expect(explored(opening(false, {}))).toMatchObject({ outcome: "finished", exhausted: true, executions: 1 });
  });

  test("has memory while the host is set up", () => {
    const each = opening(false, {
      simulation,
      *setup({ host, kernel }) {
        kernel.heap.delete(kernel.heap.new(Cookie));
        return { early: host.team("early") };
      },
    });
    const { findings } = explored(each);
    expect(findings).toHaveLength(1);
    expect(findings[0]?.outcome.inSetup).toBe(false);
  });

  test("is replayed by a token, in the same way", () => {
    const each = opening(false, { simulation });
    const [finding] = explored(each).findings;
    const identity = { scenario: "opening", parameters: {}, cpus: 1, debug: "kdebug", time: "adversarial" } as const;
    const token = formatSchedule({ ...identity, marks: finding?.marks ?? [], choices: finding?.choices ?? [] });
    const { choices, marks } = parseSchedule(token);
    const replayed = watch(compile(each), { time: "adversarial", choices, marks, simulation: simulationOf(each) });
    expect(replayed.divergence).toBeNull();
    expect(replayed.execution.outcome.message).toBe(finding?.outcome.message);
    const without = watch(compile(each), { time: "adversarial", choices, marks });
    expect(without.divergence).not.toBeNull();
  });
});

describe("choose", () => {
  test("gives every value, in threads and in drivers, and its place stands in the trace", () => {
    const seen = new Set<string>();
    const chooser = defineDriver({
      name: "chooser",
      load: (kernel) => ({
        devices: ["misc/chooser"],
        hooks: {
          *open() {
            return { way: kernel.simulation.choose(3, "which way the hardware goes") };
          },
          *read(cookie: { readonly way: number }) {
            return cookie.way;
          },
        },
      }),
    });
    const each = scenario("choosing", {
      drivers: [chooser],
      *run({ host, choose }) {
        const app = host.team("app");
        const own = choose(2, "does the program hurry?");
        const descriptor = yield* app.open("/dev/misc/chooser", O_RDWR);
        seen.add(`${own} ${yield* app.read(descriptor, new Uint8Array(4))}`);
      },
    });
    expect(explored(each)).toMatchObject({ outcome: "finished", exhausted: true, executions: 6 });
    expect([...seen].sort()).toEqual(["0 0", "0 1", "0 2", "1 0", "1 1", "1 2"]);

    const choices = [
      { count: 2, value: 1 },
      { count: 3, value: 2 },
    ];
    const { events } = watch(compile(each), { time: "adversarial", choices });
    const asked = events.filter((event) => event.kind === "choice");
    expect(asked.map((event) => event.text)).toEqual([
      "does the program hurry? yes",
      "which way the hardware goes: 2 of 0..2",
    ]);
    for (const event of asked) {
      expect(event.frames.some((frame) => frame.file.endsWith("simulation-options.test.ts"))).toBe(true);
    }
  });

  test("refuses what is no number of ways", () => {
    const each = scenario("choosing wrongly", {
      *run({ choose }) {
        choose(0, "nothing");
      },
    });
    expect(() => explored(each)).toThrow('choose(0, "nothing")');
  });
});

describe("the options of a scenario", () => {
  const check = (simulation: unknown) => () => checkDefinition({ simulation, *run() {} }, "mine");

  test.each([
    { wakeups: "any", spuriousWakeups: 2, allocationFailures: 1, freeRounds: 0, maxSteps: 100 },
    { pointsBefore: "every", startIsStep: false },
    {},
  ])("are what they should be: %j", (simulation) => {
    expect(check(simulation)).not.toThrow();
  });

  test.each([
    [{ spuriousWakeup: 1 }, '"spuriousWakeup" is none of them'],
    [{ spuriousWakeups: -1 }, '"spuriousWakeups" is a whole number of at least 0, not -1'],
    [{ allocationFailures: 0.5 }, '"allocationFailures" is a whole number of at least 0, not 0.5'],
    [{ wakeups: "lifo" }, '"wakeups" is "fifo" or "any", not "lifo"'],
    [{ maxSteps: 0 }, '"maxSteps" is a whole number of at least 1, not 0'],
    [[], "an object of simulation options"],
  ])("%j is refused by name", (simulation, message) => {
    expect(check(simulation)).toThrow(InputError);
    expect(check(simulation)).toThrow(message);
  });

  test("may depend on parameters, and are checked then, too", () => {
    const each = scenario("by parameter", {
      parameters: { failures: { default: 1, about: "failures" } },
      simulation: ({ failures }) => ({ allocationFailures: Number(failures) }),
      *run() {},
    });
    expect(simulationOf(each)).toEqual({ allocationFailures: 1 });
    expect(simulationOf(each, { failures: 3 })).toEqual({ allocationFailures: 3 });
    expect(() => simulationOf(each, { failures: -3 })).toThrow('"allocationFailures"');
  });
});
