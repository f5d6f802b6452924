// Goal: the scenarios of the story show its numbers. Method: each once in measured time, unrecorded; each judges itself.
import { expect, test } from "vitest";
import { execute } from "#explore/execution";
import { firstChooser } from "#kernel/chooser";
import { scaleCosts, DEFAULT_COSTS } from "#kernel/costs";
import { DEFAULT_OPTIONS } from "#kernel/options";
import { compile, measuredSimulationOf } from "#scenario/compile";
import type { ParameterValues, Scenario } from "#scenario/types";
import correct from "#scenarios/vpn-correct";
import inverted from "#scenarios/vpn-inverted-notify";
import nonblocking from "#scenarios/vpn-nonblocking";
import select from "#scenarios/vpn-select";
import noArp from "#scenarios/vpn-server-no-arp";
import timeout from "#scenarios/vpn-timeout";

function outcomeOf(scenario: Scenario, parameters: ParameterValues, factor = 1): string {
  const costs = scaleCosts(scenario.definition.costs ?? DEFAULT_COSTS, factor);
  const scaled = { ...scenario, definition: { ...scenario.definition, costs } };
  const { outcome } = execute(compile(scaled, { parameters }), firstChooser, {
    time: "measured",
    simulation: { ...DEFAULT_OPTIONS, ...measuredSimulationOf(scenario) },
    costs,
  });
  return outcome.kind === "finished" ? "as told" : `${outcome.kind}: ${outcome.message}`;
}

test.each<[string, Scenario, ParameterValues]>([
  ["vpn-inverted-notify", inverted, {}],
  ["vpn-nonblocking", nonblocking, {}],
  ["vpn-select", select, {}],
  ["vpn-timeout", timeout, {}],
  ["vpn-server-no-arp", noArp, {}],
  ["vpn-correct over TAP", correct, {}],
  ["vpn-correct over TUN with select", correct, { device: "tun0", mode: "select" }],
  ["vpn-correct, blocking", correct, { mode: "blocking" }],
])("%s is as told", (_name, scenario, parameters) => {
  expect(outcomeOf(scenario, parameters)).toBe("as told");
});

test.each([0.5, 2])("with all costs times %d no verdict flips", (factor) => {
  for (const scenario of [nonblocking, select, timeout, noArp, correct]) {
    expect(outcomeOf(scenario, {}, factor)).toBe("as told");
  }
});
