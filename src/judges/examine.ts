// Asking the judges about one recorded execution.

import { caseOf, type Case, type Judge, type Verdict } from "#judges/judge";
import type { Watched } from "#explore/watch";
import { gravity, type Outcome } from "#kernel/outcome";
import { JUDGED_EVENTS_MOST } from "#trace/recorder";

/** What the judges say of an execution, in their order, each thing once. */
export function examine(watched: Watched, judges: readonly Judge[]): readonly Verdict[] {
  if (judges.length === 0 || watched.divergence !== null) return [];
  const isWhole = canBeJudged(watched);
  const { execution, events } = watched;
  const seen = new Map<string, Verdict>();
  const ask = (judge: Judge, asked: Case): void => {
    for (const verdict of judge.judge(asked)) {
      const key = subjectOf(verdict);
      if (!seen.has(key)) seen.set(key, verdict);
    }
  };
  const asked = caseOf(execution, events);
  for (const judge of judges) if (judge.isSecond !== true && (isWhole || judge.readsEnd === true)) ask(judge, asked);
  const outcome = judged(execution.outcome, [...seen.values()].filter(mayNeedTime), true);
  for (const judge of judges) if (judge.isSecond === true && isWhole) ask(judge, { ...asked, outcome });
  return [...seen.values()];
}

// What is wrong whenever the code is passed needs nobody's delay.
function mayNeedTime({ judge }: Verdict): boolean {
  return !ALWAYS.has(judge);
}

const ALWAYS: ReadonlySet<string> = new Set([
  "blocks-with-interrupts-off",
  "lock-held",
  "polling",
  "priority-inversion",
]);

/** Whether the trace is whole: a schedule that does not fit ends early, and a long trace leaves things out. */
export function canBeJudged({ events, divergence }: Watched): boolean {
  return divergence === null && events.length <= JUDGED_EVENTS_MOST;
}

/** Equal for verdicts that accuse the same thing of the same. */
export function subjectOf({ judge, subject }: Verdict): string {
  return `${judge}|${subject}`;
}

/**
 * The outcome of an execution that these verdicts were passed on: its own, unless it finished. Then the gravest verdict is
 * its outcome; in measured time, where one run is shown and nothing is searched, only what has happened in it. The same
 * where a limit of steps cut it off, which is no verdict. Where some threads run on for ever and others wait for each other,
 * the cycle is what is wrong.
 */
export function judged(outcome: Outcome, verdicts: readonly Verdict[], isMeasured: boolean): Outcome {
  const counting = verdicts.filter((verdict) => counts(outcome, verdict, isMeasured));
  const [gravest] = counting.sort((a, b) => gravity(a.kind) - gravity(b.kind));
  return gravest === undefined ? outcome : outcomeOf(outcome, gravest);
}

function counts({ kind }: Outcome, verdict: Verdict, isMeasured: boolean): boolean {
  const { hasHappened, isSecond } = verdict;
  if (isSecond === true) return false;
  if (kind === "finished") return hasHappened || !isMeasured;
  return (kind === "livelock" && verdict.kind === "deadlock") || (kind === "out-of-steps" && hasHappened);
}

export function outcomeOf(finished: Outcome, verdict: Verdict): Outcome {
  return { ...finished, kind: verdict.kind, message: verdict.message };
}
