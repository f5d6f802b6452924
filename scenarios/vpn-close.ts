// "It would just hang when ifconfig down/delete were called": the client's interface goes down while pings go through the tunnel.
// With the driver of the silent close the interface's reader never leaves, and ifconfig waits for it; with ours ifconfig
// comes back, the interface comes up again and answers pings as before, and when all is over nothing is left.
// The drivers of August do not tell the daemon what the interface sends (as in vpn-select), so their pings go in, and none
// comes back. One that did would wake the reader: the daemon's write notifies it, and then it sees that it is to leave.

import { ifconfig } from "#apps/ifconfig";
import { newPingStatistics, ping } from "#apps/ping";
import { mergedDriver } from "#drivers/tun/history/merged";
import { notifyInCloseDriver } from "#drivers/tun/history/notify-in-close";
import { silentCloseDriver } from "#drivers/tun/history/silent-close";
import { snoozeInCloseDriver } from "#drivers/tun/history/snooze-in-close";
import { tunDriver } from "#drivers/tun/tun";
import type { Steps } from "#kernel/operation";
import { liveBuffers } from "#net/net-buffer";
import { interfaceState } from "#net/network";
import { scenario, type ScenarioContext } from "#scenario/types";
import type { UserTeam } from "#vfs/user-team";
import { SERVER_ADDRESS, startDaemon, stopDaemon, STORY_STEPS, vpnHosts, type Daemon, OLD_NODE } from "./vpn-world.js";

const DRIVERS = {
  silent: silentCloseDriver,
  notify: notifyInCloseDriver,
  snooze: snoozeInCloseDriver,
  merged: mergedDriver,
  ours: tunDriver,
} as const;

/** Where each has its device; ours has it where the interface's name says. */
const NODES: Readonly<Record<string, string>> = {
  silent: OLD_NODE,
  notify: OLD_NODE,
  snooze: OLD_NODE,
  merged: "/dev/tap/0",
};

export default scenario("vpn-close", {
  about: "ifconfig down while pings go into a tunnel: the driver of the silent close hangs, ours does not.",
  ...vpnHosts(tunDriver),
  hosts: ({ driver }) => ({
    client: { drivers: [DRIVERS[driver as keyof typeof DRIVERS]] },
    server: { drivers: [tunDriver] },
  }),
  parameters: {
    driver: { default: "silent", about: "the client's driver", oneOf: Object.keys(DRIVERS) },
    device: { default: "tap0", about: "which kind of tunnel", oneOf: ["tap0", "tun0"] },
  },
  expect: { run: "deadlock", explore: "deadlock" },
  bounds: { strategy: "random", maxExecutions: 60 },
  runSteps: STORY_STEPS,

  // Addresses are resolved before: ARP is not what this is about.
  *setup({ world, parameters }) {
    const node = NODES[String(parameters.driver)];
    const device = String(parameters.device);
    const server = startDaemon(world, "server", { device });
    const client = startDaemon(world, "client", { device, ...(node === undefined ? {} : { node }) });
    yield* world.first.kernel.snooze(100_000);
    yield* ping(world.first.team("ping"), ["-q", "-c", "1", "-W", "100", SERVER_ADDRESS]);
    return { server, client };
  },

  *run(context) {
    const { world, kernel, parameters, server, client } = context;
    const device = String(parameters.device);
    const isExplored = kernel.simulation.scheduler.adversarial;
    const shell = world.first.team("shell");
    const pinger = world.first.team("ping");
    const words = isExplored ? ["-c", "1", "-W", "1"] : ["-i", "0.01", "-c", "50", "-W", "100"];
    const pinging = pinger.spawn("ping", () => ping(pinger, ["-q", ...words, SERVER_ADDRESS]));
    if (!isExplored) yield* kernel.snooze(200_000);
    const down = shell.spawn("ifconfig", () => ifconfig(shell, [device, "down"]));
    yield* kernel.waitForThread(pinging);
    // Whoever hangs is not to be kept waiting by others who go on.
    if (parameters.driver !== "ours") return yield* theirEnd(context, client, server);
    yield* kernel.waitForThread(down);
    yield* ourEnd(context, device, client, server, shell);
    context.judge.atEnd(() => {
      if (down.result !== 0) throw new Error(`ifconfig ${device} down gave ${String(down.result)}`);
    });
  },
});

function* theirEnd({ judge }: ScenarioContext, client: Daemon, server: Daemon): Steps<void> {
  judge.allowLeaks();
  yield* stopDaemon(client);
  yield* stopDaemon(server);
}

// It comes up again, works, and goes for good.
function* ourEnd(
  { world, kernel, judge }: ScenarioContext,
  device: string,
  client: Daemon,
  server: Daemon,
  shell: UserTeam,
): Steps<void> {
  const isDown = interfaceState(kernel, device)?.isUp === false;
  const again = newPingStatistics();
  yield* ifconfig(shell, [device, "up"]);
  if (!kernel.simulation.scheduler.adversarial) {
    yield* ping(world.first.team("ping"), ["-q", "-i", "0.01", "-c", "5", SERVER_ADDRESS], again);
  }
  yield* stopDaemon(client);
  yield* stopDaemon(server);
  for (const host of world.hosts) yield* ifconfig(host.team("shell"), ["delete", device]);
  judge.atEnd(() => {
    if (!isDown) throw new Error(`${device} was still up after ifconfig ${device} down`);
    if (again.received !== again.transmitted)
      throw new Error(`${again.received} of ${again.transmitted} pings came back`);
    for (const { kernel: each } of world.hosts) {
      if (interfaceState(each, device) !== null) throw new Error(`${each.name}: ${device} was not deleted`);
      const left = each.heap.live.filter(({ type }) => type.name.startsWith("tun"));
      if (left.length > 0) throw new Error(`${each.name}: ${left.length} blocks of the driver were never freed`);
      if (liveBuffers(each).size > 0) throw new Error(`${each.name}: a packet was never freed`);
    }
  });
}
