// What a test of schedules finds out, as plain functions: whether every schedule holds, whether a failure is found.

import { InputError } from "#base/assert";
import { suggestion } from "#base/nearest";
import { shown } from "#base/shown";
import type { ExploreResult } from "#explore/explorer";
import { accessWords } from "#judges/accesses";
import { OUTCOMES, type OutcomeKind } from "#kernel/outcome";
import { counted } from "#report/text";
import { coverageSentence } from "#report/words";
import { formatSchedule, parseSchedule } from "#trace/schedule";
import type { TestPlace } from "#vitest/command";
import { describeFinding, describeSchedule, describeStuck, type Described } from "#vitest/describe";
import type { SettledOptions } from "#vitest/options";
import { atOnce, exploring, exploringAccesses, judging, type ExploredAgain, type ShownFinding } from "#vitest/search";
import { isScheduleOf, prepare, type Subject, type Tested } from "#vitest/subject";
import { summaryOf, type FindingSummary, type SearchSummary } from "#vitest/summary";
import { NeverReturned } from "#workers/watchdog";

/** What `findsWithin` looks for. */
export type WantedOutcome = FailureKind | { readonly kind: FailureKind; readonly message?: string | RegExp };

type FailureKind = Exclude<OutcomeKind, "finished">;

const FAILURES = OUTCOMES.filter((kind) => kind !== "finished");

/** @throws InputError when this is the word of no failure. @param whose "findsWithin", for the message */
export function checkWanted(whose: string, outcome: unknown): void {
  const kind = typeof outcome === "object" && outcome !== null && "kind" in outcome ? outcome.kind : outcome;
  if (FAILURES.some((each) => each === kind)) return;
  const meant = typeof kind === "string" ? suggestion(kind, FAILURES) : "";
  const given = typeof kind === "string" ? `"${kind}"` : String(kind);
  throw new InputError(`${whose}: the outcome should be one of ${FAILURES.join(", ")}, not ${given}${meant}`);
}

/** What came of it. */
export interface Checked {
  /** Why the test fails, as a whole text; null when it passes. */
  readonly failure: string | null;
  /** One line that says what was searched, or run. */
  readonly sentence: string;
  /** The report to be written, longest form; for a test that passes what was searched. */
  readonly report: string;
  /** Draws the first failure's timeline; null where nothing failed, or there is no trace. */
  readonly page: (() => string) | null;
  readonly title: string;
  readonly summary: SearchSummary;
}

/** Whether the subject holds on every schedule, and each was explored. */
export function* checkEvery(
  tested: Tested,
  options: SettledOptions,
  place: TestPlace | null,
): Generator<void, Checked> {
  const { result, operations } = yield* exploring(tested, options, { shrink: true });
  const sentence = coverageSentence(result);
  const isClean = result.findings.length === 0 && result.exhausted;
  const judged = isClean || options.accesses === "points" ? judging(tested) : null;
  const again = yield* exploringAccesses(tested, options, { first: result, judged }, { shrink: true });
  const noticed = isClean ? judged : null;
  const parted = newIn(again, result);
  const shown: ShownFinding[] = [...result.findings, ...parted, ...(noticed?.findings ?? [])];
  const described = shown.map((finding) => describeFinding(tested, finding, place));
  const summary = (passed: boolean): SearchSummary =>
    summaryOf(result, {
      scenario: tested.name,
      wants: "every schedule",
      passed,
      judged: noticed?.executions ?? 0,
      findings: described.map((each) => each.summary),
      operations,
    });
  const [first] = described;
  if (first === undefined) {
    const failure = result.exhausted ? null : `not every schedule was explored: ${sentence}`;
    const title = failure ?? "every schedule holds";
    return {
      failure,
      sentence,
      report: `${tested.name}: ${sentence}`,
      page: null,
      title,
      summary: summary(failure === null),
    };
  }
  const judge = parted.length > 0 ? undefined : noticed?.findings[0]?.verdict.judge;
  const by =
    judge === undefined
      ? `searched: ${sentence}`
      : `seen by the judge ${judge}, who looked at ${counted(noticed?.executions ?? 0, "execution")}; none fails by itself`;
  const searched = `${by}${againWords(again)}`;
  const others = described.length === 1 ? "" : `\n\nbeside this: ${described.slice(1).map(({ title }) => title).join("; ")}`; // prettier-ignore
  const failure = `${first.text}\n\n${searched}${others}`;
  return {
    failure,
    sentence,
    report: reportOf(described, searched),
    page: () => first.page(`${searched}${others}`),
    title: first.title,
    summary: summary(false),
  };
}

// What the search with points met, and the first one had not.
function newIn(again: ExploredAgain | null, first: ExploreResult): readonly ShownFinding[] {
  const met = new Set(first.findings.map(({ outcome }) => outcome.message));
  return again === null ? [] : again.result.findings.filter(({ outcome }) => !met.has(outcome.message));
}

function againWords(again: ExploredAgain | null): string {
  return again === null ? "" : `; ${accessWords(again.racy, again.result)}`;
}

/** Whether such a failure is found within `most` executions. */
export function* checkFinds(
  tested: Tested,
  outcome: WantedOutcome | null,
  most: number,
  options: SettledOptions,
  place: TestPlace | null,
): Generator<void, Checked> {
  if (!Number.isInteger(most) || most < 1) {
    throw new InputError(`the number of executions should be a whole number of at least 1, not ${shown(most)}`);
  }
  const { result, operations } = yield* exploring(tested, options, { shrink: false, maxExecutions: most });
  const isWanted = (finding: ShownFinding): boolean => fits(finding, outcome);
  const noticed = result.findings.some(isWanted) ? null : judging(tested);
  const isFound = noticed === null || noticed.findings.some(isWanted);
  const again = isFound
    ? null
    : yield* exploringAccesses(
        tested,
        options,
        { first: result, judged: noticed },
        { shrink: false, maxExecutions: most },
      );
  const met: readonly ShownFinding[] = [...result.findings, ...newIn(again, result), ...(noticed?.findings ?? [])];
  const found = met.find(isWanted);
  const sentence = `${coverageSentence(result)}${againWords(again)}`;
  const token = ({ choices, marks, time = "adversarial" }: ShownFinding): string =>
    formatSchedule({ ...tested.schedule, time, choices, marks });
  const findings: FindingSummary[] = met.map((each) => ({
    outcome: each.outcome.kind,
    message: each.outcome.message,
    schedule: token(each),
  }));
  const passed = found !== undefined;
  const summary = summaryOf(result, {
    scenario: tested.name,
    wants: "a failure",
    passed,
    judged: noticed?.executions ?? 0,
    findings,
    operations,
  });
  if (passed) {
    const title = `found: ${found.outcome.kind}: ${found.outcome.message}`;
    return { failure: null, sentence, report: `${tested.name}: ${title}\n${sentence}`, page: null, title, summary };
  }
  const title = `no ${wanted(outcome)} within ${counted(most, "execution")}`;
  const others = findings.map((each) => `  ${each.outcome}: ${each.message}`);
  const searched = `${title}: ${sentence}`;
  const failure = others.length === 0 ? searched : `${searched}\ninstead it found:\n${others.join("\n")}`;
  const described = met.map((each) => describeFinding(tested, each, place));
  return {
    failure,
    sentence,
    report: reportOf(described, failure),
    page: pageOf(described[0], searched),
    title,
    summary,
  };
}

/** What one schedule shows: null when it is of another subject, or of other settings. */
export function checkSchedule(
  tested: Tested,
  token: string,
  outcome: WantedOutcome | "none",
  place: TestPlace | null,
): Checked | null {
  const schedule = parseSchedule(token);
  if (!isScheduleOf(schedule, tested)) return null;
  const seen = tested.watchdog.guard(() => describeSchedule(tested, schedule, place), 30_000);
  const described = typeof seen.failure === "object" ? seen.failure : null;
  const sentence = `one schedule was run: ${described?.title ?? (seen.outcome === null ? "it does not fit" : "finished")}`;
  const failure = failureOfSchedule(seen, outcome);
  const summary: SearchSummary = {
    scenario: tested.name,
    wants: "one schedule",
    passed: failure === null,
    strategy: "dfs",
    executions: 1,
    blocked: 0,
    steps: 0,
    exhausted: false,
    bound: "first-finding",
    countsTraces: false,
    milliseconds: 0,
    judged: 0,
    findings: described === null ? [] : [described.summary],
    operations: [],
  };
  return {
    failure,
    sentence,
    report: described?.long ?? failure ?? sentence,
    page: pageOf(described ?? undefined, sentence),
    title: sentence,
    summary,
  };
}

function failureOfSchedule(
  { failure, outcome }: ReturnType<typeof describeSchedule>,
  wantedOutcome: WantedOutcome | "none",
): string | null {
  if (typeof failure === "string") return failure;
  if (wantedOutcome === "none") return failure?.text ?? null;
  if (outcome !== null && fits({ outcome }, wantedOutcome)) return null;
  return `no ${wanted(wantedOutcome)} in this schedule: ${failure === null ? "it finished" : failure.text}`;
}

/** Why the subject does not hold on every schedule, as a text; null when it does, and every one was explored. */
export function failureOfSome<State extends object>(
  name: string,
  subject: Subject<State>,
  options: SettledOptions,
): string | null {
  const tested = prepare(name, subject, options);
  const { replay } = options;
  if (replay !== undefined) {
    const schedule = parseSchedule(replay);
    if (!isScheduleOf(schedule, tested)) throw otherSubject(schedule.scenario, tested);
    return checkSchedule(tested, replay, "none", null)?.failure ?? null;
  }
  return telling(() => atOnce(checkEvery(tested, options, null))).failure;
}

/** Why no such failure was found within `most` executions; null when one was. */
export function absenceOf<State extends object>(
  outcome: WantedOutcome,
  most: number,
  name: string,
  subject: Subject<State>,
  options: SettledOptions,
): string | null {
  const tested = prepare(name, subject, options);
  return telling(() => atOnce(checkFinds(tested, outcome, most, options, null))).failure;
}

/** What `search` gives; what never came back is said with the trace up to there. */
export function telling<T>(search: () => T): T {
  try {
    return search();
  } catch (error) {
    throw stuckError(error);
  }
}

export function stuckError(error: unknown): unknown {
  if (!(error instanceof NeverReturned) || error.events.length === 0) return error;
  return new InputError(describeStuck(error));
}

export function otherSubject(scenario: string, tested: Tested): InputError {
  if (scenario !== tested.name) {
    return new InputError(`the schedule belongs to "${scenario}"; this test runs "${tested.name}"`);
  }
  return new InputError(`the schedule belongs to "${scenario}" with other parameters, CPUs or another build`);
}

function pageOf(described: Described | undefined, searched: string): Checked["page"] {
  return described === undefined ? null : () => described.page(searched);
}

function reportOf(described: readonly Described[], searched: string): string {
  return [...described.map(({ long }) => long), searched].join(`\n\n${"-".repeat(80)}\n\n`);
}

/** Whether a finding is one that is looked for; null looks for any. */
export function fits(finding: Pick<ShownFinding, "outcome">, outcome: WantedOutcome | null): boolean {
  if (outcome === null) return finding.outcome.kind !== "finished";
  const { kind, message } = typeof outcome === "string" ? { kind: outcome, message: undefined } : outcome;
  return finding.outcome.kind === kind && saysSo(finding.outcome.message, message);
}

/** Whether a message is the wanted one: a part of it, or a pattern. */
export function saysSo(text: string, message: string | RegExp | undefined): boolean {
  if (message === undefined) return true;
  return typeof message === "string" ? text.includes(message) : new RegExp(message.source, message.flags.replace(/[gy]/g, "")).test(text); // prettier-ignore
}

export function wanted(outcome: WantedOutcome | null): string {
  if (outcome === null) return "failure";
  if (typeof outcome === "string") return outcome;
  return outcome.message === undefined ? outcome.kind : `${outcome.kind} with ${String(outcome.message)}`;
}
