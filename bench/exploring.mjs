// Exploring on one core: depth-first by its speed, partial-order reduction by its exact counts and its speed.

import { exact, heading, milliseconds, perSecond, row, samples, thousands } from "./measure.mjs";

const rate = ({ executions, cpu }) => (executions / cpu) * 1000;

/** Plain depth-first search, with nothing but threads and mutexes. */
export function depthFirst({ count, warmMs }) {
  heading(
    "Depth-first search, one core",
    "Threads and mutexes without a host, an execution as long as a small scenario's.",
  );
  const rows = [
    ["3 threads x 12 lock operations", "three-times-twelve", 150_000],
    ["3 philosophers x 3 rounds, 36 steps", "three-philosophers", 300_000],
  ];
  for (const [what, program, least] of rows) {
    const wanted = { program, parameters: {}, strategy: "dfs", warmMs, pieceMs: warmMs / 4 };
    const taken = samples(count, wanted);
    row(
      what,
      taken.map(({ last }) => rate(last)),
      perSecond,
      { least },
    );
  }
}

/** Programs whose traces are counted in the literature: name, parameters, how many, and what is wanted of which number. */
const COUNTED = [
  ["inc", { n: 8 }, 12_870, { warm: { least: 100_000 } }],
  ["dining", { n: 10 }, 1_023, { cold: { below: 500 } }],
  ["buffer", { conditions: 2, wakeups: "fifo" }, 56, {}],
  ["buffer", { conditions: 2, wakeups: "any" }, 64, {}],
  ["lastzero", { n: 10 }, 3_328, {}],
  ["readers", { n: 13 }, 8_192, {}],
];

/** Optimal partial-order reduction to the end: one execution for each trace, and none that is cut short. */
export function partialOrderReduction({ count, warmMs }) {
  heading(
    "Partial-order reduction to the end, one core",
    "The scenarios classic/..., a host booted for each execution. Cold: the first exploration of a process.",
  );
  for (const [program, parameters, traces, bars] of COUNTED) {
    const taken = samples(count, { program, parameters, strategy: "dpor", warmMs });
    const name = `${program} ${written(parameters)}`;
    const { executions, blocked, exhausted } = taken[0].first;
    const text = `${thousands(executions)} executions, ${blocked} blocked, ${exhausted ? "exhausted" : "not exhausted"}`;
    exact(name, executions === traces && blocked === 0 && exhausted, text);
    row(
      "    cold",
      taken.map(({ first }) => first.cpu),
      milliseconds,
      bars.cold,
    );
    row(
      "    warm",
      taken.map(({ last }) => last.cpu),
      milliseconds,
    );
    row(
      "    warm",
      taken.map(({ last }) => rate(last)),
      perSecond,
      bars.warm,
    );
  }
}

function written(parameters) {
  return Object.entries(parameters)
    .map(([name, value]) => `${name}=${value}`)
    .join(" ");
}
