// "The server answers no ARP": the driver of the inverted notify on the server. What its daemon writes wakes nobody, and its stack
// never sends anything of its own accord: the first request, the client's ARP, lies in the driver's queue for ever.

import { invertedNotifyDriver } from "#drivers/tun/history/inverted-notify";
import { tunDriver } from "#drivers/tun/tun";
import { interfaceState } from "#net/network";
import { scenario } from "#scenario/types";
import { OLD_NODE, pingThroughTunnel, SLOW_ROUNDS, STORY_STEPS, tellNumbers, vpnHosts } from "./vpn-world.js";

export default scenario("vpn-server-no-arp", {
  about: "Two hosts and a tunnel, the server's notify the wrong way round: it hears no ARP request, and answers none.",
  ...vpnHosts(tunDriver, invertedNotifyDriver),
  parameters: { pings: { default: 2, about: "how many pings the client sends", least: 1, most: 100 } },
  costs: SLOW_ROUNDS,
  expect: { run: "finished", explore: "finished" },
  bounds: { strategy: "random", maxExecutions: 100 },
  runSteps: STORY_STEPS,
  *run(context) {
    const numbers = yield* pingThroughTunnel(context, { server: { node: OLD_NODE } }, [
      "-W",
      "100",
      "-c",
      String(context.parameters.pings),
    ]);
    context.judge.allowLeaks();
    const heard = interfaceState(context.world.host("server").kernel, "tap0")?.statistics.receivePackets;
    tellNumbers(context, numbers, numbers.loss === 1 && heard === 0);
  },
});
