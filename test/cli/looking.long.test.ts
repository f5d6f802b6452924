// Goal: what crossed the interfaces can be looked at with the tools that everybody has, and where the time went is shown.
// Method: the command's own files and words. tshark is asked when it is installed; nothing is downloaded.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { Result } from "#cli/result";
import { lockstep } from "./capture.js";

const folder = mkdtempSync(join(tmpdir(), "lockstep-looking-"));
afterAll(() => rmSync(folder, { recursive: true }));

const hasTshark = spawnSync("tshark", ["--version"]).status === 0;
const leftOut = hasTshark ? "" : " (left out: tshark is not installed)";

/** Captures a run of a scenario; gives the file and how many packets the command says are in it. */
async function capture(name: string, ...words: string[]): Promise<{ file: string; packets: number }> {
  const file = join(folder, `${name}${words.join("-")}.pcapng`);
  const { out } = await lockstep(["run", name, ...words, "--capture", file, "--judges", "none", "--json"]);
  const { captured = 0 } = JSON.parse(out) as Result;
  return { file, packets: captured };
}

/** What tshark prints of these fields, packet by packet, all checksums looked at. */
function tshark(file: string, fields: readonly string[], filter = ""): string[][] {
  const checks = ["ip.check_checksum:TRUE", "udp.check_checksum:TRUE"];
  const words = ["-n", "-r", file, ...checks.flatMap((each) => ["-o", each]), "-T", "fields"];
  if (filter !== "") words.push("-Y", filter);
  const ran = spawnSync("tshark", [...words, ...fields.flatMap((field) => ["-e", field])], { encoding: "utf8" });
  expect(ran.status, ran.stderr).toBe(0);
  return ran.stdout
    .split("\n")
    .slice(0, -1)
    .map((line) => line.split("\t"));
}

/** Whether tshark notes an error (malformed is one), or a wrong checksum, in the values of LOOKED_AT. */
const LOOKED_AT = ["_ws.expert.severity", "ip.checksum.status", "udp.checksum.status", "icmp.checksum.status"];
const ERROR = 0x80_0000;
const BAD = "0";

function isWrong([severity = "", ...checksums]: readonly string[]): boolean {
  const isError = severity.split(",").some((each) => Number(each) >= ERROR);
  return isError || checksums.some((status) => status.split(",").includes(BAD));
}

describe.skipIf(!hasTshark)(`captures in tshark${leftOut}`, () => {
  test.each<[string, ...string[]]>([
    ["vpn-correct", "--param", "pings=2"],
    ["vpn-correct", "--param", "device=tun0"],
    ["vpn-select", "--param", "pings=6"],
    ["vpn-two-interfaces", "--param", "pings=4"],
    ["vpn-close", "--param", "driver=ours"],
    ["vpn-soak", "--param", "seconds=1"],
  ])("%s %s %s: no packet is malformed, and all checksums are right", async (name, ...words) => {
    const { file, packets } = await capture(name, ...words);
    expect(packets).toBeGreaterThan(25);
    const looked = tshark(file, LOOKED_AT);
    expect(looked).toHaveLength(packets);
    expect(looked.filter(isWrong)).toEqual([]);
    // That a checksum was looked at at all: 1 is good.
    if (name !== "vpn-soak") expect(looked.some(([, ip]) => ip === "1")).toBe(true);
  });

  test("a ping can be followed from interface to interface, in virtual time", async () => {
    const { file } = await capture("vpn-correct", "--param", "pings=2");
    const fields = ["frame.time_epoch", "frame.interface_name", "frame.packet_flags_direction", "icmp.type"];
    const echo = tshark(file, fields, "icmp").slice(0, 4);
    expect(echo.map(([, name, direction, type]) => [name, Number(direction) === 1 ? "in" : "out", type])).toEqual([
      ["client/tap0", "out", "8"],
      ["server/tap0", "in", "8"],
      ["server/tap0", "out", "0"],
      ["client/tap0", "in", "0"],
    ]);
    const times = echo.map(([time]) => Number(time));
    expect(times).toEqual([...times].sort((a, b) => a - b));
    // There and back over a link of a millisecond each way.
    expect((times[3] ?? 0) - (times[0] ?? 0)).toBeGreaterThan(0.002);
    expect((times[3] ?? 0) - (times[0] ?? 0)).toBeLessThan(0.005);
  });

  test("what was not sent says why", async () => {
    const { file } = await capture("vpn-soak", "--param", "seconds=1");
    const comments = new Set(tshark(file, ["frame.comment"]).map(([comment]) => comment));
    expect([...comments].sort()).toEqual(["", "not sent: ENOBUFS"]);
  });
});

test("the same run gives the same file, and one that replaces another is whole", async () => {
  const first = await capture("vpn-correct", "--param", "pings=2");
  const size = statSync(first.file).size;
  const second = await capture("vpn-correct", "--param", "pings=2");
  expect(second).toEqual(first);
  expect(statSync(second.file).size).toBe(size);
});

test("without --json the command says how many packets it has written", async () => {
  const { code, out } = await lockstep([
    "run",
    "vpn-correct",
    "--param",
    "pings=2",
    "--capture",
    join(folder, "told.pcapng"),
  ]);
  expect(code).toBe(0);
  expect(out).toMatch(/^ {2}\d+ packets captured$/m);
});

test.each([
  [["vpn-correct", "vpn-select", "--capture", "x"], "--capture writes the packets of one scenario; 2 are to be run"],
  [["null-and-friends", "--capture", join(folder, "no", "folder", "x")], "--capture: x cannot be written: ENOENT"],
])("%j is refused", async (words, message) => {
  const { code, error } = await lockstep(["run", ...words]);
  expect(code).toBe(2);
  expect(error).toContain(message);
});

describe("--stats", () => {
  test("shows who used the CPUs, how long woken threads waited, and round trips, as bars", async () => {
    const { out } = await lockstep(["run", "vpn-nonblocking", "--param", "pings=2", "--stats"]);
    expect(out).toMatch(/^ {2}client: CPU 0 +99\.\d\d % +#{40}$/m);
    expect(out).toMatch(/^ {2}client: team openvpn +99\.\d\d % +#{40}$/m);
    expect(out).toMatch(/^ {2}thread +CPU +woken +median +99 % +most$/m);
    expect(out).toMatch(/^client: ping, in microseconds\n {2}2 in all, \d+ on average$/m);
  });

  test("as JSON has the same, in microseconds and parts of a CPU", async () => {
    const { out } = await lockstep([
      "run",
      "vpn-correct",
      "--param",
      "pings=2",
      "--judges",
      "none",
      "--stats",
      "--json",
    ]);
    const { stats } = JSON.parse(out) as Result;
    expect(stats?.cpus).toHaveLength(2);
    expect(stats?.teams.find(({ host, team }) => host === "client" && team === "openvpn")?.share).toBeLessThan(0.05);
    expect(
      stats?.threads.find(({ host, thread }) => host === "server" && thread === "tap0 reader")?.wakeUps.count,
    ).toBe(5);
    const ping = stats?.times.find(({ host, name }) => host === "client" && name === "ping")?.times;
    expect(ping?.count).toBe(2); // the one that resolves addresses has no time
    expect(ping?.medianUs).toBeGreaterThan(2_000);
    expect(ping?.classes.reduce((sum, { count }) => sum + count, 0)).toBe(2);
  });
});
