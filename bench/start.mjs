// From the start of the process to the printed result, real time.

import { fileURLToPath } from "node:url";
import { command, heading, milliseconds, nothing, row, samplesOf } from "./measure.mjs";

const WORKER = fileURLToPath(new URL("worker-sample.mjs", import.meta.url));
const BELOW = 500;
const STARTED = [
  ["explore", "classic/dining"],
  ["explore", "merged-close"],
  ["explore", "tun-close"],
  ["run", "merged-close"],
  ["list"],
  ["--version"],
];

export function start({ startCount }) {
  heading(
    "Start to the end of the command, real time",
    "Each from its own process; everything that is printed included.",
  );
  const repeated = (take) => Array.from({ length: startCount }, take);
  row("node, doing nothing", repeated(nothing), milliseconds);
  for (const words of STARTED) {
    const bar = words[0] === "explore" ? { below: BELOW } : {};
    row(
      `lockstep ${words.join(" ")}`,
      repeated(() => command(...words).milliseconds),
      milliseconds,
      bar,
    );
  }
  row(
    "a worker thread, until it can explore",
    samplesOf(WORKER, startCount, { word: "classic/dining" }).map((sample) => sample.milliseconds),
    milliseconds,
  );
}
