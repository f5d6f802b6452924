// What Linux kernels said on a network, recorded, and what a host of ours says when it is asked the same.

import { readFileSync } from "node:fs";
import { expect } from "vitest";
import { ifconfig } from "#apps/ifconfig";
import { route } from "#apps/route";
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

export const ETHERNET = 14;

export interface Exchange {
  readonly name: string;
  readonly asked: readonly Uint8Array[];
  readonly answered: readonly Uint8Array[];
}

/** A file's exchanges: a line "= NAME" begins one; "> BYTES" asks, "< BYTES" answers. */
export function readExchanges(file: string): readonly Exchange[] {
  return readFileSync(new URL(file, import.meta.url), "utf8")
    .split(/^= /m)
    .slice(1)
    .map((text) => {
      const [name = "", ...lines] = text.trimEnd().split("\n");
      const frames = (mark: string): Uint8Array[] =>
        lines.filter((line) => line.startsWith(mark)).map((line) => new Uint8Array(Buffer.from(line.slice(2), "hex")));
      return { name, asked: frames("> "), answered: frames("< ") };
    });
}

export function isArp(exchange: Exchange): boolean {
  return readUint16(exchange.asked[0] ?? new Uint8Array(ETHERNET), 12) === 0x0806;
}

export function withoutFrames({ name, asked, answered }: Exchange): Exchange {
  return {
    name,
    asked: asked.map((frame) => frame.subarray(ETHERNET)),
    answered: answered.map((frame) => frame.subarray(ETHERNET)),
  };
}

/**
 * Writes each exchange's questions into the tunnel's device, and reads until nothing more comes. The host has 10.8.0.1, and
 * reaches everybody else through 10.8.0.2.
 */
export function answersOf(device: "tap0" | "tun0", exchanges: readonly Exchange[]): Uint8Array[][] {
  const answers: Uint8Array[][] = [];
  const run = function* (team: UserTeam): Steps<void> {
    const fd = yield* team.open(`/dev/${device.slice(0, 3)}/${device}`, O_RDWR | O_NONBLOCK);
    expect(yield* ifconfig(team, [device, "10.8.0.1", "255.255.255.0", "up"])).toBe(0);
    expect(yield* route(team, ["add", device, "default", "gw", "10.8.0.2"])).toBe(0);
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

/**
 * The bytes in words, without identification and checksum of the IPv4 header that begins at `ip`, which are checked here: each kernel
 * counts its packets for itself.
 */
export function comparable(packets: readonly Uint8Array[], ip: number): string[] {
  const ids = new Set(packets.map((bytes) => readUint16(bytes, ip + 4)));
  const begun = packets.filter((bytes) => (readUint16(bytes, ip + 6) & 0x1fff) === 0);
  expect(ids.size, "fragments of one packet have one identification").toBe(begun.length);
  return packets.map((bytes) => {
    expect(checksum(bytes, ip, ip + ((bytes[ip] ?? 0) & 0x0f) * 4)).toBe(0);
    const rest = bytes.slice();
    writeUint16(rest, ip + 4, 0);
    writeUint16(rest, ip + 10, 0);
    return Buffer.from(rest).toString("hex");
  });
}
