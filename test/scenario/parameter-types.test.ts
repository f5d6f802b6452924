// Goal: a scenario's parameters have the types that their declarations say. Method: TypeScript judges; the test runs, too.
import { expect, expectTypeOf, test } from "vitest";
import { compile, explore, scenario } from "lockstep";

test("a parameter is of the kind of its default, or one of its words", () => {
  const seen: unknown[] = [];
  const made = scenario("typed", {
    parameters: {
      rounds: { default: 2, about: "how often" },
      swapped: { default: false, about: "the other way round" },
      path: { default: "/dev/null", about: "what is opened" },
      mode: { default: "poll", oneOf: ["poll", "select"], about: "how it waits" },
    },
    *setup({ parameters }) {
      expectTypeOf(parameters.rounds).toEqualTypeOf<number>();
      return { rounds: parameters.rounds };
    },
    *run({ parameters, rounds }) {
      expectTypeOf(rounds).toEqualTypeOf<number>();
      expectTypeOf(parameters.swapped).toEqualTypeOf<boolean>();
      expectTypeOf(parameters.path).toEqualTypeOf<string>();
      expectTypeOf(parameters.mode).toEqualTypeOf<"poll" | "select">();
      // @ts-expect-error: nobody declares it
      seen.push(rounds, parameters.mode, parameters.round);
    },
  });
  explore(compile(made));
  expect(seen.slice(0, 3)).toEqual([2, "poll", undefined]);
});

test("where nothing is declared a parameter may be anything, or missing", () => {
  scenario("untyped", {
    *run({ parameters }) {
      expectTypeOf(parameters.rounds).toEqualTypeOf<number | string | boolean | undefined>();
    },
  });
});
