// Goal: the scenarios of the story show its numbers, whatever things cost. Method: each once in measured time, unrecorded; each judges itself.
import { describe, expect, test } from "vitest";
import { Prng } from "#base/prng";
import { execute } from "#explore/execution";
import { firstChooser, type Chooser } from "#kernel/chooser";
import { scaleCosts, DEFAULT_COSTS } from "#kernel/costs";
import type { OutcomeKind } from "#kernel/outcome";
import { DEFAULT_OPTIONS } from "#kernel/options";
import { compile, measuredSimulationOf } from "#scenario/compile";
import type { ParameterValues, Scenario } from "#scenario/types";
import { measurementsOf } from "#vfs/measurements";
import close from "#scenarios/vpn-close";
import correct from "#scenarios/vpn-correct";
import inverted from "#scenarios/vpn-inverted-notify";
import nonblocking from "#scenarios/vpn-nonblocking";
import select from "#scenarios/vpn-select";
import noArp from "#scenarios/vpn-server-no-arp";
import soak from "#scenarios/vpn-soak";
import timeout from "#scenarios/vpn-timeout";
import twoInterfaces from "#scenarios/vpn-two-interfaces";
import { isLongRun } from "../long-run.js";

interface Ran {
  readonly outcome: OutcomeKind;
  readonly message: string;
  readonly figures: Readonly<Record<string, number>>;
}

function run(scenario: Scenario, parameters: ParameterValues, factor = 1): Ran {
  const costs = scaleCosts(scenario.definition.costs ?? DEFAULT_COSTS, factor);
  const scaled = { ...scenario, definition: { ...scenario.definition, costs } };
  const { outcome, simulation } = execute(compile(scaled, { parameters }), firstChooser, {
    time: "measured",
    simulation: { ...DEFAULT_OPTIONS, ...measuredSimulationOf(scenario, parameters) },
    costs,
  });
  const figures = simulation.kernels.flatMap((kernel) => [...measurementsOf(kernel).figures]);
  return { outcome: outcome.kind, message: outcome.message, figures: Object.fromEntries(figures) };
}

/** Each scenario, as little of it as shows what it is about, and how it ends. */
const ROWS: readonly (readonly [name: string, Scenario, ParameterValues, OutcomeKind])[] = [
  ["vpn-inverted-notify", inverted, { pings: 5 }, "finished"],
  ["vpn-server-no-arp", noArp, {}, "finished"],
  ["vpn-nonblocking, the least", nonblocking, { pings: 1 }, "finished"],
  ["vpn-close, silent", close, { driver: "silent" }, "deadlock"],
  ["vpn-close, notify", close, { driver: "notify" }, "panic"],
  ["vpn-close, snooze", close, { driver: "snooze" }, "finished"],
  ["vpn-close, merged", close, { driver: "merged" }, "finished"],
  ["vpn-close, ours", close, { driver: "ours" }, "finished"],
  ["vpn-close, ours, over TUN", close, { driver: "ours", device: "tun0" }, "finished"],
  ["vpn-select", select, {}, "finished"],
  ["vpn-select, with many signs of life", select, { ping: 1 }, "finished"],
  ["vpn-two-interfaces, shared", twoInterfaces, { driver: "shared" }, "finished"],
  ["vpn-two-interfaces, ours", twoInterfaces, { driver: "ours" }, "finished"],
  ["vpn-timeout", timeout, {}, "finished"],
  ["vpn-correct, a thousand pings a second", correct, { pings: 200, interval: "0.001" }, "finished"],
  ["vpn-soak", soak, { seconds: 4, interfaces: 2 }, "finished"],
];

describe.each(isLongRun ? [1, 0.5, 2] : [1])("with all costs times %d", (factor) => {
  test.each(ROWS)("%s is as told", (_name, scenario, parameters, outcome) => {
    expect(run(scenario, parameters, factor)).toMatchObject(
      outcome === "finished" ? { outcome, message: "" } : { outcome },
    );
  });

  test.each(["tap0", "tun0"].flatMap((device) => ["poll", "select", "blocking"].map((mode) => ({ device, mode }))))(
    "vpn-correct over $device with $mode: answered at once, and idle",
    (parameters) => {
      const { outcome, figures } = run(correct, parameters, factor);
      expect(outcome).toBe("finished");
      expect(figures["lossPercent"]).toBe(0);
      expect(figures["cpuPercent"]).toBeLessThan(5);
      // Twice the link's millisecond, and the daemons' own work, which the scenario itself adds up.
      expect(figures["averageMs"]).toBeGreaterThan(2);
      expect(figures["averageMs"]).toBeLessThan(2.5);
    },
  );
});

/** Any thread that can go, each time. */
function lots(seed: number): Chooser {
  const prng = new Prng(seed);
  return { pickThread: (_candidates, count) => prng.below(count), pickValue: (count) => prng.below(count) };
}

describe("in adversarial time", () => {
  const explored = (scenario: Scenario, parameters: ParameterValues, seed: number): string => {
    const { outcome } = execute(compile(scenario, { parameters }), lots(seed), { time: "adversarial" });
    return `${outcome.kind} ${outcome.message}`.trim();
  };

  test.each(ROWS.filter(([name]) => !name.startsWith("vpn-close, ")))(
    "%s has no numbers, and ends well in any order",
    (_name, scenario, parameters) => {
      for (let seed = 1; seed <= 5; seed++) expect(explored(scenario, parameters, seed)).toBe("finished");
    },
  );

  test.each(["tap0", "tun0"])(
    "vpn-close with our driver holds over %s, and that of the silent close does not",
    (device) => {
      for (let seed = 1; seed <= 40; seed++) {
        expect(explored(close, { driver: "ours", device }, seed), `seed ${seed}`).toBe("finished");
      }
      expect(explored(close, { driver: "silent", device }, 1)).toMatch(/^deadlock /);
    },
  );
});

test("the numbers are those of the story", () => {
  expect(run(inverted, { pings: 5 }).figures["averageMs"]).toBeCloseTo(1_000, -1);
  const spinning = run(nonblocking, { pings: 5 }).figures;
  expect(spinning["averageMs"]).toBeGreaterThanOrEqual(2);
  expect(spinning["averageMs"]).toBeLessThanOrEqual(9);
  expect(spinning["cpuPercent"]).toBeGreaterThanOrEqual(99);
  const late = run(select, {}).figures;
  expect(late["averageMs"]).toBeGreaterThan(2_000);
  expect(late["lossPercent"]).toBeGreaterThan(60);
});
