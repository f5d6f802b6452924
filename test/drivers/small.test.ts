// Goal: null, zero, full and random do what their names say. Method: syscalls on each.
import { describe, expect, test } from "vitest";
import { B_DEVICE_FULL, B_OK, ENOTTY, type Driver, type Steps } from "#kernel-export";
import { fullDriver } from "#drivers/full";
import { nullDriver } from "#drivers/null";
import { randomDriver, randomDriverWithSeed } from "#drivers/random";
import { zeroDriver } from "#drivers/zero";
import { F_SETFL, O_NONBLOCK, O_RDWR } from "#vfs/file-calls";
import type { UserTeam } from "#vfs/user-team";
import { everyEnd, run } from "../vfs/host.js";

const all = [nullDriver, zeroDriver, fullDriver, randomDriver];

function on<T>(path: string, body: (team: UserTeam, fd: number) => Steps<T>, drivers: readonly Driver[] = all): T {
  return run(drivers, function* ({ host }) {
    const team = host.team("app");
    const fd = yield* team.open(path, O_RDWR);
    const result = yield* body(team, fd);
    yield* team.close(fd);
    return result;
  });
}

describe("/dev/null", () => {
  test("takes everything and gives nothing", () => {
    on("/dev/null", function* (team, fd) {
      const buffer = Uint8Array.of(1, 2);
      expect(yield* team.write(fd, buffer)).toBe(2);
      expect(yield* team.read(fd, buffer)).toBe(0);
      expect([...buffer]).toEqual([1, 2]);
    });
  });
});

describe("/dev/zero", () => {
  test("fills what is read with zeros, and takes everything", () => {
    on("/dev/zero", function* (team, fd) {
      const buffer = Uint8Array.of(1, 2, 3);
      expect(yield* team.read(fd, buffer)).toBe(3);
      expect([...buffer]).toEqual([0, 0, 0]);
      expect(yield* team.write(fd, buffer)).toBe(3);
    });
  });
});

describe("/dev/full", () => {
  test("reads as zeros and has no room", () => {
    on("/dev/full", function* (team, fd) {
      const buffer = Uint8Array.of(1);
      expect(yield* team.write(fd, buffer)).toBe(B_DEVICE_FULL);
      expect(yield* team.write(fd, new Uint8Array(0))).toBe(0);
      expect(yield* team.read(fd, buffer)).toBe(1);
      expect(buffer[0]).toBe(0);
    });
  });
});

describe("/dev/random", () => {
  function* twice(team: UserTeam, fd: number): Steps<string[]> {
    const read = function* (): Steps<string> {
      const buffer = new Uint8Array(16);
      expect(yield* team.read(fd, buffer)).toBe(16);
      return buffer.join();
    };
    return [yield* read(), yield* read()];
  }

  test("gives other bytes each time, the same in every run, others for another seed", () => {
    const [first, second] = on("/dev/random", twice);
    expect(first).not.toBe(second);
    expect(on("/dev/random", twice)).toEqual([first, second]);
    expect(on("/dev/random", twice, [randomDriverWithSeed(2)])).not.toEqual([first, second]);
  });

  test("uses all byte values about equally often", () => {
    const counts = on("/dev/random", function* (team, fd) {
      const buffer = new Uint8Array(25_600);
      yield* team.read(fd, buffer);
      const counted = Array.from({ length: 256 }, () => 0);
      for (const byte of buffer) counted[byte] = (counted[byte] ?? 0) + 1;
      return counted;
    });
    expect(Math.min(...counts)).toBeGreaterThan(50);
    expect(Math.max(...counts)).toBeLessThan(160);
  });

  test("is stirred by what is written", () => {
    const stirred = on("/dev/random", function* (team, fd) {
      expect(yield* team.write(fd, Uint8Array.of(7, 8))).toBe(2);
      return yield* twice(team, fd);
    });
    expect(stirred).not.toEqual(on("/dev/random", twice));
  });

  test("who reads first gets the first bytes: both orders, and no others", () => {
    const { result, ends } = everyEnd(
      () => [randomDriver],
      function* ({ host, kernel }) {
        const team = host.team("app");
        const fd = yield* team.open("/dev/random", O_RDWR);
        const buffers = [new Uint8Array(4), new Uint8Array(4)];
        const threads = buffers.map((buffer, place) => kernel.spawn(`t${place}`, () => team.read(fd, buffer)));
        for (const thread of threads) yield* kernel.waitForThread(thread);
        return buffers.map((buffer) => buffer.join("-")).join(" ");
      },
    );
    expect(result.exhausted).toBe(true);
    expect(ends).toHaveLength(2);
    expect(ends[0]?.split(" ").toReversed()).toEqual(ends[1]?.split(" "));
  });
});

describe("each of them", () => {
  test.each(["/dev/null", "/dev/zero", "/dev/full", "/dev/random"])(
    "%s may be non-blocking, and knows no other ioctl",
    (path) => {
      on(path, function* (team, fd) {
        expect(yield* team.fcntl(fd, F_SETFL, O_NONBLOCK)).toBe(B_OK);
        expect(yield* team.fcntl(fd, F_SETFL, 0)).toBe(B_OK);
        expect(yield* team.ioctl(fd, 10_145)).toBe(ENOTTY);
      });
    },
  );
});
