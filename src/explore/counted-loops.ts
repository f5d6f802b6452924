// Loops that count: which of those that were held up would have gone on by themselves after some more rounds, though nobody changed
// anything. A driver that looks ten times whether its worker is done, and then gives up, is no less wrong because the
// worker could have moved: what it does then has to be explored while the others have not moved, too.
//
// A loop is tried once, where it was first met: its thread alone goes on, as a marked one, which is given more rounds
// (src/kernel/spin.ts). If it is held up again, it waits for others. If not, it counts: then its thread is marked, and the search starts again.

import { CUT, type Chooser } from "#kernel/chooser";
import type { HeldUp } from "#kernel/held-up";
import { DEFAULT_OPTIONS } from "#kernel/options";
import type { Simulation } from "#kernel/simulation";
import type { Thread } from "#kernel/thread";
import { execute, type ExecutionOptions, type Program } from "#explore/execution";
import { Replay } from "#explore/strategies/replay";
import type { Strategy } from "#explore/strategy";
import type { Choice } from "#trace/schedule";

/** Loops of a search that are tried, at most. */
const TRIED_MOST = 100;

/** What is known of the loops of one program. */
export class CountedLoops {
  readonly #program: Program;
  readonly #known = new Map<string, boolean>();

  constructor(program: Program) {
    this.#program = program;
  }

  /**
   * Marks the threads of this execution whose loops count.
   * @param strategy that has just made it
   */
  mark(simulation: Simulation, strategy: Pick<Strategy, "choices">, options: ExecutionOptions): void {
    const { heldUp = null } = simulation.scheduler;
    if (heldUp === null) return;
    for (const loop of heldUp) {
      if (simulation.options.marks.has(loop.number)) continue;
      const key = `${loop.number} ${loop.round}`;
      let counts = this.#known.get(key);
      if (counts === undefined) {
        if (this.#known.size >= TRIED_MOST) return;
        counts = this.#counts(loop, strategy.choices(), options);
        this.#known.set(key, counts);
      }
      if (counts) simulation.mark(loop);
    }
  }

  #counts(loop: HeldUp, choices: readonly Choice[], options: ExecutionOptions): boolean {
    const simulation = options.simulation ?? DEFAULT_OPTIONS;
    const marks = new Set([...simulation.marks, loop.number]);
    const alone = new Alone(choices, loop);
    const tried = execute(this.#program, alone, { ...options, simulation: { ...simulation, marks } }).simulation;
    const thread = tried.threads[loop.index];
    return alone.hasBegun && thread !== undefined && !thread.fruitless && !thread.spinning;
  }
}

/** The same choices up to a step, and from there one thread as long as it can go. */
class Alone implements Chooser {
  readonly #before: Replay;
  readonly #loop: HeldUp;
  hasBegun = false;

  constructor(choices: readonly Choice[], loop: HeldUp) {
    this.#before = new Replay(choices);
    this.#loop = loop;
  }

  pickThread(candidates: readonly Thread[], count: number, carriesOn: boolean, { steps }: Simulation): number {
    if (steps < this.#loop.step) return this.#before.pickThread(candidates, count, carriesOn);
    this.hasBegun = true;
    for (let place = 0; place < count; place++) if (candidates[place]?.index === this.#loop.index) return place;
    return CUT;
  }

  pickValue(count: number, why: string, simulation: Simulation): number {
    return simulation.steps < this.#loop.step ? this.#before.pickValue(count, why, simulation) : 0;
  }
}
