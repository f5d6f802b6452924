// Judging a program: some of its executions are recorded and shown to the judges.
//
// Searching records nothing and is not slowed down; what judges need of a trace nearly always shows in a few executions,
// also in those that end well. Looked at are the run in measured time, the execution in which every thread runs for as long
// as it can, and others drawn by a random walk, the same ones each time. So "no verdict" is said of so many executions,
// never of all. They are recorded without stacks first; what then looks wrong is recorded again with them, and only what the
// judges say of that counts.

import { execute, type Program } from "#explore/execution";
import { makeStrategy } from "#explore/make-strategy";
import { watch, type Watched } from "#explore/watch";
import { examine, outcomeOf, subjectOf } from "#judges/examine";
import type { Judge, Verdict } from "#judges/judge";
import type { Costs } from "#kernel/costs";
import { gravity, type Outcome } from "#kernel/outcome";
import { operationVerb, type OperationKind } from "#kernel/operation";
import { DEFAULT_OPTIONS, type SimulationOptions } from "#kernel/options";
import { Recorder } from "#trace/recorder";
import type { Choice } from "#trace/schedule";

/** What a judge found in an execution that finished all the same. */
export interface JudgedFinding {
  readonly verdict: Verdict;
  /** The execution's outcome, as this verdict makes it. */
  readonly outcome: Outcome;
  /** The execution in which it showed with the fewest preemptions; measured time has no choices. */
  readonly time: "adversarial" | "measured";
  readonly choices: readonly Choice[];
  readonly marks: readonly number[];
  readonly preemptions: number;
  readonly steps: number;
  /** How many of the executions that were looked at with stacks show it. */
  executions: number;
}

/** What judges made of a sample. */
export interface Judgement {
  /** Executions that were looked at. */
  readonly executions: number;
  /** The gravest first. */
  readonly findings: readonly JudgedFinding[];
  /** The data that races, in any of these executions. */
  readonly racy: readonly RacyData[];
}

/** Data that races: its name, and the numbers that it has. */
export interface RacyData {
  /** "cookie.count", or a shared value's name in quotes. */
  readonly name: string;
  /** Marks, with which a search has points before its accesses. */
  readonly numbers: readonly number[];
}

/** Executions drawn at most; and steps of all that are recorded, so that long ones do not take long. */
const DRAWN_MOST = 32;
const STEPS_MOST = 20_000;
/** How often what looks alike without stacks is looked at with them. */
const LOOKS_MOST = 3;
/** Where so many in a row were drawn before, there is nothing new to draw. */
const REPEATS_MOST = 12;
/** An execution that is so unlikely is hardly drawn twice. */
const SELDOM = 1 / 256;
/** Likelihoods that add up to 1, as far as numbers do. */
const WHOLE = 1 - 1e-9;

/** Shows a sample of the program's executions to `judges`. */
export function judgeSample(
  program: Program,
  judges: readonly Judge[],
  options: Partial<SimulationOptions> = {},
  costs?: Costs,
): Judgement {
  const findings = new Map<string, JudgedFinding>();
  const racy = new Map<string, Set<number>>();
  let executions = 0;
  const timing = costs === undefined ? {} : { costs };
  const measured = watch(program, { ...MEASURED, simulation: options, ...timing, stacks: false });
  const drawn =
    judges.length === 0 ? [] : [...draw(program, { ...DEFAULT_OPTIONS, ...options }), { ...MEASURED, ...measured }];
  const looks = new Map<string, number>();
  for (const { time, choices, marks, execution, events } of drawn) {
    executions++;
    const verdicts = examineBriefly({ execution, events, divergence: null, preemptions: 0 }, judges);
    if (time === "adversarial") for (const verdict of verdicts) noteRacy(racy, verdict);
    if (!looksWrong(verdicts, looks)) continue;
    const watched = watch(program, { time, choices, marks, simulation: options, ...timing });
    for (const verdict of examine(watched, judges))
      // Where a run is replayed, only what has happened in it counts.
      if (verdict.isSecond !== true && (verdict.hasHappened || time === "adversarial"))
        note(findings, verdict, watched, { time, choices, marks });
  }
  const list = [...findings.values()];
  list.sort((a, b) => gravity(a.outcome.kind) - gravity(b.outcome.kind));
  return { executions, findings: list, racy: [...racy].map(([name, numbers]) => ({ name, numbers: [...numbers] })) };
}

/**
 * What a search has not told yet. Left out are what it met as an outcome, what was told beside a finding, and an inversion of
 * locks that has come true as a deadlock.
 */
export function besides(
  { findings }: Judgement,
  search: { readonly findings: readonly { readonly outcome: Outcome }[] },
  told: readonly Verdict[],
): readonly JudgedFinding[] {
  const messages = new Set(search.findings.map(({ outcome }) => outcome.message));
  const subjects = new Set(told.map(subjectOf));
  const isDeadlocked =
    search.findings.some(({ outcome }) => outcome.kind === "deadlock") ||
    told.some(({ judge }) => judge === "deadlock");
  return findings.filter(({ verdict }) => {
    const hasComeTrue = isDeadlocked && verdict.judge === "lock-order";
    return !messages.has(verdict.message) && !subjects.has(subjectOf(verdict)) && !hasComeTrue;
  });
}

// A run that was cut off for its length is nobody's finding; one that goes round may be too long because of that.
function examineBriefly(watched: Watched, judges: readonly Judge[]): readonly Verdict[] {
  const { kind } = watched.execution.outcome;
  return kind === "finished" || kind === "out-of-steps" ? examine(watched, judges) : [];
}

function noteRacy(known: Map<string, Set<number>>, { subject, racy = [] }: Verdict): void {
  const numbers = known.get(subject) ?? new Set();
  for (const number of racy) numbers.add(number);
  if (numbers.size > 0) known.set(subject, numbers);
}

// Whether a trace without stacks shows something that has not been looked at often enough with them.
function looksWrong(verdicts: readonly Verdict[], looks: Map<string, number>): boolean {
  let isNew = false;
  for (const verdict of verdicts) {
    const key = `${subjectOf(verdict)} ${verdict.message}`;
    const count = (looks.get(key) ?? 0) + 1;
    looks.set(key, count);
    if (count <= LOOKS_MOST) isNew = true;
  }
  return isNew;
}

function note(
  findings: Map<string, JudgedFinding>,
  verdict: Verdict,
  { execution, preemptions }: Watched,
  schedule: Drawn,
): void {
  const key = subjectOf(verdict);
  const known = findings.get(key);
  const executions = (known?.executions ?? 0) + 1;
  if (known !== undefined && known.preemptions <= preemptions) known.executions = executions;
  else {
    const outcome = outcomeOf(execution.outcome, verdict);
    findings.set(key, { verdict, outcome, ...schedule, preemptions, steps: execution.steps, executions });
  }
}

/** What a schedule led to, without stacks. */
type Seen = Pick<Watched, "execution" | "events">;

interface Drawn {
  readonly time: "adversarial" | "measured";
  readonly choices: readonly Choice[];
  readonly marks: readonly number[];
}

const MEASURED: Drawn = { time: "measured", choices: [], marks: [] };

// Where there are few, many are drawn twice: then they are drawn without recording, and what is new is run again for the judges.
// An object that turns out to need its unlocks as points makes what was drawn before too coarse to show.
function draw(program: Program, options: SimulationOptions): readonly (Drawn & Seen)[] {
  const drawn = new Map<string, { readonly choices: readonly Choice[]; readonly seen: Seen | null }>();
  let marks: ReadonlySet<number> = options.marks;
  let steps = 0;
  /** The likelihood of what was drawn: 1 when there is nothing else. */
  let share = 0;
  const walk = makeStrategy({ strategy: "random" });
  const first = makeStrategy({ strategy: "dfs" });
  for (let repeats = 0; drawn.size < DRAWN_MOST && repeats < REPEATS_MOST && steps < STEPS_MOST && share < WHOLE;) {
    const strategy = drawn.size === 0 ? first : walk;
    if (!strategy.begin()) break;
    const recorder = share > 0 && share < SELDOM * drawn.size ? new Recorder(verbOf, 0) : null;
    const execution = execute(program, strategy, { time: "adversarial", simulation: { ...options, marks } }, recorder);
    const { newMarks } = execution.simulation;
    if (newMarks !== null) {
      marks = new Set([...marks, ...newMarks]);
      drawn.clear();
      share = 0;
      continue;
    }
    steps += execution.steps;
    const choices = strategy.choices();
    const key = choices.map(({ count, value }) => `${value}/${count}`).join(" ");
    repeats = drawn.has(key) ? repeats + 1 : 0;
    if (repeats > 0) continue;
    share += choices.reduce((part, { count }) => part / count, 1);
    drawn.set(key, { choices, seen: recorder === null ? null : { execution, events: recorder.events } });
  }
  return [...drawn.values()].map(({ choices, seen }) => {
    const schedule = { time: "adversarial", choices, marks: [...marks] } as const;
    return { ...schedule, ...(seen ?? watch(program, { ...schedule, simulation: options, stacks: false })) };
  });
}

const verbOf = (kind: number): string => operationVerb(kind as OperationKind);
