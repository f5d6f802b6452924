// Goal: a scenario in YAML is the same scenario as in TypeScript. Method: shipped scenarios, written a second time in YAML; what a plain run
// and each finding of an exploration do must be equal, event by event, but for the places that name the scenario's own file.
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { explore, type ExploreResult } from "#explore/explorer";
import { watch, type WatchOptions } from "#explore/watch";
import { loadScenarioFile } from "#load/scenario-file";
import { loadShipped, type AnyName } from "#cli/shipped";
import { compile, measuredSimulationOf, simulationOf } from "#scenario/compile";
import type { Scenario } from "#scenario/types";
import type { TraceEvent } from "#trace/event";

const folder = join(import.meta.dirname, "scenarios");
const NAMES = ["silent-close", "notify-in-close", "merged-close", "merged-data", "ioctl-mode"] as const;

const inYaml = (name: AnyName): Promise<Scenario> => loadScenarioFile(join(folder, `${name}.yaml`), folder);

/** The trace as text, without what only says which of the two files the scenario is written in. */
function traceOf(scenario: Scenario, options: WatchOptions): string {
  const { events } = watch(compile(scenario), options);
  return events.map((event) => JSON.stringify({ ...event, frames: framesOf(event) })).join("\n");
}

function framesOf({ frames }: TraceEvent): readonly string[] {
  return frames
    .filter(({ file }) => !/^scenarios\/|\.yaml$/.test(file) && !file.startsWith("test/"))
    .map(({ name, file, line }) => `${name} ${file}:${line}`);
}

function measured(scenario: Scenario): WatchOptions {
  return { time: "measured", simulation: measuredSimulationOf(scenario) };
}

function explored(scenario: Scenario): ExploreResult {
  return explore(compile(scenario), { simulation: simulationOf(scenario), maxExecutions: 2_000 });
}

describe.each(NAMES)("%s in YAML", (name) => {
  test("runs as in TypeScript, event by event", async () => {
    const [yaml, shipped] = [await inYaml(name), await loadShipped(name)];
    const trace = traceOf(yaml, measured(yaml));
    expect(trace.length).toBeGreaterThan(1_000);
    expect(trace).toBe(traceOf(shipped, measured(shipped)));
  });

  test("is explored as in TypeScript: as many executions, the same findings, the same traces", async () => {
    const [yaml, shipped] = [await inYaml(name), await loadShipped(name)];
    const [one, other] = [explored(yaml), explored(shipped)];
    const summary = ({ executions, blocked, steps, exhausted, outcome, findings }: ExploreResult): object => ({
      executions,
      blocked,
      steps,
      exhausted,
      outcome,
      findings: findings.map((each) => [each.outcome.message, each.choices]),
    });
    expect(summary(one)).toEqual(summary(other));
    for (const { choices, marks } of one.findings) {
      const options = { time: "adversarial", choices, marks: [...marks] } as const;
      expect(traceOf(yaml, options)).toBe(traceOf(shipped, options));
    }
  });

  test("says what it is, as in TypeScript", async () => {
    const [yaml, shipped] = [await inYaml(name), await loadShipped(name)];
    expect(yaml.name).toBe(shipped.name);
    expect(yaml.definition.about).toBe(shipped.definition.about);
    expect(yaml.definition.expect).toEqual(shipped.definition.expect);
    expect(yaml.definition.drivers).toEqual(shipped.definition.drivers);
  });
});
