// How the summer ended: no select, and a read that waits for a packet from the interface, but not for long. It works; a packet on
// the socket waits until the read's time is up.

import { timeoutDriver } from "#drivers/tun/history/timeout";
import { scenario } from "#scenario/types";
import { OLD_NODE, pingThroughTunnel, STORY_STEPS, tellNumbers, vpnHosts } from "./vpn-world.js";

export default scenario("vpn-timeout", {
  about: "Two hosts and a tunnel, reads that wait for ten milliseconds: it works, as fast as the timeout lets it.",
  ...vpnHosts(timeoutDriver),
  parameters: { pings: { default: 10, about: "how many pings the client sends", least: 1, most: 100 } },
  expect: { run: "finished", explore: "finished" },
  bounds: { strategy: "random", maxExecutions: 100 },
  runSteps: STORY_STEPS,
  *run(context) {
    const end = { node: OLD_NODE };
    const numbers = yield* pingThroughTunnel(context, { client: end, server: end }, [
      "-c",
      String(context.parameters.pings),
    ]);
    context.judge.allowLeaks();
    const { averageMs, loss, cpuShare } = numbers;
    tellNumbers(context, numbers, averageMs > 4 && averageMs < 50 && loss === 0 && cpuShare < 0.1);
  },
});
