// What `lockstep list` says of each scenario that ships.
//
// The scenarios themselves say it; to ask them means to load them all, and with them the kernel and every driver. So the build
// writes it into a file beside them, which is read as long as it is no older than they are. Sources have no such file.

import { readFileSync, statSync, writeFileSync } from "node:fs";
import { CLASSIC, fileOf, loadShipped, SHIPPED, VPN, type AnyName } from "#cli/shipped";
import type { Expectation, Parameter } from "#scenario/types";

export type Group = "story" | "vpn" | "classic";

export interface Listed {
  readonly name: string;
  readonly group: Group;
  readonly about: string;
  readonly parameters: Readonly<Record<string, Parameter>>;
  readonly expect: Expectation | null;
}

const GROUPS: readonly (readonly [Group, readonly AnyName[]])[] = [
  ["story", SHIPPED],
  ["vpn", VPN],
  ["classic", CLASSIC],
];

/** All scenarios that ship, as the build wrote them down, or else as they say themselves. */
export async function shippedList(): Promise<readonly Listed[]> {
  return writtenList() ?? (await askedList());
}

/** Asks every scenario. */
export async function askedList(): Promise<readonly Listed[]> {
  const lists = GROUPS.map(([group, names]) => Promise.all(names.map((name) => asked(name, group))));
  return (await Promise.all(lists)).flat();
}

/** Writes down what the scenarios say, for whoever lists them from now on; for the build. */
export async function writeShippedList(): Promise<void> {
  writeFileSync(FILE, `${JSON.stringify(await askedList())}\n`);
}

const FILE = new URL("../../scenarios/list.json", import.meta.url);

// Null when there is none, or a scenario was built after it.
function writtenList(): readonly Listed[] | null {
  const written = statSync(FILE, { throwIfNoEntry: false });
  if (written === undefined) return null;
  const names = GROUPS.flatMap(([, each]) => each);
  const isOld = names.some((name) => statSync(fileOf(name)).mtimeMs > written.mtimeMs);
  return isOld ? null : (JSON.parse(readFileSync(FILE, "utf8")) as readonly Listed[]);
}

async function asked(shipped: AnyName, group: Group): Promise<Listed> {
  const { name, definition } = await loadShipped(shipped);
  const { about = "", parameters = {}, expect = null } = definition;
  return { name, group, about, parameters, expect };
}
