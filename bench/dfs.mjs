// How many executions a second plain depth-first search explores, on one core, with real kernel objects.
//
// `npm run bench` after `npm ci`. Medians of five samples; each is 200,000 executions of one process.

import { performance } from "node:perf_hooks";
import { cpus } from "node:os";
import { Mutex } from "lockstep";
import { explore, Kernel } from "lockstep/explore";

const SAMPLES = 5;
const EXECUTIONS = 200_000;

function* locksInTurn(mutexes, first) {
  for (let i = 0; i < 12; i++) {
    const mutex = mutexes[(first + i) % mutexes.length];
    yield* mutex.lock();
    mutex.unlock();
  }
}

function* philosopher(own, other, rounds) {
  for (let round = 0; round < rounds; round++) {
    yield* own.lock();
    yield* other.lock();
    other.unlock();
    own.unlock();
  }
}

/** Three threads of twelve lock operations each, over three mutexes. */
function threeTimesTwelve(simulation) {
  const kernel = new Kernel(simulation);
  const mutexes = [0, 1, 2].map((i) => new Mutex(kernel, `mutex ${i}`));
  for (let i = 0; i < 3; i++) kernel.spawn(`thread ${i}`, () => locksInTurn(mutexes, i));
}

/** Three philosophers, three rounds: 36 steps where every unlock is one. */
function threePhilosophers(simulation) {
  const kernel = new Kernel(simulation);
  const forks = [0, 1, 2].map((i) => new Mutex(kernel, `fork ${i}`));
  forks.forEach((own, i) => kernel.spawn(`philosopher ${i}`, () => philosopher(own, forks[(i + 1) % 3], 3)));
}

const oracle = { pointsBefore: "every", startIsStep: false };
const rows = [
  ["3 threads x 12 lock operations", threeTimesTwelve, undefined],
  ["3 philosophers x 3 rounds, 36 steps", threePhilosophers, oracle],
];

console.log(`${cpus()[0]?.model ?? "unknown CPU"}, Node ${process.version}`);
for (const [name, program, simulation] of rows) {
  const rates = [];
  for (let sample = 0; sample < SAMPLES; sample++) {
    const result = explore(program, {
      strategy: "dfs",
      maxExecutions: EXECUTIONS,
      now: () => performance.now(),
      simulation,
    });
    rates.push((result.executions / result.milliseconds) * 1000);
  }
  rates.sort((a, b) => a - b);
  console.log(`${name}: ${Math.round(rates[SAMPLES >> 1]).toLocaleString("en-US")} executions/s`);
}
