// The scenarios that ship, the story's in its order, those with several hosts and the literature's, each loaded only when it is asked for.

import { existsSync } from "node:fs";
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

/** Names of the scenarios with several hosts and a tunnel between them, in the story's order too. */
export const VPN = [
  "vpn-inverted-notify",
  "vpn-server-no-arp",
  "vpn-nonblocking",
  "vpn-close",
  "vpn-select",
  "vpn-two-interfaces",
  "vpn-timeout",
  "vpn-correct",
  "vpn-soak",
] as const;

export type VpnName = (typeof VPN)[number];

/** Names of the programs of the literature: those that are counted, then by what is wrong: locks, waits, data, algorithms. */
export const CLASSIC = [
  "classic/inc",
  "classic/readers",
  "classic/writers",
  "classic/lastzero",
  "classic/dining",
  "classic/deadlock01",
  "classic/carter01",
  "classic/phase01",
  "classic/din-phil-sat",
  "classic/nested-monitor",
  "classic/semaphore-order",
  "classic/rendezvous",
  "classic/buffer",
  "classic/sync01",
  "classic/arithmetic-prog",
  "classic/notify-before-wait",
  "classic/if-not-while",
  "classic/barrier-reuse",
  "classic/readers-writer",
  "classic/reorder",
  "classic/bluetooth",
  "classic/wronglock",
  "classic/lazy01",
  "classic/token-ring",
  "classic/account",
  "classic/circular-buffer",
  "classic/queue",
  "classic/stack",
  "classic/twostage",
  "classic/string-buffer",
  "classic/double-checked-locking",
  "classic/seqlock",
  "classic/peterson",
  "classic/dekker",
  "classic/bakery",
  "classic/ticket-lock",
  "classic/work-stealing-queue",
  "classic/treiber-stack",
  "classic/safe-stack",
  "classic/pbzip2",
  "classic/chase-lev",
  "classic/reference-count",
  "classic/n-hdlc",
  "classic/unisex-bathroom",
  "classic/santa-claus",
  "classic/wrong-waiter",
  "classic/alternating-bit",
  "classic/upgrade",
] as const;

export type ClassicName = (typeof CLASSIC)[number];

export type AnyName = ShippedName | VpnName | ClassicName;

/** Loads one of the shipped scenarios. */
export async function loadShipped(name: AnyName): Promise<Scenario> {
  const { checkScenario } = await import("#scenario/check");
  const module = (await import(fileOf(name).href)) as { readonly default: unknown };
  return checkScenario(module.default);
}

/** Whether `name` is that of a shipped scenario. */
export function isShipped(name: string): name is AnyName {
  return [...SHIPPED, ...VPN, ...CLASSIC].some((each) => each === name);
}

/** The module of a shipped scenario. The sources lie as what is built of them lies, so one relative path serves both. */
export function fileOf(name: AnyName): URL {
  const built = new URL(`../../scenarios/${name}.js`, import.meta.url);
  return existsSync(built) ? built : new URL(`../../scenarios/${name}.ts`, import.meta.url);
}
