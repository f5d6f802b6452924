// Drawing lots on many workers, and getting just what one worker would have got.
//
// Execution n is a function of the seed, n and what was learned before it: marks, and what a strategy keeps (how long
// executions are, who does what). A worker begins a chunk of executions as if nothing were learned until then; that is
// true of nearly all, once the first ones are done. Chunks are accepted in their order, and only when what they assumed
// turned out so; from there on all is given out again, in a new round.
//
// Invariant: the chunks of the present round follow upon each other from what is accepted to what is given out next, without
// a gap, whatever their sizes; what comes back from an earlier round is left aside.

import type { Program } from "#explore/execution";
import type { Bound, ExploreOptions } from "#explore/explorer";
import { makeStrategy } from "#explore/make-strategy";
import { joined, NOTHING } from "#explore/partition/join";
import { Search } from "#explore/search";
import type { Standing } from "#explore/standing";
import { drawsLots } from "#explore/strategy";

/** Some executions in a row. Plain JSON. */
export interface Chunk {
  /** Executions drawn before it. */
  readonly first: number;
  readonly executions: number;
  readonly round: number;
  /** The strategy's checkpoint and the marks that it assumes. */
  readonly strategy: unknown;
  readonly marks: readonly number[];
}

/** What a chunk has found. */
export interface ChunkReport {
  readonly chunk: Chunk;
  readonly standing: Standing;
  /** Executions drawn, one that brought new marks and does not count included. */
  readonly drawn: number;
}

/** The search of a chunk; it ends early with new marks. */
export function searchOfChunk(program: Program, options: ExploreOptions, chunk: Chunk): Search {
  const { maxMilliseconds: _, onProgress: _2, ...rest } = options;
  const standing = { ...NOTHING, strategy: chunk.strategy, marks: chunk.marks };
  return new Search(program, { ...rest, maxExecutions: chunk.executions, shrink: false }, { standing, isPart: true });
}

export function reportOfChunk(search: Search, chunk: Chunk): ChunkReport {
  const standing = search.standing();
  return { chunk, standing, drawn: standing.count + (search.wasMarked ? 1 : 0) };
}

export class LotsWork {
  readonly #options: ExploreOptions;
  readonly #most: number;
  #accepted: Standing;
  /** Executions drawn for what is accepted, and for what is given out. */
  #drawn: number;
  #next: number;
  #round = 0;
  /** Of this round, by their first executions. */
  readonly #reports = new Map<number, ChunkReport>();

  /** @param most executions at most */
  constructor(options: ExploreOptions, standing: Standing, most: number) {
    this.#options = options;
    this.#most = most;
    this.#accepted = { ...standing, bound: null };
    this.#drawn = 0;
    this.#next = 0;
  }

  /** Whether all executions are accepted, or one ended the search. */
  get isOver(): boolean {
    return this.#accepted.count >= this.#most || this.#accepted.bound === "first-finding";
  }

  /** What was found so far. */
  get accepted(): Standing {
    return this.#accepted;
  }

  /** The next executions, as if nothing new were learned before them; null when no more are wanted. */
  take(executions: number): Chunk | null {
    const ahead = this.#next - this.#drawn;
    const wanted = Math.min(executions, this.#most - this.#accepted.count - ahead);
    if (wanted <= 0 || this.isOver) return null;
    const chunk = { first: this.#next, executions: wanted, round: this.#round, ...this.#assumed(ahead) };
    this.#next += wanted;
    return chunk;
  }

  /** A chunk comes back. */
  put(report: ChunkReport): void {
    if (report.chunk.round !== this.#round) return;
    this.#reports.set(report.chunk.first, report);
    for (let next = this.#reports.get(this.#drawn); next !== undefined; next = this.#reports.get(this.#drawn)) {
      if (this.isOver) return;
      if (!this.#isAsAssumed(next.chunk)) return void this.#giveOutAgain();
      this.#reports.delete(this.#drawn);
      this.#drawn += next.drawn;
      this.#accepted = { ...joined([this.#accepted, next.standing]), bound: endOf(next.standing) };
      // What was left out, or learned, changes all that comes after.
      if (next.drawn !== next.chunk.executions) this.#giveOutAgain();
    }
  }

  #giveOutAgain(): void {
    this.#next = this.#drawn;
    this.#round++;
    this.#reports.clear();
  }

  /** All that was accepted, to go on from. */
  standing(bound: Bound | null): Standing {
    const { count, bound: own } = this.#accepted;
    return { ...this.#accepted, bound: own ?? (count >= this.#most ? "executions" : bound) };
  }

  #assumed(ahead: number): { strategy: unknown; marks: readonly number[] } {
    const { strategy: checkpoint, marks } = this.#accepted;
    const strategy = makeStrategy(this.#options, undefined, { checkpoint });
    if (drawsLots(strategy)) strategy.skip(ahead);
    return { strategy: strategy.checkpoint?.(), marks };
  }

  #isAsAssumed(chunk: Chunk): boolean {
    const now = this.#assumed(0);
    return JSON.stringify([chunk.strategy, chunk.marks]) === JSON.stringify([now.strategy, now.marks]);
  }
}

function endOf(standing: Standing): Bound | null {
  return standing.bound === "first-finding" ? standing.bound : null;
}
