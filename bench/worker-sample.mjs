// One sample of a worker thread, in a process of its own: from its start until it has loaded the program. Milliseconds of real time.

import { performance } from "node:perf_hooks";
import { WorkerPool } from "../dist/src/workers/pool.js";

const { word } = JSON.parse(process.argv[2]);
const settings = { parameters: {}, cpus: 1, build: "kdebug" };
const source = {
  module: new URL("../dist/src/cli/worker-program.js", import.meta.url).href,
  export: "programFor",
  argument: { word, folder: process.cwd(), settings, judges: [] },
};
const before = performance.now();
const pool = new WorkerPool(2, source, {}, 60_000);
await pool.warmed();
const milliseconds = performance.now() - before;
if (!pool.isReady) throw new Error("the worker is not ready");
console.log(JSON.stringify({ milliseconds }));
await pool.end();
