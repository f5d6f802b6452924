// One sample, in a process of its own: what the default judges add to exploring a scenario to its end. CPU time, warm.

import { performance } from "node:perf_hooks";
import { explore } from "../dist/src/explore/explorer.js";
import { JUDGES } from "../dist/src/judges/all.js";
import { judgeSample } from "../dist/src/judges/sample.js";
import { simulationOf } from "../dist/src/scenario/compile.js";
import { findScenario } from "../dist/src/cli/find-scenario.js";
import { readSettings } from "../dist/src/cli/read-settings.js";
import { compileWith } from "../dist/src/cli/settings.js";

const { scenario: name, warmMs } = JSON.parse(process.argv[2]);
const { scenario } = await findScenario(name, process.cwd());
const settings = readSettings({}, scenario);
const simulation = simulationOf(scenario, settings.parameters);
const off = compileWith(scenario, settings, []);
const on = compileWith(
  scenario,
  settings,
  JUDGES.map((judge) => judge.name),
);
const kinds = {
  off: () => explore(off, { simulation }),
  search: () => explore(on, { simulation }),
  sample: () => judgeSample(on, JUDGES, simulation),
};
for (const work of Object.values(kinds)) repeated(work);
console.log(JSON.stringify(Object.fromEntries(Object.entries(kinds).map(([kind, work]) => [kind, repeated(work)]))));

/** Milliseconds on a CPU that one of many takes. */
function repeated(work) {
  const before = process.cpuUsage();
  const until = performance.now() + warmMs;
  let count = 0;
  do {
    work();
    count++;
  } while (performance.now() < until);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / count;
}
