// Where and how programs run: granularity, CPUs, who is woken, what may go wrong.

import type { SimulationOptions } from "#kernel/options";
import type { RunOptions } from "./on-kernel/world.js";

export interface Setting {
  readonly simulation: Partial<SimulationOptions>;
  readonly kernel: RunOptions;
}

/** The first is the one to which a failure shrinks. */
export const SETTINGS = {
  default: { simulation: {}, kernel: {} },
  "a point before every unlock": { simulation: { pointsBefore: "every" }, kernel: {} },
  "starting is no step": { simulation: { startIsStep: false }, kernel: {} },
  "the oracle setting": { simulation: { pointsBefore: "every", startIsStep: false }, kernel: {} },
  "a point before every plain access": { simulation: {}, kernel: { plainIsPoint: true } },
  "any waiter is notified": { simulation: { wakeups: "any" }, kernel: {} },
  "two CPUs": { simulation: {}, kernel: { cpus: 2 } },
  "the release build": { simulation: {}, kernel: { debug: "release" } },
  "the guarded heap": { simulation: {}, kernel: { heap: "guarded" } },
  "one spurious wake-up": { simulation: { spuriousWakeups: 1 }, kernel: {} },
  "one allocation fails": { simulation: { allocationFailures: 1 }, kernel: {} },
} as const satisfies Record<string, Setting>;

export type SettingName = keyof typeof SETTINGS;
export const SETTING_NAMES = Object.keys(SETTINGS) as SettingName[];
