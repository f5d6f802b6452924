// Goal: whoever talks to a host through a tunnel need not know that it is no Linux: it is answered with the same bytes.
// Method: what a Linux kernel asked another one (linux-frames.txt says how it was recorded) is written into the
// driver's device, and what comes out is held to what the other one answered. Only a packet's identification,
// which each kernel counts for itself, may differ, and with it the header's checksum, which must be right.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { ifconfig } from "#apps/ifconfig";
import { readUint16, writeUint16 } from "#base/bytes";
import { tunDriver } from "#drivers/tun/tun";
import { execute } from "#explore/execution";
import { firstChooser } from "#kernel/chooser";
import type { Steps } from "#kernel/operation";
import { checksum } from "#net/checksum";
import { compile } from "#scenario/compile";
import { scenario } from "#scenario/types";
import { O_NONBLOCK, O_RDWR, POLLIN } from "#vfs/file-calls";
import type { UserTeam } from "#vfs/user-team";

const ETHERNET = 14;

interface Exchange {
  readonly name: string;
  readonly asked: readonly Uint8Array[];
  readonly answered: readonly Uint8Array[];
}

const recorded: readonly Exchange[] = readFileSync(new URL("linux-frames.txt", import.meta.url), "utf8")
  .split(/^= /m)
  .slice(1)
  .map((text) => {
    const [name = "", ...lines] = text.trimEnd().split("\n");
    const frames = (mark: string): Uint8Array[] =>
      lines.filter((line) => line.startsWith(mark)).map((line) => new Uint8Array(Buffer.from(line.slice(2), "hex")));
    return { name, asked: frames("> "), answered: frames("< ") };
  });

const isArp = ({ asked }: Exchange): boolean => readUint16(asked[0] ?? new Uint8Array(ETHERNET), 12) === 0x0806;
const withoutFrames = ({ name, asked, answered }: Exchange): Exchange => ({
  name,
  asked: asked.map((frame) => frame.subarray(ETHERNET)),
  answered: answered.map((frame) => frame.subarray(ETHERNET)),
});

/** Writes each exchange's questions into the tunnel's device, and reads until nothing more comes. */
function answersOf(device: "tap0" | "tun0", exchanges: readonly Exchange[]): Uint8Array[][] {
  const answers: Uint8Array[][] = [];
  const run = function* (team: UserTeam): Steps<void> {
    const fd = yield* team.open(`/dev/${device.slice(0, 3)}/${device}`, O_RDWR | O_NONBLOCK);
    expect(yield* ifconfig(team, [device, "10.8.0.1", "255.255.255.0", "up"])).toBe(0);
    for (const { asked } of exchanges) {
      for (const bytes of asked) expect(yield* team.write(fd, bytes)).toBe(bytes.length);
      const answered: Uint8Array[] = [];
      const buffer = new Uint8Array(2_000);
      while ((yield* team.poll([{ fd, events: POLLIN, revents: 0 }], 100_000)) > 0) {
        answered.push(buffer.slice(0, yield* team.read(fd, buffer)));
      }
      answers.push(answered);
    }
    yield* ifconfig(team, ["delete", device]);
    yield* team.close(fd);
  };
  const world = scenario("test", { drivers: [tunDriver], run: ({ host }) => run(host.team("program")) });
  const { outcome } = execute(compile(world), firstChooser, { time: "measured" });
  expect(outcome).toMatchObject({ kind: "finished", message: "" });
  return answers;
}

/** The bytes in words, without identification and checksum of the IPv4 header that begins at `ip`, which are checked here. */
function comparable(packets: readonly Uint8Array[], ip: number): string[] {
  const ids = new Set(packets.map((bytes) => readUint16(bytes, ip + 4)));
  expect(ids.size, "fragments of one packet have one identification").toBe(1);
  return packets.map((bytes) => {
    expect(checksum(bytes, ip, ip + 20)).toBe(0);
    const rest = bytes.slice();
    writeUint16(rest, ip + 4, 0);
    writeUint16(rest, ip + 10, 0);
    return Buffer.from(rest).toString("hex");
  });
}

test("a tap interface answers ARP and echo requests as Linux answers them", () => {
  expect(recorded.map(({ asked, answered }) => [asked.length, answered.length])).toEqual([
    [1, 1],
    [1, 1],
    [1, 1],
    [1, 1],
    [1, 1],
    [3, 3],
    [1, 1],
  ]);
  const answers = answersOf("tap0", recorded);
  for (const [place, exchange] of recorded.entries()) {
    const answered = answers[place] ?? [];
    if (isArp(exchange)) expect(answered, exchange.name).toEqual(exchange.answered);
    else expect(comparable(answered, ETHERNET), exchange.name).toEqual(comparable(exchange.answered, ETHERNET));
  }
});

test("a tun interface answers the same packets, without their frames", () => {
  const exchanges = recorded.filter((each) => !isArp(each)).map(withoutFrames);
  const answers = answersOf("tun0", exchanges);
  for (const [place, { name, answered }] of exchanges.entries()) {
    expect(comparable(answers[place] ?? [], 0), name).toEqual(comparable(answered, 0));
  }
});

test("what asks for another address, or was damaged on its way, is not answered", () => {
  const silent = recorded.map(({ name, asked, answered }) => ({
    name,
    // An ARP request's last byte is of the address that it asks for; an echo's is of what its checksum protects.
    asked: asked.map((frame) => frame.with(-1, (frame.at(-1) ?? 0) ^ 0x55)),
    answered,
  }));
  for (const answered of answersOf("tap0", silent)) expect(answered).toEqual([]);
});
