// Whether a failure needs somebody to be late: it does not, if it also happens where no sleep and no timed wait ends while another
// thread could go on.
//
// Such executions are drawn by lot, a few of them: one that fails in the same way shows that no delay is needed; that none
// does shows nothing for certain.

import { Prng } from "#base/prng";
import { execute, type Execution, type Program } from "#explore/execution";
import { identityOf, withoutAddresses } from "#explore/identity";
import type { Chooser } from "#kernel/chooser";
import type { Outcome, OutcomeKind } from "#kernel/outcome";
import type { SimulationOptions } from "#kernel/options";
import { ThreadState, type Thread } from "#kernel/thread";

const DRAWN_MOST = 32;
/** Of all of them together, set-ups included. */
const STEPS_MOST = 3_000;

/** What is known of a program: a finding is watched more than once. */
const known = new WeakMap<Program, Map<string, boolean>>();

/**
 * The execution, whose outcome says whether the failure happens without a delay, too.
 * @param expired whether a sleep or a timed wait has ended in it: without that there is nothing to ask
 */
export function timed(program: Program, execution: Execution, expired: boolean): Execution {
  const { outcome, simulation } = execution;
  if (!expired || !simulation.scheduler.adversarial || !MATTERS.has(outcome.kind)) return execution;
  const answers = known.get(program) ?? new Map<string, boolean>();
  known.set(program, answers);
  const key = identityOf(outcome);
  const isInTime = answers.get(key) ?? happensInTime(program, outcome, simulation.options);
  answers.set(key, isInTime);
  if (!isInTime) return execution;
  return { ...execution, outcome: { ...outcome, happensInTime: true } };
}

/** What may need somebody to be late. */
const MATTERS: ReadonlySet<OutcomeKind> = new Set(["panic", "deadlock", "assertion", "leak"]);

// Whether one of the executions that are drawn, in which nobody is late, fails in the same way.
function happensInTime(program: Program, failed: Outcome, simulation: SimulationOptions): boolean {
  const prng = new Prng(1);
  let steps = 0;
  for (let drawn = 0; drawn < DRAWN_MOST && steps < STEPS_MOST; drawn++) {
    const execution = execute(program, drawn === 0 ? inTurn : byLot(prng), { time: "adversarial", simulation });
    if (isAlike(execution.outcome, failed)) return true;
    steps += execution.simulation.steps;
  }
  return false;
}

// Who waits for whom in a deadlock may differ with the order of arrival.
function isAlike(one: Outcome, other: Outcome): boolean {
  if (one.kind !== other.kind) return false;
  return one.kind === "deadlock" || withoutAddresses(one.message) === withoutAddresses(other.message);
}

const inTurn: Chooser = {
  pickThread: (candidates, count, _, simulation) => punctual(candidates, count, simulation.now())[0] ?? 0,
  pickValue: () => 0,
};

function byLot(prng: Prng): Chooser {
  return {
    pickThread(candidates, count, _, simulation) {
      const places = punctual(candidates, count, simulation.now());
      return places[prng.below(places.length)] ?? 0;
    },
    pickValue: (count) => prng.below(count),
  };
}

// The places of those who can go on, or whose time has come by now; if there are none, of those whose time comes first.
function punctual(candidates: readonly Thread[], count: number, now: number): number[] {
  const places = [...candidates.slice(0, count).keys()];
  const isDue = ({ state, deadline }: Thread): boolean => state === ThreadState.ready || deadline <= now;
  const due = places.filter((place) => isDue(candidates[place] as Thread));
  if (due.length > 0) return due;
  const deadlines = places.map((place) => candidates[place]?.deadline ?? now);
  return places.filter((place) => deadlines[place] === Math.min(...deadlines));
}
