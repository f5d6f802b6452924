// "Anywhere between 2 ms and 9 ms", and "about 99 % CPU usage": the notify corrected, and nothing ever waits. The driver has
// no select hook, so every poll of OpenVPN comes back at once, and so does every read.

import { nonblockingDriver } from "#drivers/tun/history/nonblocking";
import { scenario } from "#scenario/types";
import { OLD_NODE, pingThroughTunnel, SLOW_ROUNDS, STORY_STEPS, tellNumbers, vpnHosts } from "./vpn-world.js";

export default scenario("vpn-nonblocking", {
  about: "Two hosts and a tunnel, nothing waits: pings in a few milliseconds, and a daemon that takes all of a CPU.",
  ...vpnHosts(nonblockingDriver),
  parameters: { pings: { default: 5, about: "how many pings the client sends", least: 1, most: 100 } },
  costs: SLOW_ROUNDS,
  expect: { run: "finished", explore: "finished" },
  bounds: { strategy: "random", maxExecutions: 100 },
  runSteps: STORY_STEPS,
  *run(context) {
    const end = { node: OLD_NODE };
    const pingWords = ["-i", "0.2", "-c", String(context.parameters.pings)];
    const numbers = yield* pingThroughTunnel(context, { client: end, server: end, isResolved: true }, pingWords);
    context.judge.allowLeaks();
    const { averageMs, loss, cpuShare } = numbers;
    tellNumbers(context, numbers, averageMs >= 2 && averageMs < 9 && loss === 0 && cpuShare >= 0.99);
  },
});
