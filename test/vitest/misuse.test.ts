// Goal: misuse of the library inside a scenario is a plain failure at the user's line, and no finding.
import { describe, expect, test } from "vitest";
import { Mutex, scenario, UsageError } from "lockstep";
import { findsWithin } from "lockstep/vitest";

/** As JavaScript lets it pass. */
const AnyMutex = Mutex as unknown as new (name: string) => Mutex;

const misused = scenario("misused", {
  *run() {
    yield* new AnyMutex("lock").lock();
  },
});

function thrownBy(work: () => void): Error {
  try {
    work();
  } catch (error) {
    return error as Error;
  }
  throw new Error("nothing was thrown");
}

describe("misuse in a scenario", () => {
  test.each([
    ["toFinish", (): void => expect(misused).toFinish()],
    ["toFindWithin", (): void => expect(misused).toFindWithin(10, "assertion")],
    ["toHoldOnEverySchedule", (): void => expect(misused).toHoldOnEverySchedule()],
  ])("fails %s with its sentence, at its line", (_, work) => {
    const error = thrownBy(work);
    expect(error).toBeInstanceOf(UsageError);
    expect(error.message).toBe('the first argument is the kernel, as in new Mutex(kernel, "name")');
    expect(error.stack?.split("\n")[1]).toContain("misuse.test.ts");
  });

  findsWithin.fails(10, "is not the assertion that a test looks for", misused, "assertion");
});
