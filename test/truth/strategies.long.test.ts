// Goal: no strategy loses or invents anything. Method: beside each runs brute force (enumerator.ts), which shares no code with
// them, on random programs over all kinds of operations and unlocked data (arbitraries.ts), in many settings. What must
// be equal is in compare.ts. A program that differs is shrunk and printed.
// LOCKSTEP_TRUTH_RUNS=n takes n programs of each family, and larger ones; LOCKSTEP_TRUTH_SEED=n takes others.
import { afterAll, describe, expect, test } from "vitest";
import { FAMILY_NAMES, programs } from "./arbitraries.js";
import { check, expectMostCompared, type Tally } from "./checking.js";
import { differences, type Begun } from "./compare.js";
import { BLOCKED_MOST, INTERLEAVINGS_MOST, RUNS, TIME_MOST } from "./expectations.js";
import { SETTING_NAMES } from "./settings.js";

describe("every strategy sees what brute force sees", () => {
  const tally: Tally = { all: 0, compared: 0 };
  const dporRan: Begun = { executions: 0, blocked: 0 };

  test.each(FAMILY_NAMES)("%s", { timeout: TIME_MOST }, (family) => {
    check(
      programs(family),
      SETTING_NAMES,
      RUNS ?? 5,
      (...each) => differences(...each, INTERLEAVINGS_MOST, undefined, dporRan),
      tally,
    );
  });

  afterAll(() => {
    expectMostCompared(tally);
    const share = `${dporRan.blocked} executions of dpor given up, ${dporRan.executions} ended`;
    expect(dporRan.blocked, share).toBeLessThanOrEqual(BLOCKED_MOST * dporRan.executions);
  });
});
