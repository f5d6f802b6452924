// A search as `lockstep explore` does it: on all cores once it turns out long, to be stopped by ^C, gone on with from a file,
// and, where that is wanted, only one machine's part of it.

import { basename, resolve } from "node:path";
import { InputError } from "#base/assert";
import { executionsOf, isSampling, type Bounds } from "#cli/bounds";
import type { Cores } from "#cli/cores";
import type { Found } from "#cli/find-scenario";
import type { RawOptions } from "#cli/options";
import { progressLine } from "#cli/progress";
import { keptOptions, searchFile, userCode, type SearchFile } from "#cli/search-file";
import type { Settings } from "#cli/settings";
import type { Terminal } from "#cli/terminal";
import { underWatch } from "#cli/watching";
import { writeWhole } from "#load/whole-file";
import { sourceOf } from "#cli/worker-program";
import type { Program } from "#explore/execution";
import type { ExploreOptions, ExploreResult } from "#explore/explorer";
import { makeStrategy } from "#explore/make-strategy";
import { commonMarks, lotsOf, partsOf, type Shard } from "#explore/partition/shard";
import { EXECUTIONS_MOST } from "#explore/search";
import { drawsLots, walksTree } from "#explore/strategy";
import { exploreOnCores, type CoresOptions, type CoresResult } from "#workers/on-cores";

/** What is to be searched, and how. */
export interface Searching {
  readonly found: Found;
  readonly settings: Settings;
  readonly bounds: Bounds;
  readonly judges: readonly string[];
  readonly program: Program;
  readonly search: ExploreOptions;
  readonly cores: Cores;
  readonly options: RawOptions;
  /** The search that is gone on with. */
  readonly resumed: SearchFile | null;
  readonly terminal: Terminal;
}

export interface Searched {
  readonly result: ExploreResult;
  /** The search, for one machine's part of it. */
  readonly file: SearchFile | null;
  readonly isInterrupted: boolean;
  /** What else is to be said, in whole sentences. */
  readonly notes: readonly string[];
}

/** @throws InputError for a search that cannot be divided, or put aside, as is wanted */
export async function searchOnCores(searching: Searching): Promise<Searched> {
  const { found, cores, resumed, terminal, bounds, program, search } = searching;
  const shard = resumed?.shard ?? cores.shard ?? null;
  if (shard !== null) checkDivisible(search);
  const divided = shard === null ? null : shardOf(program, search, shard, resumed, cores);
  const user = userCode(found.name, terminal.folder);
  const abort = new AbortController();
  // The second ^C meets nobody who listens, and ends the process at once.
  const ignore = terminal.onInterrupt?.(() => abort.abort()) ?? (() => {});
  const most = isSampling(bounds.strategy) ? executionsOf(bounds) : undefined;
  const line = progressLine(terminal, { name: found.name, strategy: search.strategy ?? "dpor", most });
  try {
    const done = await exploreOnCores(program, divided?.search ?? search, {
      workers: cores.workers,
      source: sourceFor(searching),
      signal: abort.signal,
      hangingAfter: cores.stepLimit,
      onProgress: (reached) => line.show(reached),
      ...(divided?.cores ?? (resumed === null ? {} : { resume: resumed.saved })),
    });
    return conclude(searching, done, { shard, first: divided?.first ?? 0, user });
  } finally {
    ignore();
    line.clear();
  }
}

function sourceFor({ found, settings, judges, terminal }: Searching): ReturnType<typeof sourceOf> {
  return sourceOf({ word: found.name, folder: terminal.folder, settings, judges });
}

interface Divided {
  readonly search: ExploreOptions;
  readonly cores: Pick<CoresOptions, "share" | "resume">;
  readonly first: number;
}

function shardOf(
  program: Program,
  search: ExploreOptions,
  shard: Shard,
  resumed: SearchFile | null,
  { marks, stepLimit }: Cores,
): Divided {
  const known = resumed?.marks ?? underWatch(program, (under) => commonMarks(under, search, marks), stepLimit);
  if (drawsLots(makeStrategy(search))) {
    const lots = lotsOf(search, shard, known, search.maxExecutions ?? EXECUTIONS_MOST);
    const begun = resumed?.saved ?? { milliseconds: 0, work: null, standing: lots.standing };
    return { search: { ...search, maxExecutions: lots.executions }, cores: { resume: begun }, first: lots.first };
  }
  const share: CoresOptions["share"] = (more) => {
    const all = [...new Set([...known, ...more])];
    return underWatch(program, (under) => partsOf(under, search, shard, all), stepLimit);
  };
  return { search, cores: resumed === null ? { share } : { share, resume: resumed.saved }, first: 0 };
}

function checkDivisible(search: ExploreOptions): void {
  const strategy = makeStrategy(search);
  if (walksTree(strategy) || drawsLots(strategy)) return;
  const isBounded = (search.preemptions ?? search.delays) !== undefined;
  const what = isBounded ? "a search bounded by preemptions or delays" : strategy.name;
  throw new InputError(`--shard divides the tree of executions, or lots that are drawn; ${what} cannot be divided`);
}

function conclude(
  searching: Searching,
  done: CoresResult,
  { shard, first, user }: { readonly shard: Shard | null; readonly first: number; readonly user: string },
): Searched {
  const { found, cores, options, resumed, terminal } = searching;
  const isInterrupted = done.result.bound === "interrupted";
  const facts = { options: keptOptions(options), shard, first, marks: done.marks, bound: done.result.bound };
  const notes = oneCoreNote(done, cores);
  const isWritten = done.isLeft && (isInterrupted || cores.checkpoint !== undefined);
  const isKept = done.saved !== null && (isWritten || shard !== null);
  const file = isKept ? searchFile(found, { ...facts, saved: done.saved }, user) : null;
  if (isWritten) {
    if (file === null) notes.push(`The strategy ${done.result.strategy} cannot be put aside; nothing was written.`);
    else {
      const name = cores.checkpoint ?? (resumed === null ? usualName(found) : String(options.resume));
      writeWhole(resolve(terminal.folder, name), `${JSON.stringify(file)}\n`, name);
      notes.push(`What is left is in ${name}. To go on: ${terminal.program} explore --resume ${name}`);
    }
  }
  if (shard === null) return { result: done.result, file: null, isInterrupted, notes };
  notes.push(`This was part ${shard.index} of ${shard.of}; "${terminal.program} merge" joins them all.`);
  // A part that is done shows nothing about the whole.
  const { exhausted, bound } = done.result;
  return {
    result: { ...done.result, exhausted: false, bound: exhausted ? "shard" : bound },
    file,
    isInterrupted,
    notes,
  };
}

function usualName(found: Found): string {
  return `${basename(found.name).replace(/\.[cm]?[jt]s$/, "")}.search.json`;
}

function oneCoreNote({ oneCore, result }: CoresResult, { asked }: Cores): string[] {
  if (!asked || oneCore === null) return [];
  const why = {
    strategy: `${result.strategy}, with these bounds, goes step by step and cannot be divided`,
    inline: "what --coverage counts stays on one thread",
    "not built": "worker threads need a built Lockstep",
  }[oneCore];
  return [`All was done on one core: ${why}.`];
}
