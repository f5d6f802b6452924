// The scenarios that ship, in the order of the story, each loaded only when it is asked for.

import { existsSync } from "node:fs";
import { checkScenario } from "#scenario/check";
import type { Scenario } from "#scenario/types";

/** Names of the shipped scenarios, in the order in which the story tells them. */
export const SHIPPED = [
  "semaphores",
  "inverted-notify",
  "silent-close",
  "notify-in-close",
  "snooze-in-close",
  "merged-close",
  "merged-data",
  "merged-packets",
  "merged-tunsetiff",
  "tunnel-down",
  "ioctl-mode",
  "nodes-on-demand",
  "tun-close",
  "tun-close-traffic",
  "null-and-friends",
] as const;

export type ShippedName = (typeof SHIPPED)[number];

/** Loads one of the shipped scenarios. */
export async function loadShipped(name: ShippedName): Promise<Scenario> {
  const module = (await import(fileOf(name).href)) as { readonly default: unknown };
  return checkScenario(module.default);
}

/** Whether `name` is that of a shipped scenario. */
export function isShipped(name: string): name is ShippedName {
  return SHIPPED.some((each) => each === name);
}

// The sources lie as what is built from them lies, so one relative path serves both.
function fileOf(name: ShippedName): URL {
  const built = new URL(`../../scenarios/${name}.js`, import.meta.url);
  return existsSync(built) ? built : new URL(`../../scenarios/${name}.ts`, import.meta.url);
}
