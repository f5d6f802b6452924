// Worker threads, each with the program loaded.

import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Tinypool } from "tinypool";
import { assert } from "#base/assert";
import type { ExploreOptions } from "#explore/explorer";
import { Control } from "#workers/control";
import { errorOf } from "#workers/fault";
import type { ProgramSource } from "#workers/program-source";
import type { Task, Work } from "#workers/worker";

const WORKER = fileURLToPath(new URL("./worker.js", import.meta.url));

/** Whether threads can be started: they need what is built, a source has no form that Node runs. */
export function canStartWorkers(): boolean {
  return existsSync(WORKER);
}

type Job = Pick<Task, "marks" | "parts" | "chunk">;

export class WorkerPool {
  /** Threads in it. */
  readonly size: number;
  readonly control: Control;
  /** One thread each: what a worker was told, it knows. */
  readonly #threads: Promise<readonly Tinypool[]>;
  readonly #source: ProgramSource;
  readonly #options: ExploreOptions;
  readonly #hangingAfter: number;
  readonly #warm: Promise<unknown>;
  #isReady = false;
  #fault: Error | null = null;

  /** @param workers the main thread included, which is the last of them */
  constructor(workers: number, source: ProgramSource, options: ExploreOptions, hangingAfter: number) {
    assert(canStartWorkers() && workers > 1, "there is a built worker to start");
    const size = workers - 1;
    this.size = size;
    this.control = new Control(workers);
    this.#threads = newThreads(size);
    this.#source = source;
    this.#options = sendable(options);
    this.#hangingAfter = hangingAfter;
    const nothing: Job = { marks: [], parts: [], chunk: null };
    const warm = Array.from({ length: size }, (_, worker) => this.run(worker, nothing));
    this.#warm = Promise.all(warm).then(
      () => (this.#isReady = true),
      (error: unknown) => (this.#fault = error instanceof Error ? error : new Error(String(error))),
    );
  }

  /** Whether every thread has loaded the program. @throws what loading it threw */
  get isReady(): boolean {
    if (this.#fault !== null) throw this.#fault;
    return this.#isReady;
  }

  /** Waits until every thread has loaded the program, or one could not. */
  async warmed(): Promise<void> {
    await this.#warm;
  }

  /** @param worker its place in the control, from 0. @throws what the worker threw */
  async run(worker: number, job: Job): Promise<Work> {
    const task: Task = {
      ...job,
      worker,
      source: this.#source,
      options: this.#options,
      hangingAfter: this.#hangingAfter,
      control: this.control.memory,
    };
    const thread = (await this.#threads)[worker];
    assert(thread !== undefined, "a worker has a thread");
    const work = (await thread.run(task)) as Work;
    this.control.answer();
    if (work.fault !== null) throw errorOf(work.fault);
    return work;
  }

  async end(): Promise<void> {
    await Promise.all((await this.#threads).map((thread) => thread.destroy()));
  }
}

// Loaded only when threads are wanted: most searches are over before that.
async function newThreads(count: number): Promise<readonly Tinypool[]> {
  const { Tinypool: Pool } = await import("tinypool");
  const one = { filename: WORKER, name: "work", minThreads: 1, maxThreads: 1 };
  return Array.from({ length: count }, () => new Pool(one));
}

// Functions stay here.
function sendable(options: ExploreOptions): ExploreOptions {
  const { now: _, onProgress: _2, onExecution: _3, recorder: _4, ...rest } = options;
  return rest;
}
