// Looking at one long execution: the page of ten thousand steps, and the debugger's way back over a thousand.

import { fileURLToPath } from "node:url";
import { command, exact, heading, milliseconds, row, samplesOf, seconds, thousands } from "./measure.mjs";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const STEPS = 10_000;
/** Two hosts and a tunnel, under Haiku's scheduler. */
const SCHEDULE = "ls1:vpn-select:1:kdebug:measured:pings=140::";
const SAMPLE = fileURLToPath(new URL("kdl-sample.mjs", import.meta.url));

export function looking({ count }) {
  const moves = samplesOf(SAMPLE, count, { schedule: SCHEDULE });
  const { steps } = moves[0];
  heading(
    `Looking at an execution of ${thousands(steps)} steps`,
    "The page is written by its own process, real time from its start to its end.",
    "The debugger is asked for the first time, nothing made beforehand; its processor time.",
  );
  exact("steps at least", steps >= STEPS, thousands(steps));
  const folder = mkdtempSync(join(tmpdir(), "lockstep-bench-"));
  try {
    const pages = Array.from({ length: count }, () => command("report", SCHEDULE, "-o", join(folder, "page.html")));
    row(
      "lockstep report",
      pages.map((page) => page.milliseconds / 1000),
      seconds,
      { below: 2 },
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
  const lines = { back: "back 1000, the first", backAgain: "back 1000, after that", threads: "threads, there" };
  for (const [name, what] of Object.entries(lines)) {
    row(
      `kdl: ${what}`,
      moves.map((move) => move[name]),
      milliseconds,
      name === "threads" ? {} : { below: 50 },
    );
  }
}
