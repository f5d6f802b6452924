// Our driver, for which all is good at once: every ping is answered within a tenth of twice the link's latency plus the daemons'
// own work, and the daemons sleep when there is nothing to do; over TAP and TUN, with poll, with select, and with a descriptor that blocks.

import { tunDriver } from "#drivers/tun/tun";
import { scenario } from "#scenario/types";
import { daemonCostMs, LATENCY_US, pingThroughTunnel, STORY_STEPS, tellNumbers, vpnHosts } from "./vpn-world.js";

const MODES = { poll: ["--wait", "poll"], select: ["--wait", "select"], blocking: ["--blocking"] } as const;

export default scenario("vpn-correct", {
  about: "Two hosts and a tunnel with our driver: every ping answered, as fast as the link, and the CPU is idle.",
  ...vpnHosts(tunDriver),
  parameters: {
    pings: { default: 10, about: "how many pings the client sends", least: 2, most: 100_000 },
    interval: { default: "1", about: "seconds between pings" },
    device: { default: "tap0", about: "which kind of tunnel", oneOf: ["tap0", "tun0"] },
    mode: { default: "poll", about: "how the daemons wait", oneOf: Object.keys(MODES) },
  },
  expect: { run: "finished", explore: "finished" },
  bounds: { strategy: "random", maxExecutions: 100 },
  runSteps: STORY_STEPS,
  *run(context) {
    const { pings, interval, device, mode } = context.parameters;
    const end = { device: String(device), words: MODES[mode as keyof typeof MODES] };
    const pingWords = ["-i", String(interval), "-c", String(pings)];
    const numbers = yield* pingThroughTunnel(context, { client: end, server: end, isResolved: true }, pingWords);
    const costMs = daemonCostMs(context);
    const isFast = numbers.averageMs < 1.1 * ((2 * LATENCY_US) / 1_000 + costMs);
    // A ping's own work is done by two daemons; however many pings there are, there is nothing beside it.
    const workShare = costMs / 2 / (Number(interval) * 1_000);
    const isIdle = numbers.cpuShare < Math.max(0.05, 1.2 * workShare);
    tellNumbers(context, numbers, numbers.loss === 0 && isFast && isIdle);
  },
});
