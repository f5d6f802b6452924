// What the explorer is given, checked: who hands over a scenario is told what makes a program of it.

import { UsageError } from "#base/assert";

/** @throws UsageError when this is no program. @param whose "explore", for the message */
export function checkProgram(whose: string, program: unknown): void {
  if (typeof program === "function") return;
  const isScenario = typeof program === "object" && program !== null && "definition" in program;
  const given = isScenario ? "a scenario" : String(program);
  throw new UsageError(`${whose}() takes a program, as compile(scenario) makes it, and was given ${given}`);
}
