// Goal: what is left out when nobody watches changes nothing. Method: each scenario in measured time with a trace and without one.
import { expect, test } from "vitest";
import { execute } from "#explore/execution";
import { firstChooser } from "#kernel/chooser";
import { operationVerb } from "#kernel/operation";
import { DEFAULT_OPTIONS } from "#kernel/options";
import { compile, measuredSimulationOf } from "#scenario/compile";
import type { ParameterValues, Scenario } from "#scenario/types";
import { Recorder } from "#trace/recorder";
import { measurementsOf } from "#vfs/measurements";
import close from "#scenarios/vpn-close";
import correct from "#scenarios/vpn-correct";

const ROWS: readonly (readonly [name: string, Scenario, ParameterValues])[] = [
  ["vpn-close, a panic", close, { driver: "notify" }],
  ["vpn-close, a deadlock", close, { driver: "silent" }],
  ["vpn-correct, poll over TAP", correct, { pings: 5, interval: "0.01" }],
  ["vpn-correct, select over TUN", correct, { pings: 5, interval: "0.01", device: "tun0", mode: "select" }],
];

test.each(ROWS)(
  "%s ends after the same steps, at the same time, with the same numbers",
  (_name, scenario, parameters) => {
    const [watched, unwatched] = [new Recorder(operationVerb), null].map((recorder) => {
      const options = { ...DEFAULT_OPTIONS, ...measuredSimulationOf(scenario, parameters) };
      const program = compile(scenario, { parameters });
      const { outcome, simulation } = execute(
        program,
        firstChooser,
        { time: "measured", simulation: options },
        recorder,
      );
      const figures = simulation.kernels.map((kernel) => Object.fromEntries(measurementsOf(kernel).figures));
      return { kind: outcome.kind, message: outcome.message, steps: simulation.steps, time: simulation.now(), figures };
    });
    expect(unwatched).toEqual(watched);
    expect(unwatched?.steps).toBeGreaterThan(100);
  },
);
