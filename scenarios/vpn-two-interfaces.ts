// Two tunnels between two hosts, and pings through the first of them only. The drivers of 2023 have one queue for each direction,
// whatever an interface is called: both daemons read what either interface sends, and both interfaces what either daemon
// writes. With ours each interface has its own, and the second tunnel hears nothing.

import { timeoutDriver } from "#drivers/tun/history/timeout";
import { tunDriver } from "#drivers/tun/tun";
import { scenario } from "#scenario/types";
import { newPingStatistics, ping } from "#apps/ping";
import { OLD_NODE, SERVER_ADDRESS, startDaemon, stopDaemon, STORY_STEPS, vpnHosts } from "./vpn-world.js";

const DRIVERS = { shared: timeoutDriver, ours: tunDriver } as const;

export default scenario("vpn-two-interfaces", {
  about: "Two tunnels on the old driver's shared queues: each reads the other's packets. Ours keeps them apart.",
  ...vpnHosts(tunDriver),
  hosts: ({ driver }) => {
    const drivers = [DRIVERS[driver as keyof typeof DRIVERS]];
    return { client: { drivers }, server: { drivers } };
  },
  parameters: {
    driver: { default: "shared", about: "the driver of both hosts", oneOf: Object.keys(DRIVERS) },
    pings: { default: 10, about: "how many pings go through the first tunnel", least: 1, most: 1000 },
  },
  expect: { run: "finished", explore: "finished" },
  bounds: { strategy: "random", maxExecutions: 100 },
  runSteps: STORY_STEPS,

  *run({ world, kernel, judge, parameters }) {
    const isOurs = parameters.driver === "ours";
    const isExplored = kernel.simulation.scheduler.adversarial;
    const ends = ["tap0", "tap1"].map((device, number) => ({ device, number, ...(isOurs ? {} : { node: OLD_NODE }) }));
    const daemons = ends.flatMap((end) => [startDaemon(world, "server", end), startDaemon(world, "client", end)]);
    yield* kernel.snooze(200_000);
    const statistics = newPingStatistics();
    const pingWords = ["-i", "0.1", "-c", String(isExplored ? 1 : parameters.pings), "-W", "500"];
    yield* ping(world.first.team("ping"), [...pingWords, SERVER_ADDRESS], statistics);
    for (const each of daemons) yield* stopDaemon(each);
    judge.allowLeaks();

    const strayed = daemons.slice(2).reduce((sum, { counters }) => sum + counters.fromDevice, 0);
    const { transmitted, received } = statistics;
    const words = `${received} of ${transmitted} pings answered, ${strayed} packets in the second tunnel`;
    kernel.dprintf(words);
    judge.figure("strayed", strayed);
    judge.figure("lossPercent", ((transmitted - received) / transmitted) * 100);
    judge.atEnd(() => {
      if (isOurs && strayed > 0) throw new Error(`packets of tap0 came out of tap1: ${words}`);
      // How many stray depends on who reads first; while exploring it may be nobody.
      if (!isExplored && isOurs !== (strayed === 0 && received === transmitted)) {
        throw new Error(`not what the story tells: ${words}`);
      }
    });
  },
});
