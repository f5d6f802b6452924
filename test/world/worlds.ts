// Worlds for tests: hosts on one link, and programs on them.

import { expect } from "vitest";
import { execute, type Execution } from "#explore/execution";
import { firstChooser } from "#kernel/chooser";
import { DEFAULT_OPTIONS } from "#kernel/options";
import type { Steps } from "#kernel/operation";
import type { CapturedPacket } from "#net/capture";
import type { LinkOptions } from "#net/link";
import { AF_INET, bind, recvfrom, sendto, SOCK_DGRAM, socket } from "#net/socket-calls";
import { compile } from "#scenario/compile";
import { scenario, type ScenarioContext, type ScenarioDefinition } from "#scenario/types";
import type { UserTeam } from "#vfs/user-team";

export const CLIENT = 0xc0a80101; // 192.168.1.1
export const SERVER = 0xc0a80102;
/** An address on their link that nobody has. */
export const NOBODY = 0xc0a80163;
export const PORT = 1194;

type Definition = Pick<ScenarioDefinition, "hosts" | "links" | "costs" | "drivers">;

/** "client" and "server" on an Ethernet (or another link), with addresses. */
export function twoHosts(link: LinkOptions = {}): Definition {
  const ends = [
    { host: "client", interface: "eth0", address: "192.168.1.1/24" },
    { host: "server", interface: "eth0", address: "192.168.1.2/24" },
  ];
  return { hosts: { client: {}, server: {} }, links: [{ ...link, ends }] };
}

export interface Ran extends Execution {
  readonly packets: readonly CapturedPacket[];
  readonly printed: readonly string[];
}

/** Runs a world once in measured time; `run` is the body of "main" on the first host. It must finish. */
export function runWorld(definition: Definition, run: (context: ScenarioContext) => Steps<void>): Ran {
  const packets: CapturedPacket[] = [];
  const program = compile(scenario("test", { ...definition, run }), { capture: (packet) => packets.push(packet) });
  const simulation = { ...DEFAULT_OPTIONS, maxSteps: 1_000_000 };
  const execution = execute(program, firstChooser, { time: "measured", simulation });
  expect(execution.outcome).toMatchObject({ kind: "finished", message: "" });
  return { ...execution, packets, printed: [] };
}

/** A UDP socket with this port; 0 for any. */
export function* udpSocket(team: UserTeam, port = 0, flags = 0): Steps<number> {
  const fd = yield* socket(team, AF_INET, SOCK_DGRAM | flags);
  expect(fd).toBeGreaterThanOrEqual(0);
  if (port > 0) expect(yield* bind(team, fd, { address: 0, port })).toBe(0);
  return fd;
}

/** Sends `count` datagrams of one byte, their numbers, to the server. */
export function* sendNumbers(team: UserTeam, fd: number, count: number, to = SERVER): Steps<void> {
  for (let number = 0; number < count; number++) {
    yield* sendto(team, fd, Uint8Array.of(number), { address: to, port: PORT });
  }
}

/** The first bytes of the datagrams that come until nothing has come for three seconds. */
export function* numbersReceived(team: UserTeam, fd: number): Steps<number[]> {
  const numbers: number[] = [];
  const buffer = new Uint8Array(2000);
  while ((yield* team.poll([{ fd, events: 1, revents: 0 }], 3_000_000)) > 0) {
    yield* recvfrom(team, fd, buffer);
    numbers.push(buffer[0] ?? -1);
  }
  return numbers;
}
