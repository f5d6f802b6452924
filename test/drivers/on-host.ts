// Runs a test's body on a freshly booted host with the tun driver, or explores every schedule of it.
//
// Threads are the kernel's own (`kernel.spawn`), so that a team's descriptors stay open when no thread of the team
// is left.

import { expect } from "vitest";
import { tunDriver } from "#drivers/tun/tun";
import { execute } from "#explore/execution";
import { explore, type ExploreResult } from "#explore/explorer";
import { firstChooser } from "#kernel/chooser";
import type { Steps } from "#kernel/operation";
import { compile } from "#scenario/compile";
import { scenario, type ScenarioContext } from "#scenario/types";

/** Runs `body` once, in measured time; what it throws, a hang or a leak fails the test. */
export function onHost(body: (context: ScenarioContext) => Steps<void>): void {
  const program = compile(scenario("test", { drivers: [tunDriver], run: body }));
  const { outcome } = execute(program, firstChooser, { time: "measured" });
  expect(outcome).toMatchObject({ kind: "finished", message: "" });
}

/** Explores every schedule of `run`, which follows on one schedule of `setup`: none may fail. */
export function onEverySchedule<State extends object>(
  setup: (context: ScenarioContext) => Steps<State>,
  run: (context: ScenarioContext & State) => Steps<void>,
): ExploreResult {
  const result = explore(compile(scenario<State>("test", { drivers: [tunDriver], setup, run })));
  expectProven(result);
  return result;
}

/** Nothing was found, and nothing is left to explore. */
export function expectProven(result: ExploreResult): void {
  expect(result.findings.map(({ outcome }) => outcome)).toEqual([]);
  expect(result).toMatchObject({ outcome: "finished", exhausted: true, bound: null });
}
