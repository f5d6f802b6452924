// Goal: no judge accuses what ships as correct: the story's drivers, the corrected programs of the literature, a tunnel.
// Method: each is sampled as `lockstep explore` does; the one with two hosts is run once, in measured time.
import { describe, expect, test } from "vitest";
import { compile, type ParameterValues, type Scenario } from "lockstep";
import { loadShipped, SHIPPED } from "#cli/shipped";
import { watch } from "#explore/watch";
import { JUDGES } from "#judges/all";
import { examine } from "#judges/examine";
import { judgeSample } from "#judges/sample";
import { measuredSimulationOf, simulationOf } from "#scenario/compile";
import { CLASSICS, corrected, type Name } from "../scenarios/classics.js";

function accusations(tested: Scenario, parameters: ParameterValues = {}): string[] {
  const { findings } = judgeSample(compile(tested, { parameters }), JUDGES, simulationOf(tested, parameters));
  return findings.map(({ verdict }) => `${verdict.judge}: ${verdict.message}`);
}

describe("no judge accuses", () => {
  test.each(SHIPPED)("%s, where it is meant to be correct", async (name) => {
    const shipped = await loadShipped(name);
    const isCorrect = shipped.definition.expect?.explore === "finished";
    expect(isCorrect ? accusations(shipped) : []).toEqual([]);
  });

  test.each([...CLASSICS])("%s, corrected", (name, classic) => {
    const isCorrect = classic.definition.expect?.explore === "finished";
    const parameters = isCorrect ? {} : corrected(name as Name);
    expect(parameters === null ? [] : accusations(classic, parameters)).toEqual([]);
  });

  test("vpn-correct, run once on two hosts", async () => {
    const shipped = await loadShipped("vpn-correct");
    const watched = watch(compile(shipped), { time: "measured", simulation: measuredSimulationOf(shipped, {}) });
    expect(examine(watched, JUDGES).map(({ judge, message }) => `${judge}: ${message}`)).toEqual([]);
  });
});
