// A walk through the tree of executions by as many threads as there are: part after part, on the main thread first.

import { performance } from "node:perf_hooks";
import { assert } from "#base/assert";
import { DEFAULT_OPTIONS } from "#kernel/options";
import { RepeatCheck } from "#explore/confirm";
import type { Bound } from "#explore/explorer";
import { reportOf, searchOf, type OpenPart } from "#explore/partition/open-part";
import { NO_WORK, TreeWork, type SavedWork } from "#explore/partition/tree-work";
import { slice } from "#workers/alone";
import { Control, type Told } from "#workers/control";
import type { Ran, Running, TreeShare } from "#workers/on-cores";
import { WorkerPool } from "#workers/pool";

/** For each worker so many portions, as long as there is enough. */
const PORTIONS = 4;
/** Milliseconds between two looks at how far the workers are. */
const LOOK_EVERY = 100;

/** Walks until nothing is left, or a limit is reached. */
export async function walkTree(running: Running, roots: TreeShare, saved: SavedWork | null): Promise<Ran> {
  const walk = new Walk(running, roots, saved);
  try {
    return await walk.run();
  } finally {
    await walk.end();
  }
}

class Walk {
  readonly #running: Running;
  readonly #roots: TreeShare;
  readonly #work: TreeWork;
  #control = new Control(1);
  #pool: WorkerPool | null = null;
  #isFannedOut = false;
  #bound: Bound | null = null;
  /** Wakes the workers that wait for something to do. */
  #changed: (() => void)[] = [];

  constructor(running: Running, roots: TreeShare, saved: SavedWork | null) {
    this.#running = running;
    this.#roots = roots;
    this.#work = new TreeWork(saved ?? NO_WORK);
    if (saved === null) this.#startAgain([]);
    else this.#control.tickets = running.most - this.#work.standing(null).count;
  }

  async run(): Promise<Ran> {
    const { program, watchdog, options, hangingAfter } = this.#running;
    const check = new RepeatCheck(program);
    const simulation = { ...DEFAULT_OPTIONS, ...options.simulation };
    watchdog.guard(() => check.begin({ time: "adversarial", simulation }), hangingAfter);
    if (this.#running.waitsForWorkers) await this.#newPool()?.warmed();
    while (!this.#work.isOver && this.#bound === null) {
      if (this.#isFannedOut) await this.#together();
      else await this.#alone();
      const { newMarks } = this.#work;
      if (newMarks !== null) this.#startAgain(newMarks);
    }
    if (this.#bound === "executions") this.#closeFinished();
    const standing = this.#work.standing(this.#bound);
    const saved = this.#work.save();
    if (standing.exhausted && saved.others.length === 0) check.end();
    return { standing, work: saved, workers: this.#isFannedOut ? this.#running.workers : 1 };
  }

  async end(): Promise<void> {
    await this.#pool?.end();
  }

  // When the limit is just the number of executions that there are, nothing is left, and that is to be said.
  #closeFinished(): void {
    const { program, options } = this.#running;
    if (this.#work.hasUntouched) return;
    const { marks, knowledge } = this.#work;
    for (const part of this.#work.take(0)) {
      const search = searchOf(program, options, part, marks, part.standing?.count ?? 0, knowledge.seen);
      search.advance();
      this.#work.put(part, reportOf(search, false));
    }
  }

  #startAgain(given: readonly number[]): void {
    this.#work.startAgain(this.#roots(given));
    this.#control.tickets = this.#running.most;
    this.#control.isStopped = false;
  }

  // One part, on the main thread, until it is done or the workers are ready to take over.
  async #alone(): Promise<void> {
    const { program, watchdog, options, onProgress, hangingAfter } = this.#running;
    const [part] = this.#work.take(Number.POSITIVE_INFINITY);
    assert(part !== undefined, "there is a part as long as it is not over");
    const { marks, knowledge } = this.#work;
    const search = searchOf(program, options, part, marks, undefined, knowledge.seen);
    let isOver = false;
    while (!isOver && !this.#mustStop() && !this.#isReadyToFanOut()) {
      isOver = await slice(search, () => this.#control.takesTicket(), watchdog, hangingAfter);
      onProgress({ ...this.#sum([search.progress()]), fraction: this.#fraction(part, search.fraction), workers: 1 });
    }
    if (isOver && !search.wasMarked) this.#control.returnTicket();
    const report = reportOf(search, !isOver && this.#isFannedOut && this.#bound === null);
    knowledge.add(knowledge.seen.takeNews());
    this.#work.put(part, report);
    if (this.#work.hasFinding && options.stopAtFirst === true) this.#bound ??= "first-finding";
  }

  #isReadyToFanOut(): boolean {
    if (performance.now() < this.#running.fanOutAt) return false;
    const pool = this.#newPool();
    if (pool === null || !pool.isReady) return false;
    pool.control.tickets = this.#control.tickets;
    this.#control = pool.control;
    this.#isFannedOut = true;
    return true;
  }

  // Starts the workers, where they may be and are not yet.
  #newPool(): WorkerPool | null {
    const { workers, source, options, hangingAfter } = this.#running;
    if (workers <= 1 || source === null) return null;
    this.#pool ??= new WorkerPool(workers, source, options, hangingAfter);
    return this.#pool;
  }

  // All workers, until nothing is left, a limit is reached, or new marks came up.
  async #together(): Promise<void> {
    const pool = this.#pool;
    assert(pool !== null, "there are workers once it is fanned out");
    const watch = setInterval(() => this.#look(), LOOK_EVERY);
    try {
      const settled = await Promise.allSettled(
        Array.from({ length: pool.size }, (_, worker) => this.#keepBusy(pool, worker)),
      );
      const failed = settled.find((each) => each.status === "rejected");
      if (failed !== undefined) throw failed.reason;
    } finally {
      clearInterval(watch);
    }
  }

  async #keepBusy(pool: WorkerPool, worker: number): Promise<void> {
    while (!this.#control.isStopped) {
      const parts = this.#work.take(pool.size * PORTIONS);
      if (parts.length > 0) await this.#give(pool, worker, parts);
      else if (this.#work.givenCount === 0) break;
      else {
        const change = new Promise<void>((resolve) => this.#changed.push(resolve));
        this.#control.hungry = this.#changed.length;
        await change;
      }
    }
    this.#wake();
  }

  async #give(pool: WorkerPool, worker: number, parts: readonly OpenPart[]): Promise<void> {
    try {
      const { marks, knowledge } = this.#work;
      const told = knowledge.newsFor(worker);
      const { reports, news } = await pool.run(worker, { marks, parts, news: told, chunk: null });
      knowledge.add(news, worker);
      for (const [place, part] of parts.entries()) this.#work.put(part, reports[place] ?? null);
    } catch (error) {
      this.#control.isStopped = true;
      throw error;
    } finally {
      this.#control.tell(worker, { executions: 0, blocked: 0, findings: 0, share: 0 });
      this.#wake();
    }
    if (this.#work.hasFinding && this.#running.options.stopAtFirst === true) this.#bound ??= "first-finding";
    if (this.#work.newMarks !== null || this.#mustStop()) this.#control.isStopped = true;
  }

  #wake(): void {
    const waiting = this.#changed;
    this.#changed = [];
    this.#control.hungry = 0;
    for (const resolve of waiting) resolve();
  }

  #look(): void {
    if (this.#mustStop()) this.#control.isStopped = true;
    const told = Array.from({ length: this.#running.workers }, (_, worker) => this.#control.told(worker));
    const share = told.reduce((sum, each) => sum + each.share, 0);
    this.#running.onProgress({
      ...this.#sum(told),
      fraction: this.#work.doneFraction(share),
      workers: this.#running.workers,
    });
  }

  #mustStop(): boolean {
    if (this.#running.signal?.aborted === true) this.#bound ??= "interrupted";
    else if (performance.now() >= this.#running.until) this.#bound ??= "seconds";
    else if (this.#control.tickets === 0) this.#bound ??= "executions";
    return this.#bound !== null;
  }

  #sum(working: readonly Omit<Told, "share">[]): { executions: number; blocked: number; findings: number } {
    const all = [this.#work.tally, ...working];
    return {
      executions: all.reduce((sum, each) => sum + each.executions, 0),
      blocked: all.reduce((sum, each) => sum + each.blocked, 0),
      findings: Math.max(...all.map((each) => each.findings)),
    };
  }

  #fraction(part: OpenPart, fraction: number | null): number {
    return this.#work.doneFraction(part.subtree.share * (fraction ?? 0));
  }
}
