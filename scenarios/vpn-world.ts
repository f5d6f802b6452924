// The two hosts of the story, "client" and "server", with OpenVPN on both and a tunnel between them, and pings through it.
//
// The link takes a millisecond each way. The numbers are the client's: what its ping saw, and how much of a CPU its daemon
// used meanwhile.

import { newTunnelCounters, openvpn, type TunnelCounters } from "#apps/openvpn";
import { newPingStatistics, ping, type PingStatistics } from "#apps/ping";
import type { Driver } from "#driver";
import { DEFAULT_COSTS, type Costs } from "#kernel/costs";
import { startMeasuring } from "#kernel/cpu-use";
import type { Steps } from "#kernel/operation";
import type { Thread } from "#kernel/thread";
import type { ScenarioContext, ScenarioDefinition } from "#scenario/types";
import type { UserTeam } from "#vfs/user-team";
import type { World } from "#world/world";

/** Microseconds on the link, each way. */
export const LATENCY_US = 1_000;

/** In the first tunnel; that of the second is 10.9.0.1. */
export const SERVER_ADDRESS = "10.8.0.1";

/** Where the drivers of 2023 have their one device. */
export const OLD_NODE = "/dev/tap0";

/** While exploring, a ping more shows nothing more. */
const EXPLORED_PINGS = ["-q", "-c", "1", "-W", "1"];

/** Without data it has no room for a time, and is in no histogram. */
const RESOLVING_PING = ["-q", "-c", "1", "-s", "0", SERVER_ADDRESS];

/** How one end of the tunnel is set up. */
export interface TunnelEnd {
  /** Default: "tap0". */
  readonly device?: string;
  /** Where the driver has it; default as ours does. */
  readonly node?: string;
  /** Which of several tunnels this is, from 0: its addresses and its port follow from that. Default 0. */
  readonly number?: number;
  /** More words for the daemon. */
  readonly words?: readonly string[];
}

export interface TunnelOptions {
  /** Whether a ping that does not count goes first, so that no other one waits for ARP. Default false. */
  readonly isResolved?: boolean;
  readonly client?: TunnelEnd;
  readonly server?: TunnelEnd;
}

/** What was seen. */
export interface TunnelNumbers {
  readonly ping: PingStatistics;
  /** Milliseconds; NaN when nothing came back. */
  readonly averageMs: number;
  /** 0 .. 1 */
  readonly loss: number;
  /** Of a CPU of the client, by its daemon: 0 .. 1 */
  readonly cpuShare: number;
  readonly counters: TunnelCounters;
}

/** The hosts, each with its driver, and their link, for a scenario's definition. */
export function vpnHosts(client: Driver, server: Driver = client): Pick<ScenarioDefinition, "hosts" | "links"> {
  const end = (host: string, number: number) => ({ host, interface: "eth0", address: `192.168.1.${number}/24` });
  return {
    hosts: { client: { drivers: [client] }, server: { drivers: [server] } },
    links: [{ latencyUs: LATENCY_US, ends: [end("client", 2), end("server", 1)] }],
  };
}

/** A daemon that runs. */
export interface Daemon {
  readonly team: UserTeam;
  readonly thread: Thread;
  readonly counters: TunnelCounters;
}

/** Starts OpenVPN on one host. */
export function startDaemon(world: World, host: "client" | "server", end: TunnelEnd = {}): Daemon {
  const team = world.host(host).team("openvpn");
  const isClient = host === "client";
  const counters = newTunnelCounters();
  const { device = "tap0", node, number = 0, words = [] } = end;
  const address = `10.${8 + number}.0.${isClient ? 2 : 1}`;
  const args = ["--dev", device, "--port", String(1194 + number), "--ifconfig", address, "255.255.255.0", ...words];
  if (isClient) args.push("--remote", "192.168.1.1");
  if (node !== undefined) args.push("--dev-node", node);
  return { team, counters, thread: team.spawn("openvpn", () => openvpn(team, args, counters)) };
}

/** Kills a daemon, and waits until it is gone. */
export function* stopDaemon({ team, thread }: Daemon): Steps<void> {
  yield* team.kill(thread);
  yield* team.kernel.waitForThread(thread);
}

/** The whole story: both daemons, pings from the client to the server through the tunnel, and their end. */
export function* pingThroughTunnel(
  { world, kernel }: ScenarioContext,
  options: TunnelOptions,
  pingWords: readonly string[],
): Steps<TunnelNumbers> {
  const server = startDaemon(world, "server", options.server);
  const client = startDaemon(world, "client", options.client);
  yield* kernel.snooze(200_000);
  if (options.isResolved === true) yield* ping(world.host("client").team("ping"), RESOLVING_PING);
  const statistics = newPingStatistics();
  const read = startMeasuring(kernel.simulation);
  const words = kernel.simulation.scheduler.adversarial ? EXPLORED_PINGS : pingWords;
  yield* ping(world.host("client").team("ping"), [...words, SERVER_ADDRESS], statistics);
  const use = read();
  yield* stopDaemon(client);
  yield* stopDaemon(server);
  const { transmitted, received, times } = statistics;
  const daemon = use.teams.find(({ host, team }) => host === "client" && team === "openvpn");
  return {
    ping: statistics,
    averageMs: times.reduce((sum, time) => sum + time, 0) / times.length,
    loss: (transmitted - received) / transmitted,
    cpuShare: daemon?.share ?? 0,
    counters: client.counters,
  };
}

/**
 * For daemons that spin: a round of their loop costs ten times as much as usual, which is a tenth of the rounds to simulate.
 * What is told does not depend on it: they take all of the CPU there is.
 */
export const SLOW_ROUNDS: Costs = { ...DEFAULT_COSTS, programRound: 10 * DEFAULT_COSTS.programRound };

/** Steps that a story of several seconds may take; loops that spin take many. */
export const STORY_STEPS = 40_000_000;

/**
 * Prints the numbers, and throws unless they are what the scenario is to show. While exploring, time has no length and the numbers no
 * meaning: what is left is that nobody hangs, and nothing is used after its end.
 */
export function tellNumbers({ kernel, judge }: ScenarioContext, numbers: TunnelNumbers, isAsTold: boolean): void {
  if (kernel.simulation.scheduler.adversarial) return;
  kernel.dprintf(describeNumbers(numbers));
  judge.figure("averageMs", numbers.averageMs);
  judge.figure("lossPercent", numbers.loss * 100);
  judge.figure("cpuPercent", numbers.cpuShare * 100);
  judge.atEnd(() => {
    if (!isAsTold) throw new Error(`not what the story tells: ${describeNumbers(numbers)}`);
  });
}

/** Milliseconds that the daemons' own work adds to one ping and its answer: each of the two passes both daemons. */
export function daemonCostMs({ kernel: { costs } }: ScenarioContext): number {
  const bytes = 140; // a ping of 56 bytes with all its headers, and the daemon's own
  return (4 * (costs.programRound + costs.cipherPerPacket + bytes * costs.cipherPerByte)) / 1e6;
}

/** The numbers as a line. */
export function describeNumbers({ averageMs, loss, cpuShare }: TunnelNumbers): string {
  const average = Number.isNaN(averageMs) ? "no answer" : `${averageMs.toFixed(1)} ms on average`;
  return `${average}, ${(loss * 100).toFixed(0)} % lost, openvpn at ${(cpuShare * 100).toFixed(1)} % of a CPU`;
}
