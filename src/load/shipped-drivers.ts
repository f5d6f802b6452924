// The drivers that ship, by the names under which scripts ask for them; each is loaded only then.

import { existsSync } from "node:fs";
import { assert } from "#base/assert";
import type { Driver } from "#driver";

const FILES = {
  tun: "tun/tun",
  semaphores: "tun/history/semaphores",
  "inverted-notify": "tun/history/inverted-notify",
  "silent-close": "tun/history/silent-close",
  "notify-in-close": "tun/history/notify-in-close",
  "snooze-in-close": "tun/history/snooze-in-close",
  merged: "tun/history/merged",
  tunnel: "tun/history/tunnel",
  nonblocking: "tun/history/nonblocking",
  select: "tun/history/select",
  timeout: "tun/history/timeout",
  null: "null",
  zero: "zero",
  full: "full",
  random: "random",
} as const;

export type ShippedDriver = keyof typeof FILES;

export const SHIPPED_DRIVERS: readonly ShippedDriver[] = Object.keys(FILES) as ShippedDriver[];

/** Loads one of the shipped drivers. */
export async function loadShippedDriver(name: ShippedDriver): Promise<Driver> {
  const path = `../../drivers/${FILES[name]}`;
  const built = new URL(`${path}.js`, import.meta.url);
  const file = existsSync(built) ? built : new URL(`${path}.ts`, import.meta.url);
  const module = (await import(file.href)) as Readonly<Record<string, unknown>>;
  const driver = module[`${name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())}Driver`];
  assert(driver !== undefined, `the module of the driver "${name}" exports it by its name`);
  return driver as Driver;
}
