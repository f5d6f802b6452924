// `everySchedule` and `findsWithin`: one vitest test each, with vitest's own ways to choose, repeat and multiply tests.
//
// The search runs in slices, so that vitest hears of other tests meanwhile and can stop it. The error of a failure stands at
// the line in the test file where the helper was called.

import { setImmediate } from "node:timers/promises";
import type { TestContext } from "vitest";
import { InputError } from "#base/assert";
import { parseSchedule } from "#trace/schedule";
import {
  checkEvery,
  checkFinds,
  checkSchedule,
  checkWanted,
  otherSubject,
  type Checked,
  type WantedOutcome,
} from "#vitest/check";
import { placeOfTask, type TestPlace } from "#vitest/command";
import { checkTestOptions, SECONDS, type ScheduleTestOptions, type SettledOptions } from "#vitest/options";
import type { DeclaredParameters } from "#scenario/types";
import { asUsers, atUsersLine } from "#vitest/own-frames";
import { vitestTest } from "#vitest/peer";
import { keepReport, reportPath } from "#vitest/report-file";
import { onlySchedule, seedOf, settle } from "#vitest/settings";
import { prepare, type Subject, type Tested } from "#vitest/subject";

/** What a test asks of its subject. */
interface Wish {
  /** For one schedule: the outcome that it should have. */
  readonly outcome: WantedOutcome | "none";
  search(tested: Tested, options: SettledOptions, place: TestPlace): Generator<void, Checked>;
}

const EVERY: Wish = { outcome: "none", search: checkEvery };

/** One vitest API: `test`, or `test.only`, `test.skip` and so on. */
type Api = Pick<typeof vitestTest, "for"> & ((name: string, options: object, body: Body) => void);
type Body = (context: TestContext) => Promise<void>;

/** Vitest's ways to choose tests, on a function that makes tests. */
export interface Modes<Self> {
  /** Only this test of the file is run. */
  readonly only: Self;
  readonly skip: Self;
  /** At the same time as others of its kind: their searches take turns. */
  readonly concurrent: Self;
  readonly sequential: Self;
  /** Is expected to fail. */
  readonly fails: Self;
  skipIf(condition: unknown): Self;
  runIf(condition: unknown): Self;
}

/** What a case of `each` is passed on as: a list as several arguments, all else as one. */
type Arguments<Case> = Case extends readonly unknown[] ? [...Case] : [Case];

/** Options, or a function of the case that gives them. */
type OptionsOf<Case> = ScheduleTestOptions | ((...given: Arguments<Case>) => ScheduleTestOptions);

/** A subject, or a function of the case that gives one. A program is given by such a function. */
type SubjectOf<Case, State extends object, Declared extends DeclaredParameters> =
  | Exclude<Subject<State, Declared>, (...given: never[]) => unknown>
  | ((...given: Arguments<Case>) => Subject<State, Declared>);

export interface EverySchedule extends Modes<EverySchedule> {
  /**
   * A test that passes only if no schedule fails, and every one was explored.
   * `everySchedule("a blocked read returns", closeScenario)`
   * @throws InputError for options that are none
   */
  <State extends object, const Declared extends DeclaredParameters = DeclaredParameters>(
    name: string,
    subject: Subject<State, Declared>,
    options?: ScheduleTestOptions,
  ): void;
  /** A test for each case, its name formatted as by `test.each`: `everySchedule.each([1, 2])("%i readers", ...)`. */
  each<const Case>(
    cases: readonly Case[],
  ): <State extends object, const Declared extends DeclaredParameters = DeclaredParameters>(
    name: string,
    subject: SubjectOf<Case, State, Declared>,
    options?: OptionsOf<Case>,
  ) => void;
}

export interface FindsWithin extends Modes<FindsWithin> {
  /**
   * A test that passes only if a failure of this kind is found within `most` executions: it keeps a known bug.
   * `findsWithin(100, "the merged driver loses a wakeup", mergedClose, "deadlock")`
   * @throws InputError for options that are none
   */
  <State extends object, const Declared extends DeclaredParameters = DeclaredParameters>(
    most: number,
    name: string,
    subject: Subject<State, Declared>,
    outcome: WantedOutcome,
    options?: ScheduleTestOptions,
  ): void;
  /** A test for each case, its name formatted as by `test.each`. */
  each<const Case>(
    cases: readonly Case[],
  ): <State extends object, const Declared extends DeclaredParameters = DeclaredParameters>(
    most: number,
    name: string,
    subject: SubjectOf<Case, State, Declared>,
    outcome: WantedOutcome,
    options?: OptionsOf<Case>,
  ) => void;
}

const MODES = ["only", "skip", "concurrent", "sequential", "fails"] as const;

export function makeEverySchedule(api: Api): EverySchedule {
  const make = <State extends object>(name: string, subject: Subject<State>, options: ScheduleTestOptions = {}): void =>
    one(api, make, { name, subject, options, wish: EVERY, whose: "everySchedule" });
  const each = <Case>(cases: readonly Case[]) => {
    const forAll = (name: string, subject: CaseSubject, options: CaseOptions = {}): void =>
      many(api, forAll, cases, { name, subject, options, wish: EVERY, whose: "everySchedule.each" });
    return forAll;
  };
  return withModes(make, { each }, api, makeEverySchedule) as unknown as EverySchedule;
}

export function makeFindsWithin(api: Api): FindsWithin {
  const make = <State extends object>(
    most: number,
    name: string,
    subject: Subject<State>,
    outcome: WantedOutcome,
    options: ScheduleTestOptions = {},
  ): void => one(api, make, { name, subject, options, wish: finding(most, outcome), whose: "findsWithin" });
  const each = <Case>(cases: readonly Case[]) => {
    const forAll = (
      most: number,
      name: string,
      subject: CaseSubject,
      outcome: WantedOutcome,
      options: CaseOptions = {},
    ): void =>
      many(api, forAll, cases, { name, subject, options, wish: finding(most, outcome), whose: "findsWithin.each" });
    return forAll;
  };
  return withModes(make, { each }, api, makeFindsWithin) as unknown as FindsWithin;
}

function finding(most: number, outcome: WantedOutcome): Wish {
  atUsersLine(() => checkWanted("findsWithin", outcome));
  return { outcome, search: (tested, options, place) => checkFinds(tested, outcome, most, options, place) };
}

type Maker = (...given: never[]) => void;

// The ways to choose tests are made when they are asked for: each leads to vitest's own.
function withModes(make: Maker, more: object, api: Api, remake: (api: Api) => Maker): Maker {
  Object.assign(make, more, {
    skipIf: (condition: unknown) => remake(condition ? chained(api, "skip") : api),
    runIf: (condition: unknown) => remake(condition ? api : chained(api, "skip")),
  });
  for (const mode of MODES) Object.defineProperty(make, mode, { get: () => remake(chained(api, mode)) });
  return make;
}

function chained(api: Api, mode: (typeof MODES)[number]): Api {
  return (api as unknown as Record<string, Api>)[mode] as Api;
}

interface Asked<S, O> {
  readonly name: string;
  readonly subject: S;
  readonly options: O;
  readonly wish: Wish;
  /** How the helper is called, for messages. */
  readonly whose: string;
}

type CaseSubject = Subject | ((...given: never[]) => Subject);
type CaseOptions = ScheduleTestOptions | ((...given: never[]) => ScheduleTestOptions);

function one<State extends object>(api: Api, helper: Maker, asked: Asked<Subject<State>, ScheduleTestOptions>): void {
  const { name, subject, options, wish, whose } = asked;
  const error = placeOf(helper);
  atUsersLine(() => {
    checkName(name, whose);
    checkTestOptions(whose, options);
  });
  api(name, vitestOptions(options), (context) => perform(context, subject, options, wish, error));
}

function many<Case>(api: Api, helper: Maker, cases: readonly Case[], asked: Asked<CaseSubject, CaseOptions>): void {
  const { name, subject, options, wish, whose } = asked;
  atUsersLine(() => {
    checkName(name, whose);
    if (!Array.isArray(cases)) throw new InputError(`${whose} takes a list of cases`);
    if (typeof options !== "function") checkTestOptions(whose, options);
  });
  const error = placeOf(helper);
  const shared = typeof options === "function" ? {} : options;
  api.for(cases as Case[])(name, vitestOptions(shared), async (each, context) => {
    const given = (Array.isArray(each) ? each : [each]) as never[];
    const own = typeof options === "function" ? options(...given) : options;
    atUsersLine(() => checkTestOptions(whose, own));
    const made = typeof subject === "function" ? (subject as (...each: never[]) => Subject)(...given) : subject;
    await perform(context, made, own, wish, error);
  });
}

function checkName(name: unknown, whose: string): void {
  if (typeof name !== "string") throw new InputError(`${whose}: the test's name should be a string`);
}

// A search that is out of time says what it has searched; vitest would only say that time is up.
function vitestOptions(options: ScheduleTestOptions): object {
  const { maxSeconds = settle({}).maxSeconds ?? SECONDS, timeout = maxSeconds * 1000 + 10_000, tags } = options;
  return { timeout, ...(tags === undefined ? {} : { tags }) };
}

async function perform<State extends object>(
  context: TestContext,
  subject: Subject<State>,
  given: ScheduleTestOptions,
  wish: Wish,
  error: Error,
): Promise<void> {
  const options = seeded(settle(given));
  const place = placeOfTask(context.task);
  const checked = await inSlices(context, error, () => {
    const tested = prepare(context.task.name, subject, options);
    return asked(context, tested, options, wish, place);
  });
  const path = reportPath(place, options);
  // A failure that is expected is no reason to look into it.
  const failed = checked.failure !== null && context.task.fails !== true;
  const report = keepReport(path, { text: checked.report, page: checked.page }, failed, options);
  (context.task.meta.lockstep ??= []).push({
    ...checked.summary,
    ...(report.path === null ? {} : { report: report.path }),
  });
  if (checked.failure === null) return;
  await attach(context, checked);
  failWith(error, `${checked.failure}${report.line}`);
}

function* asked(
  context: TestContext,
  tested: Tested,
  options: SettledOptions,
  wish: Wish,
  place: TestPlace,
): Generator<void, Checked> {
  if (options.replay !== undefined) {
    const checked = checkSchedule(tested, options.replay, wish.outcome, place);
    if (checked === null) throw otherSubject(parseSchedule(options.replay).scenario, tested);
    return checked;
  }
  const only = onlySchedule();
  if (only === null) return yield* wish.search(tested, options, place);
  const checked = checkSchedule(tested, only, wish.outcome, place);
  return checked ?? context.skip("the schedule that alone is run belongs to another test");
}

function seeded(options: SettledOptions): SettledOptions {
  return { ...options, seed: options.seed ?? seedOf(options) };
}

// Lets vitest breathe between slices; when it gives the test up, so does the search.
async function inSlices<T>(context: TestContext, place: Error, begin: () => Generator<void, T>): Promise<T> {
  try {
    const search = begin();
    for (;;) {
      const { done, value } = search.next();
      if (done === true) return value;
      await setImmediate();
      context.signal.throwIfAborted();
    }
  } catch (error) {
    throw asUsers(error, place);
  }
}

// Reporters get the report with the test, and the default one says beside the failure what it is.
async function attach(context: TestContext, { title, report }: Checked): Promise<void> {
  await context.annotate(title, "lockstep", { body: report, contentType: "text/plain", bodyEncoding: "utf-8" });
}

/** An error whose stack leads to the caller of `helper`: where the test stands in the test file. */
export function placeOf(helper: (...parameters: never[]) => unknown): Error {
  const place = new Error();
  Error.captureStackTrace(place, helper);
  return place;
}

function failWith(place: Error, message: string): never {
  place.message = message;
  place.stack = `Error: ${message}\n${(place.stack ?? "").split("\n").slice(1).join("\n")}`;
  throw place;
}

export const everySchedule: EverySchedule = makeEverySchedule(vitestTest as unknown as Api);
export const findsWithin: FindsWithin = makeFindsWithin(vitestTest as unknown as Api);
