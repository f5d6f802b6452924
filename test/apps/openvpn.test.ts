// Goal: two daemons carry packets between two hosts, over TAP and TUN, and the numbers are what they must be.
// Method: pings through the tunnel over a link of one millisecond each way, with our driver.
import { describe, expect, test } from "vitest";
import { newTunnelCounters, openvpn } from "#apps/openvpn";
import { ReplayWindow } from "#apps/openvpn-packet";
import { newPingStatistics, ping } from "#apps/ping";
import { tunDriver } from "#drivers/tun/tun";
import { startMeasuring, type Use } from "#kernel/cpu-use";
import { runWorld, twoHosts } from "../world/worlds.js";

describe.each([
  ["tap0", ["--wait", "poll"]],
  ["tap0", ["--wait", "select"]],
  ["tap0", ["--blocking"]],
  ["tun0", ["--wait", "poll"]],
  ["tun0", ["--wait", "select"]],
  ["tun0", ["--blocking"]],
])("over %s with %j", (device, words) => {
  test("every ping is answered in little more than twice the latency, with little work", () => {
    const statistics = newPingStatistics();
    const counters = newTunnelCounters();
    let use: Use | null = null;
    runWorld({ ...twoHosts({ latencyUs: 1_000 }), drivers: [tunDriver] }, function* ({ world, kernel }) {
      const daemons = ["server", "client"].map((name) => {
        const team = world.host(name).team("openvpn");
        const address = name === "server" ? "10.8.0.1" : "10.8.0.2";
        const remote = name === "client" ? ["--remote", "192.168.1.2"] : [];
        const args = ["--dev", device, "--ifconfig", address, "255.255.255.0", ...remote, ...words];
        const thread = team.spawn("openvpn", () => openvpn(team, args, name === "client" ? counters : undefined));
        return { team, thread };
      });
      yield* kernel.snooze(500_000);
      const read = startMeasuring(kernel.simulation);
      yield* ping(world.host("client").team("ping"), ["-q", "-c", "10", "10.8.0.1"], statistics);
      use = read();
      for (const { team, thread } of daemons) {
        yield* team.kill(thread);
        yield* kernel.waitForThread(thread);
      }
    });
    expect(statistics).toMatchObject({ transmitted: 10, received: 10 });
    const times = statistics.times.slice(1); // the first one waits for ARP
    const average = times.reduce((sum, time) => sum + time, 0) / times.length;
    expect(average).toBeGreaterThan(2);
    expect(average).toBeLessThan(2.2);
    expect(counters.replayed + counters.refused).toBe(0);
    const teams = (use as Use | null)?.teams.filter(({ team }) => team === "openvpn") ?? [];
    expect(teams).toHaveLength(2);
    for (const { share } of teams) expect(share).toBeLessThan(0.05);
  });
});

test("a packet that comes again is not carried again, and neither is one that is too old to tell", () => {
  const window = new ReplayWindow();
  expect([1, 2, 2, 5, 4, 5].map((number) => window.accepts(number))).toEqual([true, true, false, true, true, false]);
  expect(window.accepts(100)).toBe(true);
  expect([36, 37, 100, 99].map((number) => window.accepts(number))).toEqual([false, true, false, true]);
});
