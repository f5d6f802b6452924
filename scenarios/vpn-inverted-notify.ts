// "1000 ms average": OpenVPN on two hosts, the client with the driver of the inverted notify, the server with one that works (in
// the story another system). What the client's daemon writes wakes nobody; the interface's reader takes it when the
// interface writes the next time, which is the next ping, a second later. Nobody fetches the last answer, and the first two come
// in one piece with an answer of ARP, of which only the beginning is kept.

import { invertedNotifyDriver } from "#drivers/tun/history/inverted-notify";
import { tunDriver } from "#drivers/tun/tun";
import { scenario } from "#scenario/types";
import { OLD_NODE, pingThroughTunnel, SLOW_ROUNDS, STORY_STEPS, tellNumbers, vpnHosts } from "./vpn-world.js";

export default scenario("vpn-inverted-notify", {
  about: "Two hosts and a tunnel, the client's notify the wrong way round: pings are answered a second late.",
  ...vpnHosts(invertedNotifyDriver, tunDriver),
  parameters: { pings: { default: 10, about: "how many pings the client sends", least: 5, most: 100 } },
  costs: SLOW_ROUNDS,
  expect: { run: "finished", explore: "finished" },
  bounds: { strategy: "random", maxExecutions: 100 },
  runSteps: STORY_STEPS,
  *run(context) {
    const numbers = yield* pingThroughTunnel(context, { client: { node: OLD_NODE } }, [
      "-c",
      String(context.parameters.pings),
    ]);
    context.judge.allowLeaks(); // what is left in the driver's queues stays there
    tellNumbers(context, numbers, numbers.averageMs > 900);
  },
});
