// One sample of the network's speed, in a process of its own: what is asked for comes as JSON in the only argument, what was
// measured goes out as JSON. Nothing is recorded, as while exploring.

import { readFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { compile, execute } from "lockstep";
import { DEFAULT_OPTIONS, firstChooser } from "lockstep/explore";
import { default as vpnCorrect } from "#scenarios/vpn-correct";
import { default as vpnSoak } from "#scenarios/vpn-soak";
import { forwarding } from "./net-programs.mjs";

const NANOSECONDS_PER_MS = 1e6;
/** More steps than any sample takes. */
const NO_LIMIT = 1e12;

const wanted = JSON.parse(process.argv[2]);
console.log(JSON.stringify(wanted.kind === "packets" ? packets(wanted) : scenario(wanted)));

/** Packets through routers; the time is that of the packets alone, without the interfaces' coming and going. */
function packets({ count, length, window, routers }) {
  let began = 0;
  const clock = { begin: () => (began = cpuMilliseconds()), end: () => (taken = cpuMilliseconds() - began) };
  let taken = 0;
  const { outcome } = run(compile(forwarding({ count, length, window, routers }, clock)));
  if (outcome.kind !== "finished") throw new Error(`${outcome.kind}: ${outcome.message}`);
  return { cpu: taken };
}

/** A shipped scenario, from boot to end, and the heap after it and in its middle. */
function scenario({ name, parameters }) {
  const program = compile({ "vpn-correct": vpnCorrect, "vpn-soak": vpnSoak }[name], { parameters });
  const wallBefore = performance.now();
  const cpuBefore = cpuMilliseconds();
  const { outcome, simulation } = run(program);
  const time = { cpu: cpuMilliseconds() - cpuBefore, wall: performance.now() - wallBefore };
  const virtual = simulation.now() / 1e6;
  return { ...time, virtual, outcome: outcome.kind, message: outcome.message, steps: simulation.steps };
}

function run(program) {
  return execute(program, firstChooser, {
    time: "measured",
    simulation: { ...DEFAULT_OPTIONS, maxSteps: NO_LIMIT },
  });
}

/** Milliseconds that this thread has had a CPU; of the whole process, its helpers included, where nobody says so. */
function cpuMilliseconds() {
  try {
    const [nanoseconds] = readFileSync(`/proc/self/task/${process.pid}/schedstat`, "utf8").split(" ");
    return Number(nanoseconds) / NANOSECONDS_PER_MS;
  } catch {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  }
}
