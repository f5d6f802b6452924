// What runs in a worker thread: works on the parts, or the chunk, that it is given, until they are done, it is told to stop,
// or somebody has nothing to do. Tinypool loads this file and calls `work`.

import { performance } from "node:perf_hooks";
import { assert } from "#base/assert";
import type { ExploreOptions } from "#explore/explorer";
import { reportOfChunk, searchOfChunk, type Chunk, type ChunkReport } from "#explore/partition/lots-work";
import { reportOf, searchOf, type OpenPart, type PartReport } from "#explore/partition/open-part";
import type { Search } from "#explore/search";
import { Control, NOTHING_TOLD, UNDIVIDED } from "#workers/control";
import { faultOf, type Fault } from "#workers/fault";
import { loadProgram, type ProgramSource } from "#workers/program-source";
import { Watchdog } from "#workers/watchdog";

/** What a worker is asked to do. Plain data. */
export interface Task {
  readonly source: ProgramSource;
  readonly options: ExploreOptions;
  /** Milliseconds that code may take without reaching an operation. */
  readonly hangingAfter: number;
  readonly control: SharedArrayBuffer;
  /** Which worker's place in the control is to be used, from 0. */
  readonly worker: number;
  readonly marks: readonly number[];
  /** One after the other, as many as there is time for. */
  readonly parts: readonly OpenPart[];
  readonly chunk: Chunk | null;
}

/** What was done: a report for each part that was begun, in their order; the rest comes back untouched. */
export interface Work {
  readonly reports: readonly PartReport[];
  readonly chunk: ChunkReport | null;
  readonly fault: Fault | null;
}

/** Milliseconds of exploring that are watched over at once. */
const STRETCH = 1_000;
/** Executions between two looks around. */
const LOOK_EVERY = 16;

let loaded: { readonly key: string; readonly watchdog: Watchdog } | null = null;

/** Does what the task says. With neither parts nor a chunk, only loads the program. */
export async function work(task: Task): Promise<Work> {
  try {
    const watchdog = await watchedProgram(task.source);
    const chunk = task.chunk === null ? null : drawChunk(watchdog, task, task.chunk);
    return { reports: walkParts(watchdog, task), chunk, fault: null };
  } catch (error) {
    return { reports: [], chunk: null, fault: faultOf(error) };
  } finally {
    new Control(task.control).call();
  }
}

async function watchedProgram(source: ProgramSource): Promise<Watchdog> {
  const key = JSON.stringify(source);
  if (loaded?.key !== key) loaded = { key, watchdog: new Watchdog(await loadProgram(source)) };
  return loaded.watchdog;
}

// A search may take as long as it likes, so it is watched in stretches: code in it that reaches no operation is ended.
// @param pause asked before each execution that is begun
function advance(search: Search, watchdog: Watchdog, task: Task, pause: () => boolean): boolean {
  for (;;) {
    const until = performance.now() + STRETCH;
    let count = 0;
    let isPaused = false;
    const isOver = watchdog.guard(
      () =>
        search.advance(() => {
          const isLook = ++count % LOOK_EVERY === 0 || (count & (count - 1)) === 0;
          if (isLook && performance.now() >= until) return true;
          return (isPaused = pause());
        }),
      STRETCH + task.hangingAfter,
    );
    if (isOver || isPaused) return isOver;
  }
}

function walkParts(watchdog: Watchdog, task: Task): PartReport[] {
  const control = new Control(task.control);
  const began = performance.now();
  const reports: PartReport[] = [];
  const teller = new Teller(control, task.worker);
  for (const part of task.parts) {
    const search = searchOf(watchdog.program, task.options, part, task.marks);
    teller.begin(search, part.subtree.share);
    let divides = false;
    const isOver = advance(search, watchdog, task, () => {
      if (control.isStopped || !control.takesTicket()) return true;
      if (!teller.looksAround()) return false;
      divides = performance.now() - began > UNDIVIDED && search.canDivide && control.claimsHunger();
      if (divides) control.returnTicket();
      return divides;
    });
    // The execution that would have been the next one was none.
    if (isOver && !search.wasMarked) control.returnTicket();
    teller.end();
    reports.push(reportOf(search, divides && !isOver));
    if (divides || control.isStopped || control.tickets === 0 || search.wasMarked) break;
    if (search.standing().bound === "first-finding") break;
  }
  return reports;
}

function drawChunk(watchdog: Watchdog, task: Task, chunk: Chunk): ChunkReport {
  const control = new Control(task.control);
  const search = searchOfChunk(watchdog.program, task.options, chunk);
  const teller = new Teller(control, task.worker);
  teller.begin(search, 0);
  advance(search, watchdog, task, () => {
    teller.looksAround();
    return control.isStopped;
  });
  return reportOfChunk(search, chunk);
}

/** Tells the main thread how far the worker is. */
class Teller {
  readonly #control: Control;
  readonly #worker: number;
  #search: Search | null = null;
  #share = 0;
  #sum = NOTHING_TOLD;
  #count = 0;

  constructor(control: Control, worker: number) {
    this.#control = control;
    this.#worker = worker;
  }

  begin(search: Search, share: number): void {
    this.#search = search;
    this.#share = share;
  }

  /** Called before each execution; true now and then. */
  looksAround(): boolean {
    if (++this.#count % LOOK_EVERY !== 0) return false;
    this.#control.tell(this.#worker, this.#now());
    return true;
  }

  end(): void {
    this.#sum = this.#now();
  }

  #now(): typeof NOTHING_TOLD {
    assert(this.#search !== null, "there is a search to tell of");
    const { executions, blocked, findings } = this.#search.progress();
    const { executions: e, blocked: b, findings: f, share } = this.#sum;
    const own = this.#share * (this.#search.fraction ?? 0);
    return { executions: e + executions, blocked: b + blocked, findings: f + findings, share: share + own };
  }
}
