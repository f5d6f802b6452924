// `npm run bench`: everything that is claimed about speed and memory, measured on this machine from the built package.
//
//   node bench/main.mjs [--quick] [SECTION...]      sections: dfs dpor judges net memory cores start looking package peers; default: all
//
// The counts are exact and a wrong one ends with exit code 1. Times are what this machine gave: a bar that is missed is said,
// and is no failure, because the machine may be busy.

import { cpus, loadavg } from "node:os";
import { cores } from "./cores.mjs";
import { depthFirst, partialOrderReduction } from "./exploring.mjs";
import { judging } from "./judging.mjs";
import { looking } from "./looking.mjs";
import { memory } from "./memory.mjs";
import { network } from "./net.mjs";
import { packageSize } from "./package.mjs";
import { peers } from "./peers.mjs";
import { start } from "./start.mjs";

const SECTIONS = {
  dfs: depthFirst,
  dpor: partialOrderReduction,
  judges: judging,
  net: network,
  memory,
  cores,
  start,
  looking,
  package: packageSize,
  peers,
};
const WHOLE = {
  count: 5,
  warmMs: 4_000,
  packets: 320_000,
  hourPart: 1,
  heapFrom: 100_000,
  heapTo: 1_100_000,
  targetMs: 15_000,
  peerMs: 60_000,
  coresCount: 3,
  startCount: 15,
};
const QUICK = {
  count: 1,
  warmMs: 1_500,
  packets: 32_000,
  hourPart: 1 / 60,
  heapFrom: 10_000,
  heapTo: 60_000,
  targetMs: 3_000,
  peerMs: 5_000,
  coresCount: 1,
  startCount: 5,
};

const words = process.argv.slice(2);
const isQuick = words.includes("--quick");
const sections = words.filter((word) => word !== "--quick");
const unknown = sections.find((word) => !(word in SECTIONS));
if (unknown === undefined) await bench();
else {
  console.error(`there is no section "${unknown}"; they are ${Object.keys(SECTIONS).join(", ")}`);
  process.exitCode = 2;
}

async function bench() {
  const settings = isQuick ? QUICK : WHOLE;
  const machine = cpus();
  console.log(`${machine[0]?.model ?? "unknown CPU"}, ${machine.length} cores, Node ${process.version}`);
  console.log(`Medians of ${settings.count} (starting: ${settings.startCount}), each sample in a process of its own.`);
  console.log("Times on one core are those that the exploring thread had a CPU, so that a busy machine counts less.");
  if (isQuick) console.log("Quick: too short to be quoted.");
  sayLoad("before");
  for (const [name, section] of Object.entries(SECTIONS)) {
    if (sections.length === 0 || sections.includes(name)) await section(settings);
  }
  console.log("");
  sayLoad("after");
}

// The load of the last minute: with nobody else there it is 0 before, and about 1 after.
function sayLoad(when) {
  const [minute] = loadavg();
  console.log(`Load ${when}: ${minute?.toFixed(1)}${minute > 1.5 ? ", so others were at work" : ""}`);
}
