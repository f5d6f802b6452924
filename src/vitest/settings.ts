// What the project and the environment say to every test.

import { inject } from "#vitest/peer";
import { SCHEDULE_VARIABLE } from "#vitest/command";
import {
  checkProjectOptions,
  type ProjectOptions,
  type ScheduleTestOptions,
  type SettledOptions,
} from "#vitest/options";

/** A test's options, with the project's for what they leave out. @throws InputError when the project's are wrong */
export function settle(options: ScheduleTestOptions): SettledOptions {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return { ...projectOptions(), ...(Object.fromEntries(given) as ScheduleTestOptions) };
}

export function projectOptions(): ProjectOptions {
  const options = inject("lockstep") ?? {};
  checkProjectOptions(options);
  return options;
}

/** The only schedule that is to be run; null when none was named. */
export function onlySchedule(): string | null {
  const token = process.env[SCHEDULE_VARIABLE]?.trim();
  return token === undefined || token === "" ? null : token;
}

/** `LOCKSTEP_SEED`, or the project's seed, or 1. */
export function seedOf(options: ProjectOptions): number {
  const text = process.env.LOCKSTEP_SEED?.trim() ?? "";
  return /^\d{1,15}$/.test(text) ? Number(text) : (options.seed ?? 1);
}
