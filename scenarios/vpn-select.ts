// "The average latency is above 2000ms and when using ping it drops more than 60% of packets": the driver with the first select
// hook. What an interface writes notifies nobody, so a daemon hears of it when its poll ends for another reason, here its
// sign of life every three seconds; what has queued up by then is read in one piece, of which the other end keeps the
// first packet. How late and how many follows from that interval (--ping of OpenVPN): with 1 s it is 1.8 s and 5 %, with
// 2 s 4.0 s and 55 %, with 3 s 5.8 s and 70 %.

import { selectDriver } from "#drivers/tun/history/select";
import { scenario } from "#scenario/types";
import { OLD_NODE, pingThroughTunnel, STORY_STEPS, tellNumbers, vpnHosts } from "./vpn-world.js";

export default scenario("vpn-select", {
  about: "Two hosts and a tunnel, the first select hook: what the interface sends is noticed late, and mostly lost.",
  ...vpnHosts(selectDriver),
  parameters: {
    pings: { default: 40, about: "how many pings the client sends", least: 1, most: 1000 },
    ping: { default: 3, about: "seconds between the daemons' signs of life", least: 1, most: 60 },
  },
  expect: { run: "finished", explore: "finished" },
  bounds: { strategy: "random", maxExecutions: 100 },
  runSteps: STORY_STEPS,
  *run(context) {
    const end = { node: OLD_NODE, words: ["--ping", String(context.parameters.ping)] };
    const pingWords = ["-c", String(context.parameters.pings)];
    const numbers = yield* pingThroughTunnel(context, { client: end, server: end }, pingWords);
    context.judge.allowLeaks();
    // Signs of life every second hide most of it: these numbers are shown, and nothing was told of them.
    const isAsTold = numbers.averageMs > 2_000 || numbers.loss > 0.6;
    tellNumbers(context, numbers, isAsTold || Number(context.parameters.ping) < 2);
  },
});
