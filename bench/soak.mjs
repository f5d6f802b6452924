// `npm run test:soak`: ten million executions of each kind of search, all in one process, and what the heap holds meanwhile.
//
//   node --expose-gc bench/soak.mjs [EXECUTIONS] [dfs|dpor|random...]
//
// After a full collection at the beginning (once a twentieth is run, when everything is compiled), in the middle and at the end. It
// ends with exit code 1 when the heap has grown by more than GROWTH_MOST between the first and the last of the three.

import { performance } from "node:perf_hooks";
import { Mutex } from "lockstep";
import { explore, Kernel } from "lockstep/explore";
import { programCalled } from "./programs.mjs";

const GROWTH_MOST = 2_000_000;
const NO_LIMIT = 1e9;

const words = process.argv.slice(2);
const most = Number(words.find((word) => /^\d+$/.test(word)) ?? 10_000_000);
const named = words.filter((word) => !/^\d+$/.test(word));

const SEARCHES = {
  // One search, depth first: the odometer turns ten million times.
  dfs: async () => explored((await programCalled("three-times-twelve")).program, { strategy: "dfs" }),
  // Searches that come to their end, one after the other: what each has learned must go with it.
  dpor: async () => {
    const { program, simulation } = await programCalled("inc", { threads: 3, n: 4 });
    for (;;) if (explored(program, { strategy: "dpor", simulation })) return;
  },
  // One search that fails all the time, in several ways, and keeps what it found.
  random: async () => explored(rightHanded, { strategy: "random", seed: 1 }),
};

if (globalThis.gc === undefined) throw new Error("start it with node --expose-gc");
let executions = 0;
let heap = [];
for (const [name, search] of Object.entries(SEARCHES)) {
  if (named.length > 0 && !named.includes(name)) continue;
  executions = 0;
  heap = [];
  const began = performance.now();
  await search();
  tell(name, (performance.now() - began) / 1000);
}

/** Whether there were enough. */
function explored(program, options) {
  const now = () => (executions < most ? 0 : 1);
  const limits = { maxExecutions: NO_LIMIT, maxMilliseconds: 1, shrink: false, now };
  explore(program, { ...options, ...limits, onExecution: count });
  return executions >= most;
}

function count() {
  executions++;
  if (executions !== most / 20 && executions !== most / 2 && executions !== most) return;
  globalThis.gc();
  heap.push(process.memoryUsage().heapUsed);
}

function tell(name, seconds) {
  const growth = heap[2] - heap[0];
  const sizes = heap.map((bytes) => `${(bytes / 1e6).toFixed(1)} MB`);
  const [start, middle, end] = sizes;
  const rate = Math.round(executions / seconds).toLocaleString("en-US");
  console.log(
    `${name}: ${executions.toLocaleString("en-US")} executions in ${seconds.toFixed(0)} s (${rate} a second); ` +
      `heap ${start} at the start, ${middle} in the middle, ${end} at the end`,
  );
  if (growth <= GROWTH_MOST) return;
  console.log(`  it has grown by ${(growth / 1e6).toFixed(1)} MB; at most ${GROWTH_MOST / 1e6} MB are allowed`);
  process.exitCode = 1;
}

/** Three philosophers who all take the fork on their right first, in two rounds. */
function rightHanded(simulation) {
  const kernel = new Kernel(simulation);
  const forks = [0, 1, 2].map((place) => new Mutex(kernel, `fork ${place}`));
  forks.forEach((own, place) => kernel.spawn(`philosopher ${place}`, () => eats(own, forks[(place + 1) % 3])));
  return () =>
    simulation.steps % 3 === 0 ? { kind: "assertion", message: `ended after ${simulation.steps} steps` } : null;
}

function* eats(first, second) {
  for (let round = 0; round < 2; round++) {
    yield* first.lock();
    yield* second.lock();
    second.unlock();
    first.unlock();
  }
}
