// Drawing lots by as many threads as there are: chunk after chunk, on the main thread first, which
// goes on as one of them.

import { performance } from "node:perf_hooks";
import { assert } from "#base/assert";
import type { Bound } from "#explore/explorer";
import { LotsWork, reportOfChunk, searchOfChunk, type Chunk, type ChunkReport } from "#explore/partition/lots-work";
import type { Standing } from "#explore/standing";
import { goOnAlone, slice } from "#workers/alone";
import { NOTHING_TOLD } from "#workers/control";
import type { Ran, Running } from "#workers/on-cores";
import { WorkerPool } from "#workers/pool";

/** Milliseconds that a chunk is to take, by what the executions before it took; a worker grows faster while it warms up. */
const CHUNK = 60;
const CHUNK_MOST = 100_000;
const LOOK_EVERY = 100;
/** Executions on the main thread between two moments in which it may hear the others. */
const LISTEN_EVERY = 16;

/** Draws until there are enough, or a limit is reached. */
export async function drawLots(running: Running, from: Standing | null): Promise<Ran> {
  const { options, workers, source, fanOutAt, hangingAfter } = running;
  let pool: WorkerPool | null = null;
  if (running.waitsForWorkers && source !== null) {
    pool = new WorkerPool(workers, source, options, hangingAfter);
    await pool.warmed();
  }
  const began = performance.now();
  const alone = await goOnAlone(running, from, () => {
    if (source === null || performance.now() < fanOutAt) return false;
    pool ??= new WorkerPool(workers, source, options, hangingAfter);
    return pool.isReady;
  });
  const ready = pool as WorkerPool | null;
  try {
    if (ready === null || alone.standing.bound !== null) return alone;
    const drawn = alone.standing.count - (from?.count ?? 0);
    const chunk = drawn === 0 ? CHUNK : Math.max(1, Math.round((drawn * CHUNK) / (performance.now() - began)));
    return await new Draw(running, ready, alone.standing, chunk).run();
  } finally {
    await ready?.end();
  }
}

class Draw {
  readonly #running: Running;
  readonly #pool: WorkerPool;
  readonly #work: LotsWork;
  #chunk: number;
  #bound: Bound | null = null;

  constructor(running: Running, pool: WorkerPool, standing: Standing, chunk: number) {
    this.#running = running;
    this.#pool = pool;
    this.#work = new LotsWork(running.options, standing, running.most);
    this.#chunk = chunk;
  }

  async run(): Promise<Ran> {
    const watch = setInterval(() => this.#look(), LOOK_EVERY);
    try {
      while (!this.#isOver()) {
        const threads = Array.from({ length: this.#pool.size }, (_, worker) =>
          this.#keepBusy((chunk) => this.#there(worker, chunk)),
        );
        const settled = await Promise.allSettled([...threads, this.#keepBusy((chunk) => this.#here(chunk))]);
        const failed = settled.find((each) => each.status === "rejected");
        if (failed !== undefined) throw failed.reason;
        const chunks = settled.map((each) => (each.status === "fulfilled" ? each.value : 0));
        assert(
          chunks.some((each) => each > 0) || this.#isOver(),
          "nothing is given out, though the search is not over",
        );
      }
    } finally {
      clearInterval(watch);
    }
    return { standing: this.#work.standing(this.#bound), work: null, workers: this.#running.workers };
  }

  /** @returns how many chunks it has drawn */
  async #keepBusy(draw: (chunk: Chunk) => Promise<ChunkReport | null>): Promise<number> {
    for (let chunks = 0; ; chunks++) {
      const chunk = this.#isOver() ? null : this.#work.take(this.#chunk);
      if (chunk === null) return chunks;
      const began = performance.now();
      const report = await draw(chunk);
      if (performance.now() - began < CHUNK / 2) this.#chunk = Math.min(this.#chunk * 2, CHUNK_MOST);
      if (report !== null) this.#work.put(report);
    }
  }

  async #there(worker: number, chunk: Chunk): Promise<ChunkReport | null> {
    const { chunk: report } = await this.#pool.run(worker, { marks: [], parts: [], chunk });
    this.#pool.control.tell(worker, NOTHING_TOLD);
    return report;
  }

  // On the main thread, which hears the others when they have something to say.
  async #here(chunk: Chunk): Promise<ChunkReport> {
    const { program, options, watchdog, hangingAfter } = this.#running;
    const { control, size } = this.#pool;
    const search = searchOfChunk(program, options, chunk);
    let count = 0;
    const goesOn = (): boolean => ++count % LISTEN_EVERY !== 0 || !(control.isCalled || control.isStopped);
    while (!(await slice(search, goesOn, watchdog, hangingAfter)) && !this.#isOver()) {
      control.tell(size, { ...search.progress(), share: 0 });
    }
    control.tell(size, NOTHING_TOLD);
    return reportOfChunk(search, chunk);
  }

  #isOver(): boolean {
    if (this.#running.signal?.aborted === true) this.#bound ??= "interrupted";
    else if (performance.now() >= this.#running.until) this.#bound ??= "seconds";
    return this.#bound !== null || this.#work.isOver;
  }

  #look(): void {
    if (this.#isOver()) this.#pool.control.isStopped = true;
    const { executions, blocked, findings } = this.#work.accepted;
    const { workers } = this.#running;
    const told = Array.from({ length: workers }, (_, worker) => this.#pool.control.told(worker));
    this.#running.onProgress({
      executions: told.reduce((sum, each) => sum + each.executions, executions),
      blocked,
      findings: findings.length,
      fraction: null,
      workers,
    });
  }
}
