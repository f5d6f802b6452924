// A walk through the tree of executions by as many threads as there are: part after part, on the main thread first, which is
// one of the workers later, too: it knows the program, and its code is compiled.

import { performance } from "node:perf_hooks";
import { assert } from "#base/assert";
import { DEFAULT_OPTIONS } from "#kernel/options";
import { RepeatCheck } from "#explore/confirm";
import type { Bound } from "#explore/explorer";
import { reportOf, searchOf, type OpenPart, type PartReport } from "#explore/partition/open-part";
import { NO_WORK, TreeWork, type SavedWork } from "#explore/partition/tree-work";
import { slice } from "#workers/alone";
import { Control, NOTHING_TOLD, UNDIVIDED } from "#workers/control";
import type { Ran, Running, TreeShare } from "#workers/on-cores";
import { WorkerPool } from "#workers/pool";

/** For each worker so many portions, as long as there is enough. */
const PORTIONS = 4;
/** Milliseconds between two looks at how far the workers are. */
const LOOK_EVERY = 100;
/** Executions on the main thread between two moments in which it may hear the others. */
const LISTEN_EVERY = 16;

/** One at least. */
type Parts = readonly [OpenPart, ...OpenPart[]];

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
      else await this.#here(this.#next());
      const { newMarks } = this.#work;
      if (newMarks !== null) this.#startAgain(newMarks);
    }
    if (this.#bound === "executions") this.#closeFinished();
    const standing = this.#work.standing(this.#bound);
    const saved = this.#work.save();
    if (standing.exhausted && saved.others.length === 0) check.end();
    return { standing, work: saved, workers: this.#workers };
  }

  // At work by now, the main thread included, which is the last of them.
  get #workers(): number {
    return this.#isFannedOut ? this.#running.workers : 1;
  }

  #next(): OpenPart {
    const [part] = this.#work.take(Number.POSITIVE_INFINITY);
    assert(part !== undefined, "there is a part as long as it is not over");
    return part;
  }

  async end(): Promise<void> {
    await this.#pool?.end();
  }

  // When the limit is just the number of executions that there are, nothing is left, and that is to be said.
  #closeFinished(): void {
    const { program, options } = this.#running;
    if (this.#work.hasUntouched) return;
    const { marks } = this.#work;
    for (const part of this.#work.take(0)) {
      const search = searchOf(program, options, part, marks, part.standing?.count ?? 0);
      search.advance();
      this.#work.put(part, reportOf(search, false));
    }
  }

  #startAgain(given: readonly number[]): void {
    this.#work.startAgain(this.#roots(given));
    this.#control.tickets = this.#running.most;
    this.#control.isStopped = false;
  }

  // One part, on the main thread: until it is done, the workers are ready, or one of them has nothing to do.
  async #here(part: OpenPart): Promise<void> {
    const { program, watchdog, options, hangingAfter } = this.#running;
    const search = searchOf(program, options, part, this.#work.marks);
    const began = performance.now();
    let [isOver, divides, count] = [false, false, 0];
    const goesOn = (): boolean => {
      const control = this.#control;
      if (control.isStopped || !control.takesTicket()) return false;
      if (++count % LISTEN_EVERY !== 0) return true;
      divides = performance.now() - began > UNDIVIDED && search.canDivide && control.claimsHunger();
      if (!divides && !control.isCalled) return true;
      control.returnTicket();
      return false;
    };
    while (!isOver && !divides && !this.#control.isStopped && !this.#mustStop()) {
      isOver = await slice(search, goesOn, watchdog, hangingAfter);
      const share = part.subtree.share * (search.fraction ?? 0);
      this.#control.tell(this.#workers - 1, { ...search.progress(), share });
      if (this.#isFannedOut) continue;
      this.#look();
      if (this.#isReadyToFanOut()) break;
    }
    if (isOver && !search.wasMarked) this.#control.returnTicket();
    const report = reportOf(search, divides && !isOver);
    this.#cameBack([part], [report], this.#workers - 1);
  }

  #cameBack(parts: readonly OpenPart[], reports: readonly PartReport[], worker: number): void {
    for (const [place, part] of parts.entries()) this.#work.put(part, reports[place] ?? null);
    this.#control.tell(worker, NOTHING_TOLD);
    if (this.#work.hasFinding && this.#running.options.stopAtFirst === true) this.#bound ??= "first-finding";
    if (this.#work.newMarks !== null || this.#mustStop()) this.#control.isStopped = true;
  }

  #isReadyToFanOut(): boolean {
    const now = performance.now();
    if (now < this.#running.fanOutAt) return false;
    const pool = this.#newPool();
    if (pool === null || !pool.isReady || now < this.#running.shareAt) return false;
    if (this.#control.told(0).executions < this.#running.shareFrom) return false;
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
    const shares = this.#workers * PORTIONS;
    try {
      const settled = await Promise.allSettled([
        ...Array.from({ length: pool.size }, (_, worker) =>
          this.#keepBusy(shares, (parts) => this.#give(pool, worker, parts)),
        ),
        this.#keepBusy(Number.POSITIVE_INFINITY, ([part]) => this.#here(part)),
      ]);
      const failed = settled.find((each) => each.status === "rejected");
      if (failed !== undefined) throw failed.reason;
    } finally {
      clearInterval(watch);
    }
  }

  async #keepBusy(shares: number, work: (parts: Parts) => Promise<void>): Promise<void> {
    while (!this.#control.isStopped) {
      const [first, ...more] = this.#work.take(shares);
      if (first !== undefined) await this.#workOn(() => work([first, ...more]));
      else if (this.#work.givenCount === 0) break;
      else {
        const change = new Promise<void>((resolve) => this.#changed.push(resolve));
        this.#control.hungry = this.#changed.length;
        await change;
      }
    }
    this.#wake();
  }

  async #workOn(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#control.isStopped = true;
      throw error;
    } finally {
      this.#wake();
    }
  }

  // Some parts, on a worker thread.
  async #give(pool: WorkerPool, worker: number, parts: Parts): Promise<void> {
    const { reports } = await pool.run(worker, { marks: this.#work.marks, parts, chunk: null });
    this.#cameBack(parts, reports, worker);
  }

  #wake(): void {
    const waiting = this.#changed;
    this.#changed = [];
    this.#control.hungry = 0;
    for (const resolve of waiting) resolve();
  }

  #look(): void {
    if (this.#mustStop()) this.#control.isStopped = true;
    const told = Array.from({ length: this.#workers }, (_, worker) => this.#control.told(worker));
    const all = [this.#work.tally, ...told];
    const executions = all.reduce((sum, each) => sum + each.executions, 0);
    const blocked = all.reduce((sum, each) => sum + each.blocked, 0);
    this.#running.onProgress({
      executions,
      blocked,
      findings: Math.max(...all.map((each) => each.findings)),
      fraction: this.#work.doneFraction(told.reduce((sum, each) => sum + each.share, 0)),
      workers: this.#workers,
    });
  }

  #mustStop(): boolean {
    if (this.#running.signal?.aborted === true) this.#bound ??= "interrupted";
    else if (performance.now() >= this.#running.until) this.#bound ??= "seconds";
    else if (this.#control.tickets === 0) this.#bound ??= "executions";
    return this.#bound !== null;
  }
}
