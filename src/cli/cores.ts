// Doing a search on many cores, on many machines, or not in one go: those options of explore, read and checked.

import { availableParallelism } from "node:os";
import { InputError } from "#base/assert";
import type { Bounds } from "#cli/bounds";
import { isSampling } from "#cli/bounds";
import type { OptionText } from "#cli/command";
import { single, wholeNumber, type RawOptions } from "#cli/options";
import { readStepLimit } from "#cli/watching";
import type { Shard } from "#explore/partition/shard";
import type { StrategyName } from "#explore/strategy";

export interface Cores {
  readonly workers: number;
  /** Whether somebody asked for that number. */
  readonly asked: boolean;
  /** Where a search that is not over is written to; undefined for the usual place, and only when it is interrupted. */
  readonly checkpoint?: string | undefined;
  readonly shard?: Shard | undefined;
  /** Where the result is written to, as JSON, beside what is printed. */
  readonly out?: string | undefined;
  /** Marks to begin with. */
  readonly marks: readonly number[];
  /** Milliseconds that code may take without an operation. */
  readonly stepLimit: number;
}

const WORKERS_MOST = 256;
const SHARDS_MOST = 10_000;

export const CORES_OPTIONS: readonly OptionText[] = [
  {
    usage: "--workers <n>",
    about: "cores at most, once a search turns out long (default: all; dpor and source: 1)",
  },
  { usage: "--checkpoint <file>", about: "where to put a search that ^C or a limit ends, to go on with later" },
  { usage: "--resume <file>", about: "go on with such a search; the options are those of then" },
  { usage: "--shard <i/n>", about: 'do only part i of n; "lockstep merge" joins the results' },
  { usage: "--out <file>", about: "write the JSON result to a file, too" },
  { usage: "--marks <list>", about: "marks to begin with, where merge asks for them" },
];

/** @throws InputError for a value that does not fit */
export function readCores(options: RawOptions, bounds: Bounds): Cores {
  const workers = wholeNumber(options, "workers", 1, WORKERS_MOST);
  return {
    workers: workers ?? usualWorkers(bounds),
    asked: workers !== undefined,
    checkpoint: single(options, "checkpoint", "the name of a file"),
    shard: readShard(options),
    out: single(options, "out", "the name of a file"),
    marks: readMarks(options),
    stepLimit: readStepLimit(options),
  };
}

/** With several workers it depends on the moment which execution is the first of theirs that fails; and few gain by them. */
const ALONE: readonly StrategyName[] = ["dpor", "source"];

// With several workers it depends on the moment which executions a limit leaves out; a walk that is limited to a number of
// them, or to the first failure, is the same again only with one.
function usualWorkers({ strategy, maxExecutions }: Bounds): number {
  if (maxExecutions !== undefined && !isSampling(strategy)) return 1;
  if (ALONE.includes(strategy)) return 1;
  return Math.min(WORKERS_MOST, availableParallelism());
}

function readShard(options: RawOptions): Shard | undefined {
  const text = single(options, "shard", "I/N, a part and how many there are");
  if (text === undefined) return undefined;
  const [, index = "", of = ""] = /^(\d{1,5})\/(\d{1,5})$/.exec(text) ?? [];
  const shard = { index: Number(index), of: Number(of) };
  if (index !== "" && shard.index >= 1 && shard.index <= shard.of && shard.of <= SHARDS_MOST) return shard;
  throw new InputError(`--shard takes I/N with I from 1 to N and N at most ${SHARDS_MOST}, as 2/8; not "${text}"`);
}

function readMarks(options: RawOptions): readonly number[] {
  const text = single(options, "marks", "numbers, separated by commas");
  if (text === undefined) return [];
  if (/^\d{1,15}(,\d{1,15})*$/.test(text)) return text.split(",").map(Number);
  throw new InputError(`--marks takes whole numbers, separated by commas, as a merge prints them; not "${text}"`);
}
