// Other tools on the same programs, in the same run: SPIN (bench/spin/*.pml) and Relacy (bench/relacy/*.cpp), where they are installed.
//
// Equal programs are not equal work. SPIN stores states of a model and visits each once; it does not run the program. Relacy runs C++, and a
// schedule of it is one interleaving of all accesses, under the C++ memory model. So counts stand beside counts only to show
// how much is left after reduction; what can be compared is the time until the same sentence can be said.

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { heading, megabytes, samples, thousands, timed } from "./measure.mjs";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const TICK_MS = 10;
/** SPIN's own limit on the depth of its search. */
const DEPTH = 20_000;

/** What is proved, or shown to end in a deadlock: the scenario, its parameters, and what SPIN and Relacy call N. */
const PROGRAMS = [
  { program: "inc", parameters: { n: 4 }, size: 4, relacy: true },
  { program: "inc", parameters: { n: 8 }, size: 8, relacy: false },
  { program: "dining", parameters: { n: 3 }, size: 3, relacy: true },
  { program: "dining", parameters: { n: 10 }, size: 10, relacy: false },
  { program: "buffer", parameters: { conditions: 2 }, size: 1, relacy: true },
  { program: "buffer", parameters: { conditions: 2, items: 2 }, size: 2, relacy: false },
  { program: "lastzero", parameters: { n: 10 }, size: 10, relacy: false },
];

export function peers({ peerMs }) {
  heading(
    "Other tools on the same programs",
    "CPU time of one cold search: without the start of Node, without building SPIN's and Relacy's checkers.",
    "Relacy searches every schedule, dining until its first deadlock; all others search to the end.",
  );
  const has = { spin: isThere("spin", ["-V"]) && isThere("gcc", ["--version"]), relacy: hasRelacy() };
  if (!has.spin) console.log("  SPIN is left out: `spin` and `gcc` are not both installed.");
  if (!has.relacy) console.log("  Relacy is left out: its headers and `g++` are not both installed.");
  const folder = mkdtempSync(join(tmpdir(), "lockstep-bench-"));
  try {
    for (const each of PROGRAMS) {
      lockstep(each);
      if (has.spin) spin(each, folder);
      if (has.relacy && each.relacy) relacy(each, folder, peerMs);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function lockstep({ program, parameters }) {
  const [{ first, peak }] = samples(1, { program, parameters, strategy: "dpor", warmMs: 0 });
  const found = first.outcome === "finished" ? "" : `, ${first.outcome} found`;
  const written = Object.entries(parameters).map((each) => each.join("="));
  console.log(`  ${program} ${written.join(" ")}`);
  line("Lockstep", `${thousands(first.executions)} executions${found}`, first.cpu, megabytes(peak));
}

function spin({ program, size }, folder) {
  const model = join(HERE, "spin", `${program}.pml`);
  made("spin", [`-DN=${size}`, "-a", model], folder);
  made("gcc", ["-O2", "-DSAFETY", "-w", "-o", "pan", "pan.c"], folder);
  const { text, cpu } = searched(join(folder, "pan"), [`-m${DEPTH}`, "-c0"], folder);
  const states = Number(/(\d+) states, stored/.exec(text)?.[1]);
  const memory = Number(/([\d.]+)\s+total actual memory/.exec(text)?.[1]);
  const found = /pan:\d+: invalid end state/.test(text) ? ", deadlock found" : "";
  const cut = /max search depth too small/.test(text) ? ", NOT complete" : "";
  line("SPIN", `${thousands(states)} states${found}${cut}`, cpu, `${memory.toFixed(1)} MB`);
}

function relacy({ program, size }, folder, limitMs) {
  const checker = join(folder, program);
  // 2011: under a later standard the names of its atomics meet those of the library.
  const flags = ["-O2", "-std=c++11", "-DNDEBUG", "-w", `-DN=${size}`];
  made("g++", [...flags, "-o", checker, join(HERE, "relacy", `${program}.cpp`)], folder);
  const { text, cpu, isOver } = searched(checker, [], folder, limitMs);
  const done = isOver ? /iterations?: (\d+)/.exec(text)?.[1] : [...text.matchAll(/\((\d+)\//g)].at(-1)?.[1];
  const found = text.includes("DEADLOCK") ? ", deadlock found" : "";
  const cut = isOver ? "" : ", then given up";
  line("Relacy", `${thousands(Number(done))} schedules${found}${cut}`, cpu, "");
}

function line(tool, what, cpuMs, memory) {
  const time = cpuMs < TICK_MS ? `under ${TICK_MS} ms` : `${thousands(cpuMs)} ms`;
  console.log(`    ${tool.padEnd(10)}${what.padEnd(46)}${time.padStart(12)}${memory.padStart(12)}`.trimEnd());
}

function isThere(program, words) {
  return timed(program, words).status === 0;
}

function hasRelacy() {
  const words = ["-std=c++11", "-w", "-x", "c++", "-fsyntax-only", "-include", "relacy/relacy.hpp", "-"];
  return timed("g++", words, { input: "" }).status === 0;
}

function made(program, words, cwd) {
  const { status, stderr } = timed(program, words, { cwd });
  if (status !== 0) throw new Error(`${program} ${words.join(" ")} ended with ${status}:\n${stderr}`);
}

function searched(program, words, cwd, limitMs) {
  const before = childrenMilliseconds();
  const { stdout, stderr, status } = timed(program, words, { cwd, timeout: limitMs });
  const text = `${stdout}${stderr}`.replaceAll("\r", "\n");
  return { text, cpu: childrenMilliseconds() - before, isOver: status !== null };
}

// CPU time of all processes started from here that have ended, where the system tells it.
function childrenMilliseconds() {
  try {
    const [, rest] = readFileSync("/proc/self/stat", "utf8").split(") ");
    const fields = rest.split(" ");
    return (Number(fields[13]) + Number(fields[14])) * TICK_MS;
  } catch {
    return Number.NaN;
  }
}
