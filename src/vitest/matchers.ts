// Matchers about how executions end, and about what exploring finds.
//
// What has ended is looked at; a scenario is run once (toFinish, toPanic, toDeadlock) or explored (toBeExhausted,
// toHoldOnEverySchedule, toFindWithin). They are synchronous.

import type { RunnerTestCase } from "vitest";
import { InputError } from "#base/assert";
import type { ExploreResult } from "#explore/explorer";
import type { Outcome } from "#kernel/outcome";
import { coverageSentence } from "#report/words";
import {
  checkEvery,
  checkFinds,
  checkSchedule,
  checkWanted,
  saysSo,
  type Checked,
  type WantedOutcome,
} from "#vitest/check";
import { placeOfTask, type TaskLike, type TestPlace } from "#vitest/command";
import { isResult, kindOf, seen, type Ending } from "#vitest/endings";
import { checkTestOptions, type ScheduleTestOptions, type SettledOptions } from "#vitest/options";
import { asUsers, atUsersLine } from "#vitest/own-frames";
import { recordArtifact } from "#vitest/peer";
import { keepReport, reportPath } from "#vitest/report-file";
import { atOnce, exploring } from "#vitest/search";
import { onlySchedule, seedOf, settle } from "#vitest/settings";
import { summaryOf, type SearchSummary } from "#vitest/summary";
import { isSubject, prepare, type Subject, type Tested } from "#vitest/subject";

/** How a deadlock should look. */
export interface WantedDeadlock {
  /** Threads that wait at the end, or for each what it waits for, by name. Others may wait, too. */
  readonly waiting?: readonly string[] | Readonly<Record<string, string | RegExp>>;
  readonly message?: string | RegExp;
}

/** What vitest gives a matcher of itself. */
interface MatcherContext {
  readonly isNot?: boolean | undefined;
  readonly currentTestName?: string;
  readonly task?: Readonly<RunnerTestCase>;
}

interface Matched {
  readonly pass: boolean;
  readonly message: () => string;
}

/** Parts of a test's own timeout that a matcher's search may take. */
const PART_OF_TIMEOUT = 0.8;

export const matchers = {
  toFinish(this: MatcherContext, received: Ending): Matched {
    const { outcomes, text } = look(this, received, "toFinish");
    return ending(outcomes.every(isFinished), "finish", "to finish", text);
  },

  toPanic(this: MatcherContext, received: Ending, text?: string | RegExp): Matched {
    checkText("toPanic", text);
    const { outcomes, text: found } = look(this, received, "toPanic");
    const pass = outcomes.some(({ kind, message }) => kind === "panic" && saysSo(message, text));
    return ending(pass, "panic", `to panic${text === undefined ? "" : ` with ${shownText(text)}`}`, found);
  },

  toDeadlock(this: MatcherContext, received: Ending, wanted: WantedDeadlock = {}): Matched {
    checkText("toDeadlock", wanted.message);
    const { outcomes, text } = look(this, received, "toDeadlock");
    const pass = outcomes.some((outcome) => isDeadlock(outcome, wanted));
    return ending(pass, "deadlock", deadlockWords(wanted), text);
  },

  toBeExhausted(this: MatcherContext, received: ExploreResult | Subject, given: ScheduleTestOptions = {}): Matched {
    const result = isResult(received) ? received : exploredNow(this, received, given);
    const text = coverageSentence(result);
    return {
      pass: result.exhausted,
      message: () => (result.exhausted ? `expected a search that is cut off: ${text}` : `not exhausted: ${text}`),
    };
  },

  toHoldOnEverySchedule(this: MatcherContext, received: Subject, given: ScheduleTestOptions = {}): Matched {
    const explored = explore(this, "toHoldOnEverySchedule", received, given, "none", checkEvery);
    return concluded(this, explored, "expected some schedule to fail");
  },

  toFindWithin(
    this: MatcherContext,
    received: Subject,
    most: number,
    outcome?: WantedOutcome,
    given: ScheduleTestOptions = {},
  ): Matched {
    if (outcome !== undefined) atUsersLine(() => checkWanted("toFindWithin", outcome));
    const explored = explore(this, "toFindWithin", received, given, outcome ?? null, (tested, options, place) =>
      checkFinds(tested, outcome ?? null, most, options, place),
    );
    return concluded(this, explored, "expected that nothing is found");
  },
};

function ending(pass: boolean, verb: string, wanted: string, found: string): Matched {
  return {
    pass,
    message: () => (pass ? `expected it not to ${verb}, and it did: ${found}` : `expected it ${wanted}:\n\n${found}`),
  };
}

function look(context: MatcherContext, received: unknown, matcher: string): ReturnType<typeof seen> {
  return atUsersLine(() => seen(received, matcher, context.currentTestName ?? "the test", settle({})));
}

function isFinished({ kind }: Outcome): boolean {
  return kind === "finished";
}

function isDeadlock({ kind, message, waiting }: Outcome, wanted: WantedDeadlock): boolean {
  if (kind !== "deadlock" || !saysSo(message, wanted.message)) return false;
  const threads = wanted.waiting ?? [];
  if (isList(threads)) return threads.every((name) => waiting.some(({ thread }) => thread === name));
  return Object.entries(threads).every(([name, object]) =>
    waiting.some((each) => each.thread === name && isNamed(each.object, object)),
  );
}

function isNamed(name: string, wanted: string | RegExp): boolean {
  return typeof wanted === "string" ? name === wanted : saysSo(name, wanted);
}

function isList(value: WantedDeadlock["waiting"]): value is readonly string[] {
  return Array.isArray(value);
}

function deadlockWords({ waiting = [], message }: WantedDeadlock): string {
  const who = isList(waiting)
    ? waiting.map((name) => `"${name}"`)
    : Object.entries(waiting).map(([name, object]) => `"${name}" for ${shownText(object)}`);
  const text = message === undefined ? "" : ` with ${shownText(message)}`;
  return `to deadlock${text}${who.length === 0 ? "" : `, waiting: ${who.join(", ")}`}`;
}

function shownText(text: string | RegExp): string {
  return typeof text === "string" ? JSON.stringify(text) : String(text);
}

function checkText(matcher: string, text: unknown): void {
  if (text === undefined || typeof text === "string" || text instanceof RegExp) return;
  throw asUsers(new InputError(`${matcher}() takes a text or a pattern, not ${kindOf(text)}`));
}

function checkSubject(
  matcher: string,
  received: unknown,
  given: ScheduleTestOptions,
  what: string,
): asserts received is Subject {
  atUsersLine(() => checkTestOptions(matcher, given));
  if (!isSubject(received))
    throw asUsers(new InputError(`${matcher}() takes ${what}; it was given ${kindOf(received)}`));
}

type Search = (tested: Tested, options: SettledOptions, place: TestPlace | null) => Generator<void, Checked>;

interface ExploredNow {
  readonly checked: Checked;
  readonly options: SettledOptions;
  readonly place: TestPlace | null;
}

function explore(
  context: MatcherContext,
  matcher: string,
  received: unknown,
  given: ScheduleTestOptions,
  outcome: WantedOutcome | "none" | null,
  search: Search,
): ExploredNow {
  checkSubject(matcher, received, given, "a scenario, a definition or a program");
  const options = timed(context, given);
  const place = context.task === undefined ? null : placeOfTask(context.task as TaskLike);
  const checked = atUsersLine(() => {
    const tested = prepare(place?.fullName ?? "the test", received, options);
    const only = options.replay ?? onlySchedule();
    const one = only === null || outcome === null ? null : checkSchedule(tested, only, outcome, place);
    return one ?? atOnce(search(tested, options, place));
  });
  note(context, checked.summary);
  return { checked, options, place };
}

function exploredNow(context: MatcherContext, received: unknown, given: ScheduleTestOptions): ExploreResult {
  checkSubject("toBeExhausted", received, given, "what explore() gives, or a scenario");
  const options = timed(context, given);
  return atUsersLine(() => {
    const tested = prepare(context.currentTestName ?? "the test", received, options);
    const { result, operations } = atOnce(exploring(tested, options, {}));
    const findings = result.findings.map(({ outcome: { kind, message } }) => ({
      outcome: kind,
      message,
      schedule: "",
    }));
    const more = { scenario: tested.name, wants: "every schedule", judged: 0, findings, operations } as const;
    note(context, summaryOf(result, { ...more, passed: result.exhausted }));
    return result;
  });
}

// A search inside somebody's test has to end before the test's time is up, or nobody hears what it has searched.
function timed({ task }: MatcherContext, given: ScheduleTestOptions): SettledOptions {
  const options = settle(given);
  const timeout = task?.timeout ?? 0;
  const isLimited = timeout > 0 && timeout < Number.POSITIVE_INFINITY;
  const maxSeconds = options.maxSeconds ?? (isLimited ? (timeout / 1000) * PART_OF_TIMEOUT : undefined);
  return { ...options, seed: seedOf(options), ...(maxSeconds === undefined ? {} : { maxSeconds }) };
}

function concluded(context: MatcherContext, { checked, options, place }: ExploredNow, otherwise: string): Matched {
  const pass = checked.failure === null;
  if (pass !== (context.isNot === true)) return { pass, message: () => `${otherwise}: ${checked.sentence}` };
  const text = checked.failure ?? `${otherwise}: ${checked.sentence}`;
  const number = (context.task?.meta.lockstep ?? []).length || 1;
  const report = { text: checked.report, page: checked.page };
  const line = place === null ? "" : keepReport(reportPath(place, options, number), report, !pass, options).line;
  attach(context, checked);
  return { pass, message: () => `${text}${line}` };
}

function note({ task }: MatcherContext, summary: SearchSummary): void {
  if (task !== undefined) (task.meta.lockstep ??= []).push(summary);
}

// The test fails by what the matcher says; that reporters get the report as well must not fail it otherwise.
function attach({ task }: MatcherContext, { title, report }: Checked): void {
  if (task === undefined) return;
  const attachment = { body: report, contentType: "text/plain", bodyEncoding: "utf-8" } as const;
  recordArtifact(task, { type: "lockstep:finding", title, attachments: [attachment] }).catch(() => {});
}
