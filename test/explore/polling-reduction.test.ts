// Goal: reduction begins no execution of a polling loop that it then gives up, and loses none. Method: small loops that wait for flags;
// sleep sets, which look at no races, say how many traces there are, and which ends.
import { describe, expect, test } from "vitest";
import { explore } from "#explore/explorer";
import { Kernel } from "#kernel/kernel";
import type { Steps } from "#kernel/operation";
import { Atomic } from "#sync/atomic";

type Flags = readonly [Atomic, Atomic];
type Body = (kernel: Kernel, flags: Flags) => Steps<number | void>;

const awaits = (which: 0 | 1, value: number): Body =>
  function* (kernel, flags) {
    let rounds = 0;
    for (; (yield* flags[which].get()) !== value; rounds++) yield* kernel.yieldThread();
    return rounds;
  };
const sets = (...writes: readonly [0 | 1, number][]): Body =>
  function* (_kernel, flags) {
    for (const [which, value] of writes) yield* flags[which].set(value);
  };
const inTurn = (...bodies: readonly Body[]): Body =>
  function* (kernel, flags) {
    let sum = 0;
    for (const body of bodies) sum += (yield* body(kernel, flags)) ?? 0;
    return sum;
  };

const PROGRAMS: Record<string, { bodies: readonly Body[]; traces: number }> = {
  "one flag, set once": { bodies: [awaits(0, 1), sets([0, 1])], traces: 5 },
  "one flag, set twice": { bodies: [awaits(0, 2), sets([0, 1], [0, 2])], traces: 17 },
  "one flag, set, cleared and set": { bodies: [awaits(0, 1), sets([0, 1], [0, 0], [0, 1])], traces: 26 },
  "two that wait for the same flag": { bodies: [awaits(0, 1), awaits(0, 1), sets([0, 1])], traces: 25 },
  "two that wait for each other": {
    bodies: [inTurn(sets([0, 1]), awaits(1, 1)), inTurn(sets([1, 1]), awaits(0, 1))],
    traces: 9,
  },
};

describe.each(Object.entries(PROGRAMS))("%s", (_name, { bodies, traces }) => {
  function explored(strategy: "sleep" | "dpor"): { executions: number; blocked: number; ends: string[] } {
    const ends = new Set<string>();
    const { executions, blocked } = explore(
      (simulation) => {
        const kernel = new Kernel(simulation);
        const flags: Flags = [new Atomic(kernel, 0, "first"), new Atomic(kernel, 0, "second")];
        bodies.forEach((body, place) => kernel.spawn(`t${place}`, () => body(kernel, flags)));
      },
      {
        strategy,
        onExecution: ({ outcome, simulation }) =>
          void ends.add([outcome.kind, ...simulation.threads.map(({ result }) => String(result))].join(" ")),
      },
    );
    return { executions, blocked, ends: [...ends].sort() };
  }

  test("each trace is run once, and nothing else is begun", () => {
    const { executions, ends } = explored("sleep");
    expect(executions).toBe(traces);
    expect(explored("dpor")).toEqual({ executions, blocked: 0, ends });
  });
});
