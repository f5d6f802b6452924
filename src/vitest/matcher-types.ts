// What vitest's own types learn of this layer: matchers, what tests leave behind, what a project provides.
//
// All in one declaration of the module: a second one elsewhere would not be merged with it.

import type { ProjectOptions, ScheduleTestOptions } from "#vitest/options";
import type { WantedOutcome } from "#vitest/check";
import type { WantedDeadlock } from "#vitest/matchers";
import type { SearchSummary } from "#vitest/summary";

/** What `lockstep/vitest` adds to `expect`. */
export interface LockstepMatchers {
  /**
   * It ended well. Takes what `explore`, `watch` or `execute` gives, a finding, an outcome; or a scenario or program, which
   * is run once, under Haiku's scheduler.
   */
  toFinish(): void;
  /** It panicked, with this in the panic's text; of an exploration, one of its findings did. */
  toPanic(text?: string | RegExp): void;
  /** It deadlocked: `toDeadlock({ waiting: ["reader"] })`, `toDeadlock({ waiting: { reader: "letter arrived" } })`. */
  toDeadlock(wanted?: WantedDeadlock): void;
  /** The search, or the one that is made now, came to its end. */
  toBeExhausted(options?: ScheduleTestOptions): void;
  /** No schedule fails, and every one was explored. */
  toHoldOnEverySchedule(options?: ScheduleTestOptions): void;
  /** Such a failure (default: any) is found within so many executions. */
  toFindWithin(executions: number, outcome?: WantedOutcome, options?: ScheduleTestOptions): void;
}

declare module "vitest" {
  // What it augments has this type parameter, and has to be repeated exactly.
  // oxlint-disable-next-line no-explicit-any
  interface Matchers<T = any> extends LockstepMatchers {}

  interface TaskMeta {
    /** The searches of this test, in order. */
    lockstep?: SearchSummary[];
  }

  interface ProvidedContext {
    /** `test.provide.lockstep` of vitest's configuration. */
    lockstep?: ProjectOptions;
  }

  interface TestArtifactRegistry {
    lockstep: {
      type: "lockstep:finding";
      title: string;
      attachments: { body: string; contentType: string; bodyEncoding: "utf-8" }[];
    };
  }
}
