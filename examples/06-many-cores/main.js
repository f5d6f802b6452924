// The same search, by sleep sets, on one core and in two threads: the same executions, and the same first failure.
import assert from "node:assert/strict";
import { explore } from "lockstep";
import { exploreOnCores } from "lockstep/workers";
import { philosophers } from "./philosophers.js";

const source = { module: new URL("./philosophers.js", import.meta.url).href, export: "philosophers" };
const alone = explore(philosophers, { strategy: "sleep" });
const { result, workers } = await exploreOnCores(philosophers, { strategy: "sleep" }, { workers: 2, source });
console.log(`${result.executions} executions, ${workers} workers, first failure: ${result.firstFailure}`);
assert.equal(result.executions, alone.executions);
assert.equal(result.firstFailure, alone.firstFailure);
assert.equal(result.outcome, "deadlock");
