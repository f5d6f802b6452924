// What judges cost an exploration: those that are off, and the default set.

import { fileURLToPath } from "node:url";
import { heading, row, samplesOf } from "./measure.mjs";

const SAMPLE = fileURLToPath(new URL("judging-sample.mjs", import.meta.url));
const SCENARIOS = ["tun-close", "merged-close", "tun-close-traffic", "notify-in-close", "silent-close"];

/** The search itself is compared with one without judges; then, with all they look at, the whole. */
export function judging({ count, warmMs }) {
  heading(
    "Exploring with judges, one core",
    "CPU time, as a multiple of the same exploration with --judges none. Search: nothing recorded; all: with the sample they look at.",
  );
  for (const scenario of SCENARIOS) {
    const taken = samplesOf(SAMPLE, count, { scenario, warmMs: warmMs / 4 });
    row(
      `${scenario}, search`,
      taken.map(({ search, off }) => search / off),
      times,
      { below: 1.05 },
    );
    row(
      `${scenario}, all`,
      taken.map(({ search, sample, off }) => (search + sample) / off),
      times,
      { below: 2 },
    );
  }
}

function times(factor) {
  return `${factor.toFixed(2)} x`;
}
