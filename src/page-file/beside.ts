// A schedule that passes, to be seen beside one that fails: the same choices as long as possible, then others.
//
// The last choice that could still have gone otherwise is changed, and everybody carries on from there; if that fails too, the
// one before, and so on. What is found first agrees with the failure for longest. How many are tried is counted, not timed: the same
// schedule always gets the same companion.

import { execute, type Program } from "#explore/execution";
import type { WatchOptions } from "#explore/watch";
import { CUT, type Chooser } from "#kernel/chooser";
import { DEFAULT_OPTIONS } from "#kernel/options";
import type { Simulation } from "#kernel/simulation";
import type { Thread } from "#kernel/thread";
import type { Choice, Schedule } from "#trace/schedule";

/** Executions, and their steps together, that are tried at most. */
const TRIES_MOST = 2_000;
const STEPS_MOST = 500_000;
/** Choices that an execution makes after the changed one, at most. */
const FURTHER_MOST = 100_000;

/** How a program is run by another schedule: what its own holds besides the choices. */
export type Replaying = Pick<WatchOptions, "simulation" | "marks">;

/**
 * A schedule of the same program that finishes; null where none was met, and in measured time, which has no choices.
 * @param most executions that are tried at most
 */
export function passingBeside(
  program: Program,
  schedule: Schedule,
  how: Replaying,
  most: number = TRIES_MOST,
): Schedule | null {
  if (schedule.time === "measured") return null;
  let steps = 0;
  let tries = 0;
  for (let place = schedule.choices.length - 1; place >= 0; place--) {
    const { count, value } = schedule.choices[place] ?? { count: 0, value: 0 };
    for (let other = 0; other < count; other++) {
      if (other === value) continue;
      if (++tries > most || steps > STEPS_MOST) return null;
      const begun = [...schedule.choices.slice(0, place), { count, value: other }];
      const tried = tryOut(program, begun, how);
      steps += tried.steps;
      if (tried.choices !== null) return { ...schedule, choices: tried.choices };
    }
  }
  return null;
}

function tryOut(
  program: Program,
  begun: readonly Choice[],
  { simulation, marks = [] }: Replaying,
): { readonly choices: readonly Choice[] | null; readonly steps: number } {
  const chooser = new Onwards(begun);
  const options = { ...DEFAULT_OPTIONS, ...simulation, marks: new Set(marks) };
  const { outcome, steps, simulation: ended } = execute(program, chooser, { time: "adversarial", simulation: options });
  const passes = outcome.kind === "finished" && !ended.wasCut;
  return { choices: passes ? chooser.made : null, steps };
}

/** Makes the given choices, and then lets everybody carry on. */
class Onwards implements Chooser {
  readonly #begun: readonly Choice[];
  readonly made: Choice[] = [];

  constructor(begun: readonly Choice[]) {
    this.#begun = begun;
  }

  pickThread(_candidates: readonly Thread[], count: number): number {
    if (count === 1) return 0;
    return this.#choose(count) ?? CUT;
  }

  pickValue(count: number, _why: string, simulation: Simulation): number {
    const value = this.#choose(count);
    if (value === null) simulation.cut();
    return value ?? 0;
  }

  // Null where the beginning does not fit, or it goes on for ever.
  #choose(count: number): number | null {
    const given = this.#begun[this.made.length];
    if (given !== undefined && given.count !== count) return null;
    if (this.made.length > this.#begun.length + FURTHER_MOST) return null;
    this.made.push({ count, value: given?.value ?? 0 });
    return given?.value ?? 0;
  }
}
