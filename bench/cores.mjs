// Two cores against one, by the command as a user gives it, in real time.
//
// Exact searches must do the same work in both: their totals are compared. What the machine itself can do is measured beside it: how
// much of the work of one process two processes at once get done; no search gets more out of its cores than that.

import { spawn } from "node:child_process";
import { availableParallelism } from "node:os";
import { command, exact, heading, row, seconds, thousands, times } from "./measure.mjs";

const LEAST = 1.8;
/** How many schedules `inc` with two threads has, by n: depth-first C(2n + 2, n + 1), traces C(2n, n). */
const SIZES = {
  dfs: [7, 8, 9, 10],
  dpor: [8, 9, 10, 11],
};
const SPIN =
  "const until = process.hrtime.bigint() + 2_000_000_000n; let n = 0; for (; process.hrtime.bigint() < until; n++); console.log(n)";

export async function cores({ coresCount, targetMs }) {
  heading(
    "Two cores against one, real time",
    `Explorations of classic/inc that take one core about ${targetMs / 1000} s.`,
  );
  if (availableParallelism() < 2) return console.log("  Left out: this machine has one core.");
  const scaling = await machineScaling();
  row("two processes at once, by the machine", [scaling], times);
  if (scaling < LEAST)
    console.log("  The machine does not have two cores to give just now: what follows says nothing.");
  for (const strategy of ["dfs", "dpor"])
    compare(strategy, ["--param", `n=${sizeFor(strategy, targetMs)}`], coresCount);
  compare("random", ["--param", "n=8", "--max-executions", String(lotsFor(targetMs))], coresCount);
}

function compare(strategy, settings, count) {
  const one = [];
  const two = [];
  for (let sample = 0; sample < count; sample++) {
    one.push(explored(strategy, settings, 1));
    two.push(explored(strategy, settings, 2));
  }
  const what = [strategy, ...settings.filter((each) => /^[n\d]/.test(each))].join(" ");
  row(
    `${what}, one`,
    one.map((each) => each.milliseconds / 1000),
    seconds,
  );
  row(
    `${what}, two`,
    two.map((each) => each.milliseconds / 1000),
    seconds,
  );
  const factors = one.map((each, at) => each.milliseconds / two[at].milliseconds);
  row("    faster by", factors, times, { least: LEAST });
  const totals = [...new Set([...one, ...two].map(({ result }) => result.executions))];
  const cut = two.map(({ result }) => result.blocked).join(", ");
  exact(
    "    executions",
    totals.length === 1,
    `${totals.map(thousands).join(", ")} in all, ${cut} cut short on two cores`,
  );
}

function explored(strategy, settings, workers) {
  const words = ["explore", "classic/inc", "--strategy", strategy, ...settings, "--workers", String(workers), "--json"];
  const { milliseconds: taken, stdout } = command(...words);
  return { milliseconds: taken, result: JSON.parse(stdout) };
}

// The size whose exploration comes nearest to the wanted time, judged by the speed of a smaller one.
function sizeFor(strategy, targetMs) {
  const [least, ...more] = SIZES[strategy];
  const { executionsPerSecond } = explored(strategy, ["--param", `n=${least}`], 1).result;
  const distance = (n) =>
    Math.abs(Math.log((schedules(strategy, n) / executionsPerSecond) * 1000) - Math.log(targetMs));
  return more.reduce((best, n) => (distance(n) < distance(best) ? n : best), least);
}

function schedules(strategy, n) {
  const half = strategy === "dfs" ? n + 1 : n;
  let count = 1;
  for (let i = 1; i <= half; i++) count = (count * (half + i)) / i;
  return count;
}

function lotsFor(targetMs) {
  const { executionsPerSecond } = explored("random", ["--param", "n=8", "--max-executions", "20000"], 1).result;
  return Math.ceil((executionsPerSecond * targetMs) / 1e6) * 1000;
}

async function machineScaling() {
  const alone = await spins(1);
  return (await spins(2)) / alone;
}

async function spins(processes) {
  const counts = await Promise.all(Array.from({ length: processes }, spin));
  return counts.reduce((sum, count) => sum + count, 0);
}

function spin() {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ["-e", SPIN]);
    let text = "";
    child.stdout.on("data", (piece) => (text += piece));
    child.on("error", reject);
    child.on("close", () => resolve(Number(text)));
  });
}
