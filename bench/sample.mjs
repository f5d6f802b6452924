// One sample, in a process of its own: what is asked for comes as JSON in the only argument, what was measured goes out as JSON.
//
// Of an exploration that runs on one thread the time of that thread on a CPU is measured, where the system tells it: on a busy
// machine real time says how long the thread had to wait.

import { readFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { explore } from "lockstep/explore";
import { programCalled } from "./programs.mjs";

const NANOSECONDS_PER_MS = 1e6;
/** More executions than any sample has. */
const NO_LIMIT = 1e9;

const wanted = JSON.parse(process.argv[2]);
const { program, simulation } = await programCalled(wanted.program, wanted.parameters);
const measured = wanted.kind === "heap" ? heapGrowth(wanted) : explorations(wanted);
console.log(JSON.stringify(measured));

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

/** Explores until so much time is used up, twice at least: the first exploration is a cold one, the last the warmest. */
function explorations({ strategy, executions = NO_LIMIT, warmMs, pieceMs }) {
  const all = [];
  const until = performance.now() + warmMs;
  do {
    const maxMilliseconds = pieceMs ?? Number.POSITIVE_INFINITY;
    const now = () => performance.now();
    const wallBefore = performance.now();
    const cpuBefore = cpuMilliseconds();
    const options = { strategy, maxExecutions: executions, maxMilliseconds, now, simulation };
    const result = explore(program, options);
    const { executions: done, blocked, exhausted, steps, outcome, firstFailure } = result;
    const time = { cpu: cpuMilliseconds() - cpuBefore, wall: performance.now() - wallBefore };
    all.push({ executions: done, blocked, exhausted, steps, outcome, firstFailure, ...time });
  } while (all.length < 2 || performance.now() < until);
  return { first: all[0], last: all.at(-1), peak: process.memoryUsage.rss() };
}

/** The heap after a full collection, at two moments of one exploration. */
function heapGrowth({ strategy, from, to }) {
  const heap = [];
  let executions = 0;
  const onExecution = () => {
    executions++;
    if (executions !== from && executions !== to) return;
    globalThis.gc();
    heap.push(process.memoryUsage().heapUsed);
  };
  // The search ends when its clock says so, which it does once enough was run: executions cut short count for a limit, and not here.
  const now = () => (executions < to ? 0 : 1);
  const before = cpuMilliseconds();
  explore(program, { strategy, maxExecutions: NO_LIMIT, maxMilliseconds: 1, now, simulation, onExecution });
  return { before: heap[0], after: heap[1], executions, cpu: cpuMilliseconds() - before };
}
