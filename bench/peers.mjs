// Other tools on the same programs, in the same run: SPIN (bench/spin/*.pml) and Relacy (bench/relacy/*.cpp), where they are installed.
//
// Equal programs are not equal work. SPIN stores states of a model and visits each once; it does not run the program. Relacy runs C++, and a
// schedule of it is one interleaving of all accesses, under the C++ memory model. So counts stand beside counts only to show
// how much is left after reduction; what can be compared is the time until the same sentence can be said. That of Lockstep is given
// twice: cold, as a user waits for it, and warm, once the engine has compiled what is run, which C is from the start.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { heading, median, samples, thousands, timed } from "./measure.mjs";

const HERE = fileURLToPath(new URL(".", import.meta.url));
/** SPIN's own limit on the depth of its search, and two to this power is the size of its table at first. */
const DEPTH = 20_000;
const TABLE = 20;
const WARM_MS = 1_000;

/** The scenario, its parameters, and what SPIN and Relacy call N. The last ones are broken. */
const PROGRAMS = [
  { program: "inc", parameters: { n: 4 }, size: 4 },
  { program: "inc", parameters: { n: 8 }, size: 8 },
  { program: "buffer", parameters: { conditions: 2 }, size: 1 },
  { program: "buffer", parameters: { conditions: 2, items: 2 }, size: 2 },
  { program: "lastzero", parameters: { n: 3 }, size: 3 },
  { program: "lastzero", parameters: { n: 10 }, size: 10 },
  { program: "deadlock01", parameters: {}, size: 2 },
  { program: "dining", parameters: { n: 3 }, size: 3 },
  { program: "dining", parameters: { n: 10 }, size: 10 },
  { program: "reorder", parameters: { setters: 2 }, size: 2 },
  { program: "reorder", parameters: { setters: 4 }, size: 4 },
];

const COLUMNS = [
  ["program", 28],
  ["tool", 17],
  ["searched", 30],
  ["result", 24],
  ["CPU", -11],
  ["ratio", -10],
  ["memory", -10],
];

export function peers({ peerMs, count }) {
  heading(
    "Other tools on the same programs",
    `CPU time, median of ${count}: without the start of Node, without building SPIN's and Relacy's checkers. Ratio: to Lockstep cold.`,
    "Memory is the most that the process had; Lockstep's includes Node, SPIN's a table of its own choice (-w20).",
    "Lockstep and SPIN search to the end, and meet every failure on the way; Relacy (full search) ends with its first.",
    `A search of Relacy is given up after ${peerMs / 1000} s: what is told is how far it was.`,
  );
  const has = { spin: isThere("spin", ["-V"]) && isThere("gcc", ["--version"]), relacy: hasRelacy() };
  if (!has.spin) console.log("  SPIN is left out: `spin` and `gcc` are not both installed.");
  if (!has.relacy) console.log("  Relacy is left out: its headers and `g++` are not both installed.");
  const folder = mkdtempSync(join(tmpdir(), "lockstep-bench-"));
  try {
    line(COLUMNS.map(([name]) => name));
    for (const each of PROGRAMS) {
      const cold = lockstep(each, count);
      if (has.spin) tell(spin(each, folder, count), cold);
      if (has.relacy) tell(relacy(each, folder, count, peerMs), cold);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function lockstep({ program, parameters }, count) {
  const taken = samples(count, { program, parameters, strategy: "dpor", warmMs: WARM_MS });
  const { executions, outcome, firstFailure } = taken[0].first;
  const result = firstFailure === null ? "none exists" : `${outcome}, number ${thousands(firstFailure)}`;
  const searched = `${thousands(executions)} executions`;
  const [cold, warm] = ["first", "last"].map((which) => median(taken.map((each) => each[which].cpu)));
  const written = Object.entries(parameters).map((each) => each.join("="));
  const memory = median(taken.map(({ peak }) => peak));
  line([`${program} ${written.join(" ")}`, "Lockstep", searched, result, time(cold), "1", size(memory)]);
  line(["", "Lockstep, warm", searched, result, time(warm), ratio(warm, cold), size(memory)]);
  return cold;
}

function tell({ tool, searched, result, cpu, memory }, cold) {
  line(["", tool, searched, result, time(cpu), ratio(cpu, cold), size(memory)]);
}

function spin({ program, size: n }, folder, count) {
  const model = join(HERE, "spin", `${program}.pml`);
  made("spin", [`-DN=${n}`, "-a", model], folder);
  made("gcc", ["-O2", "-DSAFETY", "-w", "-o", "pan", "pan.c", join(HERE, "usage.c")], folder);
  const all = Array.from({ length: count }, () =>
    searched(join(folder, "pan"), [`-m${DEPTH}`, "-c0", `-w${TABLE}`], folder),
  );
  const [{ text }] = all;
  const states = Number(/(\d+) states, stored/.exec(text)?.[1]);
  const found = /pan:\d+: invalid end state/.test(text)
    ? "deadlock"
    : /assertion violated/.test(text)
      ? "assertion"
      : "none exists";
  const cut = /max search depth too small/.test(text) ? ", NOT complete" : "";
  return { tool: "SPIN", searched: `${thousands(states)} states`, result: `${found}${cut}`, ...medians(all) };
}

function relacy({ program, size: n }, folder, count, limitMs) {
  const checker = join(folder, program);
  made("gcc", ["-O2", "-c", "-o", "usage.o", join(HERE, "usage.c")], folder);
  // 2011: under a later standard the names of its atomics meet those of the library.
  const flags = ["-O2", "-std=c++11", "-DNDEBUG", "-w", `-DN=${n}`];
  made("g++", [...flags, "-o", checker, join(HERE, "relacy", `${program}.cpp`), "usage.o"], folder);
  const first = searched(checker, [], folder, limitMs);
  const { text, isOver } = first;
  const done = isOver ? /iterations?: (\d+)/.exec(text)?.[1] : ([...text.matchAll(/\((\d+)\//g)].at(-1)?.[1] ?? "0");
  const told = { tool: "Relacy", searched: `${thousands(Number(done))} schedules` };
  // Nothing is learned from waiting for it again.
  if (!isOver) return { ...told, result: "given up", cpu: limitMs, memory: Number.NaN };
  const all = [first, ...Array.from({ length: count - 1 }, () => searched(checker, [], folder, limitMs))];
  const found = text.includes("DEADLOCK") ? "deadlock" : text.includes("ASSERT FAILED") ? "assertion" : null;
  const result = found === null ? "none exists" : `${found}, number ${thousands(Number(done))}`;
  return { ...told, result, ...medians(all.filter((each) => each.isOver)) };
}

const medians = (all) => ({ cpu: median(all.map(({ cpu }) => cpu)), memory: median(all.map(({ memory }) => memory)) });

function line(cells) {
  const written = cells.map((cell, place) => {
    const [, width] = COLUMNS[place];
    return width < 0 ? cell.padStart(-width) : cell.padEnd(width);
  });
  console.log(`  ${written.join("")}`.trimEnd());
}

const time = (ms) => (ms < 10 ? `${ms.toFixed(1)} ms` : `${thousands(ms)} ms`);
const ratio = (ms, cold) => (ms / cold < 100 ? (ms / cold).toPrecision(2) : thousands(ms / cold));
const size = (bytes) => (Number.isNaN(bytes) ? "?" : `${(bytes / 1e6).toFixed(1)} MB`);

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

// bench/usage.c has told what it took.
function searched(program, words, cwd, limitMs) {
  const { stdout, stderr, status } = timed(program, words, { cwd, timeout: limitMs });
  const text = `${stdout}${stderr}`.replaceAll("\r", "\n");
  const [, micros, kibibytes] = /usage: (\d+) us, (\d+) KiB/.exec(text) ?? [];
  return { text, cpu: Number(micros) / 1_000, memory: Number(kibibytes) * 1_024, isOver: status !== null };
}
