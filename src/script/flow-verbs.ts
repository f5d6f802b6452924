// The verbs that say which steps are taken: again, one way or another; and those that compare and copy numbers.

import { B_OK } from "#base/status";
import { expectation, type Expectation } from "#script/expectation";
import type { Act, Running } from "#script/running";
import { list, optional, required } from "#script/collections";
import { changed, either, text, whole, type Shape } from "#script/shape";
import { verb, type Verb } from "#script/step";
import { amount, byName, used } from "#script/values";

const CHECKS_WANTED = "names, each with what it should be";

/** Numbers by their names, each with what it should be. */
export const checks: Shape<ReadonlyMap<string, Expectation>> = usedKeys(
  byName(expectation, CHECKS_WANTED, 100),
  "number",
);

/** The names in front are used, or given: they are noted as such. */
function usedKeys<T>(shape: Shape<ReadonlyMap<string, T>>, how: "number" | "given"): Shape<ReadonlyMap<string, T>> {
  return changed(shape, (map, node, _what, reader) => {
    for (const key of map.keys()) {
      if (how === "given") reader.names.give("number", key, node);
      else reader.names.use(how, key, node);
    }
    return map;
  });
}

/** What is wrong first: `"first" is B_BUSY, not B_OK`; null when nothing is. */
function firstWrong(wanted: ReadonlyMap<string, Expectation>, running: Running): string | null {
  for (const [key, expected] of wanted) {
    const wrong = expected({ value: running.number(key) });
    if (wrong !== null) return `"${key}" is ${wrong}`;
  }
  return null;
}

export function flowVerbs(steps: Shape<readonly Act[]>): readonly Verb[] {
  return [
    verb("repeat", {
      about: "Takes steps several times, one round after the other.",
      fields: {
        repeat: required(amount(0, 100_000), "How often."),
        steps: required(steps, "The steps of a round."),
      },
      givesNothing: true,
      *perform(step, { running }) {
        const rounds = step.repeat(running.parameters);
        let last = B_OK as number;
        for (let round = 0; round < rounds; round++) last = yield* running.perform(step.steps);
        return last;
      },
    }),
    verb("choose", {
      about: "Takes one of several lists of steps: exploring tries each of them, a plain run takes the first.",
      fields: {
        choose: required(text("a few words that say what is chosen", undefined, 100), "What is chosen, for the trace."),
        between: required(list(steps, "a list of lists of steps", 20, 1), "The lists."),
      },
      givesNothing: true,
      *perform(step, { running }) {
        const which = running.execution.context.choose(step.between.length, step.choose);
        return yield* running.perform(step.between[which] ?? []);
      },
    }),
    verb("if", {
      about: "Takes steps when all of some numbers are as they should be, and others when not.",
      fields: {
        if: required(checks, "The numbers, by name, each with what it should be."),
        // oxlint-disable-next-line unicorn/no-thenable -- a table of fields, which nobody awaits
        then: required(steps, "The steps when they are."),
        else: optional(steps, "The steps when they are not. Default: none."),
      },
      givesNothing: true,
      *perform(step, { running }) {
        return yield* running.perform(firstWrong(step.if, running) === null ? step.then : (step.else ?? []));
      },
    }),
    check,
    letVerb,
  ];
}

const check = verb("check", {
  about: "Numbers must be what they should be; anything else is an assertion.",
  fields: { check: required(checks, "The numbers, by name, each with what it should be.") },
  givesNothing: true,
  *perform(step, { running, where }) {
    const wrong = firstWrong(step.check, running);
    if (wrong !== null) throw new Error(`${where}: ${wrong}`);
    return B_OK;
  },
});

const letVerb = verb("let", {
  about: "Gives numbers names.",
  fields: {
    let: required(
      usedKeys(
        byName(
          either<string | number>(
            "a number, or the name of one",
            changed({ ...used("number", "the name of a number") }, (value) => value),
            whole(-0x8000_0000, 0x7fff_ffff),
          ),
          "names, each with a number or the name of one",
          100,
        ),
        "given",
      ),
      "The names, each with a number or with the name of one.",
    ),
  },
  givesNothing: true,
  *perform(step, { running }) {
    const values = [...step.let].map(
      ([key, value]) => [key, typeof value === "number" ? value : running.number(value)] as const,
    );
    for (const [key, value] of values) running.set("number", key, value);
    return B_OK;
  },
});
