// Goal: what JavaScript lets through, and types that were widened, is refused where a program is made of it, not run as
// something else. Method: scenarios with one mistake each.
import { describe, expect, test } from "vitest";
import { compile, defineDriver, explore, scenario, watch, type ScenarioDefinition } from "lockstep";

const made = (definition: object) => scenario("wrong", { *run() {}, ...definition } as ScenarioDefinition);

describe("compile refuses", () => {
  test.each<[what: string, definition: object, message: string]>([
    [
      "a field that means nothing",
      { driver: [] },
      'has a field "driver", which means nothing here; did you mean "drivers"?',
    ],
    ["a heap of another kind", { heap: "gaurded" }, '"heap" should be "faithful" or "guarded"'],
    ["an outcome that is none", { expect: { run: "ok", explore: "finished" } }, '"expect" should be { run, explore }'],
    [
      "a misspelt outcome",
      { expect: { run: "finished", explore: "dedlock" } },
      '"explore" is the string "dedlock"; did you mean "deadlock"?',
    ],
    ["CPUs as a text", { cpus: "2" }, '"cpus" should be a whole number of at least 1'],
    ["an option of the simulation", { simulation: { maxStep: 5 } }, 'did you mean "maxSteps"'],
    ["a parameter without a sentence", { parameters: { n: 3 } }, '"parameters" should be parameters by name'],
    ["a function that makes drivers", { drivers: [() => defineDriver] }, '"drivers" should be a list of drivers'],
    ["no run", { run: undefined }, '"run"'],
  ])("%s", (_what, definition, message) => {
    expect(() => compile(made(definition))).toThrow(message);
  });

  test("a setup that is a plain function, when it is called", () => {
    const program = compile(made({ setup: () => ({ descriptor: 3 }) }));
    expect(() => explore(program)).toThrow("setup must be a generator function: *setup(context)");
  });

  test("what is no scenario", () => {
    expect(() => compile((() => {}) as never)).toThrow("no scenario: export what scenario(");
  });
});

describe("explore and watch refuse", () => {
  test("a misspelt option, of explore and of compile", () => {
    const program = compile(made({}));
    expect(() => explore(program, { maxExecution: 5 } as never)).toThrow(
      'explore() has no option "maxExecution"; did you mean "maxExecutions"? its options are strategy, ',
    );
    expect(() => explore(program, 5 as never)).toThrow("explore() takes its options as an object, not 5");
    expect(() => compile(made({}), { params: {} } as never)).toThrow(
      /^compile\(\) has no option "params".* its options are cpus, debug, parameters, judges, capture$/,
    );
  });

  test("a scenario, and say what makes a program of it", () => {
    const message = "takes a program, as compile(scenario) makes it, and was given a scenario";
    expect(() => explore(made({}) as never)).toThrow(`explore() ${message}`);
    expect(() => watch(made({}) as never, { time: "measured" })).toThrow(`watch() ${message}`);
    expect(() => explore(undefined as never)).toThrow("and was given undefined");
  });

  test("a strategy that is none", () => {
    expect(() => explore(compile(made({})), { strategy: "dpro" as never })).toThrow(
      'there is no strategy "dpro"; did you mean "dpor"?',
    );
  });
});
