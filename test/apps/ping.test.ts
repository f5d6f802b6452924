// Goal: ping and route print what BSD's ping and Haiku's route print, and count right. Method: a small world.
import { describe, expect, test } from "vitest";
import { newPingStatistics, ping } from "#apps/ping";
import { route } from "#apps/route";
import type { Steps } from "#kernel/operation";
import type { Kernel } from "#kernel/kernel";
import { UserTeam } from "#vfs/user-team";
import { runWorld, twoHosts } from "../world/worlds.js";

class PrintingTeam extends UserTeam {
  readonly printed: string[] = [];

  constructor(kernel: Kernel) {
    super(kernel, "shell");
  }

  override print(text: string): void {
    this.printed.push(text);
  }
}

/** What programs print on the client of a world. */
function printed(link: Parameters<typeof twoHosts>[0], body: (team: PrintingTeam) => Steps<unknown>): string[] {
  let lines: string[] = [];
  runWorld(twoHosts(link), function* ({ kernel }) {
    const team = new PrintingTeam(kernel);
    yield* body(team);
    lines = team.printed;
  });
  return lines;
}

describe("ping", () => {
  test("prints a line for each reply, and what it has counted", () => {
    let code = -1;
    const lines = printed({ latencyUs: 1_000 }, function* (team) {
      code = yield* ping(team, ["-c", "3", "192.168.1.2"]);
    });
    expect(code).toBe(0);
    expect(lines[0]).toBe("PING 192.168.1.2 (192.168.1.2): 56 data bytes");
    expect(lines.slice(1, 4).map((line) => line.replace(/time=\d+\.\d{3}/, "time=T"))).toEqual(
      [0, 1, 2].map((sequence) => `64 bytes from 192.168.1.2: icmp_seq=${sequence} ttl=64 time=T ms`),
    );
    expect(lines.slice(4, 7)).toEqual([
      "",
      "--- 192.168.1.2 ping statistics ---",
      "3 packets transmitted, 3 packets received, 0.0% packet loss",
    ]);
    expect(lines[7]).toMatch(/^round-trip min\/avg\/max\/stddev = 2\.0\d\d\/2\.\d{3}\/4\.0\d\d\/0\.\d{3} ms$/);
  });

  test("counts what is lost, and says so", () => {
    const statistics = newPingStatistics();
    const lines = printed({ loss: 0.3, seed: 8 }, (team) =>
      ping(team, ["-q", "-i", "0.1", "-c", "40", "192.168.1.2"], statistics),
    );
    expect(statistics.received).toBeLessThan(40);
    expect(statistics.received).toBeGreaterThan(10);
    const loss = (((40 - statistics.received) * 100) / 40).toFixed(1);
    expect(lines).toContain(`40 packets transmitted, ${statistics.received} packets received, ${loss}% packet loss`);
  });

  test("of nobody waits, gives up, and ends with 2", () => {
    let code = -1;
    const lines = printed({}, function* (team) {
      code = yield* ping(team, ["-c", "7", "192.168.1.99"]);
    });
    expect(code).toBe(2);
    expect(lines).toContain("ping: sendto: No route to host");
    expect(lines.at(-1)).toBe("7 packets transmitted, 0 packets received, 100.0% packet loss");
  });

  test("sends what is longer than the mtu in fragments", () => {
    const statistics = newPingStatistics();
    printed({}, (team) => ping(team, ["-q", "-s", "4000", "-c", "2", "192.168.1.2"], statistics));
    expect(statistics).toMatchObject({ transmitted: 2, received: 2 });
  });

  test.each([[[]], [["-c", "x", "10.0.0.1"]], [["nowhere"]]])("with wrong arguments %j prints its usage", (args) => {
    const lines = printed({}, (team) => ping(team, args));
    expect(lines).toEqual([expect.stringMatching(/^usage: ping /)]);
  });
});

describe("route", () => {
  test("lists the routes that follow from an address, and what was added", () => {
    const lines = printed({}, function* (team) {
      yield* route(team, ["add", "eth0", "default", "gw", "192.168.1.2"]);
      yield* route(team, ["add", "eth0", "10.0.0.0", "netmask", "255.0.0.0", "gw", "192.168.1.2"]);
      yield* route(team, ["list"]);
    });
    expect(lines).toEqual([
      "    192.168.1.1   \teth0, local",
      "    192.168.1.0/24\teth0",
      "       10.0.0.0/8\tgateway 192.168.1.2     eth0",
      "        0.0.0.0/0\tgateway 192.168.1.2     eth0, default",
    ]);
  });

  test("complains about what cannot be", () => {
    const lines = printed({}, function* (team) {
      yield* route(team, ["add", "eth0", "192.168.1.0", "255.255.255.0"]);
      yield* route(team, ["delete", "eth0", "10.0.0.0", "255.0.0.0"]);
      yield* route(team, ["add", "eth9", "10.0.0.0", "255.0.0.0"]);
      yield* route(team, ["add", "eth0", "default", "gw", "x"]);
    });
    expect(lines).toEqual([
      "route: Could not add route for eth0: File or Directory already exists",
      "route: Could not delete route for eth0: No such file or directory",
      "route: Could not add route for eth9: No such device",
      "route: Option 'gw' needs valid address parameter",
    ]);
  });
});
