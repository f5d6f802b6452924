// Goal: a tunnel behaves as its header says, packet by packet and status by status.
// Method: programs on a booted host, one schedule where order does not matter, every schedule where it does.
import { describe, expect, test } from "vitest";
import { ifconfig } from "#apps/ifconfig";
import {
  B_BAD_DATA,
  B_BAD_VALUE,
  B_FILE_ERROR,
  B_INTERRUPTED,
  B_IO_ERROR,
  B_NAME_TOO_LONG,
  B_NOT_ALLOWED,
  B_OK,
  B_WOULD_BLOCK,
  EMSGSIZE,
  ENOBUFS,
} from "#base/status";
import { TUNGETCOUNTERS, TUNHANGUP, TUNSETIFF, type TunCounters } from "#drivers/tun/ioctl";
import { QUEUE_PACKETS_MOST } from "#drivers/tun/packet-queue";
import type { Steps } from "#kernel/operation";
import { interfacesOf, sendFrame } from "#net/network";
import type { ScenarioContext } from "#scenario/types";
import type { Host } from "#system";
import {
  B_SET_BLOCKING_IO,
  B_SET_NONBLOCKING_IO,
  F_SETFL,
  O_NONBLOCK,
  O_RDWR,
  POLLIN,
  POLLOUT,
  type FileCalls,
} from "#vfs/file-calls";
import { kernelFiles } from "#vfs/kernel-files";
import type { UserTeam } from "#vfs/user-team";
import { onEverySchedule, onHost } from "./on-host.js";

const SIGUSR1 = 18;

const TAP = "/dev/tap/tap0";
const TUN = "/dev/tun/tun0";

/** A program with both ends of a tunnel in its hands. */
interface Ends {
  readonly team: UserTeam;
  readonly app: number;
  readonly end: number;
}

function* openBoth(host: Host, path = TAP, flags = O_RDWR): Steps<Ends> {
  const team = host.team("program");
  const app = yield* team.open(path, flags);
  const end = yield* team.open(path, O_RDWR);
  expect(yield* team.ioctl(end, TUNSETIFF)).toBe(B_OK);
  return { team, app, end };
}

/** The same, with a second program's end. */
function* openThree({ host }: ScenarioContext): Steps<{ ends: Ends; other: number }> {
  const ends = yield* openBoth(host);
  return { ends, other: yield* ends.team.open(TAP, O_RDWR) };
}

function* closeBoth({ team, app, end }: Ends): Steps<void> {
  expect(yield* team.close(app)).toBe(B_OK);
  expect(yield* team.close(end)).toBe(B_OK);
}

/** A packet that both kinds of node take: its first byte says IPv4. */
function packet(mark: number, length = 20): Uint8Array {
  const bytes = new Uint8Array(length);
  bytes[0] = 0x45;
  bytes[length - 1] = mark;
  return bytes;
}

/** What one read gives: the packet, or a status. */
function* readPacket(calls: FileCalls, descriptor: number, length = 2000): Steps<Uint8Array | number> {
  const buffer = new Uint8Array(length);
  const count = yield* calls.read(descriptor, buffer);
  return count < 0 ? count : buffer.slice(0, count);
}

function* countersOf({ team, app }: Ends): Steps<TunCounters> {
  const counters: TunCounters = {};
  expect(yield* team.ioctl(app, TUNGETCOUNTERS, counters)).toBe(B_OK);
  return counters;
}

function* pollOnce(team: UserTeam, fd: number, events = POLLIN | POLLOUT): Steps<number> {
  const descriptor = { fd, events, revents: 0 };
  yield* team.poll([descriptor], 0);
  return descriptor.revents;
}

describe("packets", () => {
  test("one write is one read, both ways and in order", () => {
    onHost(function* ({ host }) {
      const ends = yield* openBoth(host);
      const { team, app, end } = ends;
      yield* team.write(app, packet(1));
      yield* team.write(app, packet(2));
      yield* team.write(end, packet(3));
      expect(yield* readPacket(team, end)).toEqual(packet(1));
      expect(yield* readPacket(team, end)).toEqual(packet(2));
      expect(yield* readPacket(team, app)).toEqual(packet(3));
      yield* closeBoth(ends);
    });
  });

  test("a buffer that is too short cuts the packet, and the next read gives the next one", () => {
    onHost(function* ({ host }) {
      const ends = yield* openBoth(host);
      const { team, app, end } = ends;
      yield* team.write(end, packet(1));
      yield* team.write(end, packet(2));
      expect(yield* readPacket(team, app, 5)).toEqual(packet(1).slice(0, 5));
      expect(yield* readPacket(team, app)).toEqual(packet(2));
      expect((yield* countersOf(ends)).toApp).toEqual({ delivered: 2, truncated: 1, dropped: 0 });
      yield* closeBoth(ends);
    });
  });

  test("a full queue drops the newest, says so, and keeps the oldest", () => {
    onHost(function* ({ host }) {
      const ends = yield* openBoth(host);
      const { team, app, end } = ends;
      for (let mark = 0; mark < QUEUE_PACKETS_MOST; mark++) expect(yield* team.write(app, packet(mark))).toBe(20);
      expect(yield* team.write(app, packet(99))).toBe(ENOBUFS);
      expect((yield* countersOf(ends)).toInterface).toEqual({ delivered: 0, truncated: 0, dropped: 1 });
      expect(yield* readPacket(team, end)).toEqual(packet(0));
      expect(yield* team.write(app, packet(100))).toBe(20);
      yield* closeBoth(ends);
    });
  });

  test("an IP packet has version 4 or 6", () => {
    onHost(function* ({ host }) {
      const ends = yield* openBoth(host, TUN);
      const { team, app } = ends;
      for (const first of [0x45, 0x60]) expect(yield* team.write(app, Uint8Array.of(first))).toBe(1);
      for (const first of [0x00, 0x55, 0xf0]) expect(yield* team.write(app, Uint8Array.of(first))).toBe(B_BAD_DATA);
      yield* closeBoth(ends);
    });
  });

  test("a frame has a whole header", () => {
    onHost(function* ({ host }) {
      const ends = yield* openBoth(host);
      expect(yield* ends.team.write(ends.app, new Uint8Array(13))).toBe(B_BAD_VALUE);
      expect(yield* ends.team.write(ends.app, new Uint8Array(14))).toBe(14);
      yield* closeBoth(ends);
    });
  });

  test("a packet is at most a jumbo frame", () => {
    onHost(function* ({ host }) {
      const ends = yield* openBoth(host);
      expect(yield* ends.team.write(ends.app, new Uint8Array(9014))).toBe(9014);
      expect(yield* ends.team.write(ends.app, new Uint8Array(9015))).toBe(EMSGSIZE);
      yield* closeBoth(ends);
    });
  });

  test("what nobody can receive is refused, and what is unread when the last reader leaves is dropped", () => {
    onHost(function* ({ host }) {
      const ends = yield* openBoth(host);
      const { team, app, end } = ends;
      yield* team.write(app, packet(1));
      yield* team.close(end);
      expect(yield* team.write(app, packet(2))).toBe(B_IO_ERROR);
      expect((yield* countersOf(ends)).toInterface).toEqual({ delivered: 0, truncated: 0, dropped: 2 });

      const next = yield* team.open(TAP, O_RDWR | O_NONBLOCK);
      expect(yield* team.ioctl(next, TUNSETIFF, "tap0")).toBe(B_OK);
      expect(yield* readPacket(team, next)).toBe(B_WOULD_BLOCK);
      yield* closeBoth({ team, app, end: next });
    });
  });
});

describe("waiting", () => {
  test("O_NONBLOCK comes with open, with fcntl and with the ioctl, and can be taken back", () => {
    onHost(function* ({ host, kernel }) {
      const ends = yield* openBoth(host, TAP, O_RDWR | O_NONBLOCK);
      const { team, app, end } = ends;
      expect(yield* readPacket(team, app)).toBe(B_WOULD_BLOCK);
      expect(yield* team.fcntl(end, F_SETFL, O_NONBLOCK)).toBe(B_OK);
      expect(yield* readPacket(team, end)).toBe(B_WOULD_BLOCK);
      expect(yield* team.ioctl(app, B_SET_BLOCKING_IO)).toBe(B_OK);
      const reader = kernel.spawn("reader", () => readPacket(team, app));
      yield* kernel.snooze(1000);
      yield* team.write(end, packet(7));
      yield* kernel.waitForThread(reader);
      expect(reader.result).toEqual(packet(7));
      expect(yield* team.ioctl(app, B_SET_NONBLOCKING_IO)).toBe(B_OK);
      expect(yield* readPacket(team, app)).toBe(B_WOULD_BLOCK);
      yield* closeBoth(ends);
    });
  });

  test("each packet goes to exactly one of several readers", () => {
    onEverySchedule(openThree, function* ({ kernel, ends, other }) {
      const { team, app, end } = ends;
      const readers = [app, other].map((descriptor) => kernel.spawn("reader", () => readPacket(team, descriptor)));
      for (const mark of [1, 2]) yield* team.write(end, packet(mark));
      for (const reader of readers) yield* kernel.waitForThread(reader);
      const marks = readers.map(({ result }) => (result instanceof Uint8Array ? result.at(-1) : result));
      expect(marks.toSorted()).toEqual([1, 2]);
      yield* team.close(other);
      yield* closeBoth(ends);
    });
  });

  test("a packet whose reader's descriptor is closed goes to another reader", () => {
    onEverySchedule(openThree, function* ({ kernel, ends, other }) {
      const { team, app, end } = ends;
      const closed = kernel.spawn("closed reader", () => readPacket(team, app));
      const staying = kernel.spawn("staying reader", () => readPacket(team, other));
      const closer = kernel.spawn("closer", () => team.close(app));
      yield* team.write(end, packet(1));
      for (const thread of [closed, closer]) yield* kernel.waitForThread(thread);
      if (closed.result !== B_FILE_ERROR) yield* team.close(other);
      yield* kernel.waitForThread(staying);
      const results = [closed.result, staying.result];
      expect(results.filter((result) => result instanceof Uint8Array)).toEqual([packet(1)]);
      expect(results).toContain(B_FILE_ERROR);
      yield* team.close(other);
      yield* team.close(end);
    });
  });

  test.each(["app", "end"] as const)("close wakes a reader of the %s's side, at any moment", (side) => {
    onEverySchedule(openThree, function* ({ kernel, ends, other }) {
      const { team } = ends;
      const reader = kernel.spawn("reader", () => readPacket(team, ends[side]));
      yield* closeBoth(ends);
      yield* kernel.waitForThread(reader);
      expect(reader.result).toBe(B_FILE_ERROR);
      yield* team.close(other);
    });
  });

  test("a descriptor that is being closed does not take the interface's side with it", () => {
    onEverySchedule(openThree, function* ({ kernel, ends, other }) {
      const { team, app, end } = ends;
      yield* team.close(end);
      const switching = kernel.spawn("switching", () => team.ioctl(app, TUNSETIFF));
      yield* team.close(app);
      yield* kernel.waitForThread(switching);
      expect([B_OK, B_FILE_ERROR]).toContain(switching.result);
      expect(yield* team.ioctl(other, TUNSETIFF)).toBe(B_OK);
      yield* team.close(other);
    });
  });

  test("nothing is written after hanging up", () => {
    onEverySchedule(openThree, function* ({ kernel, ends, other }) {
      const { team, app, end } = ends;
      yield* team.ioctl(app, B_SET_NONBLOCKING_IO);
      const writer = kernel.spawn("writer", () => team.write(end, packet(1)));
      yield* team.ioctl(end, TUNHANGUP);
      const found = yield* readPacket(team, app);
      yield* kernel.waitForThread(writer);
      expect([writer.result, found]).toBeOneOf([
        [20, packet(1)],
        [B_FILE_ERROR, B_WOULD_BLOCK],
      ]);
      yield* team.close(other);
      yield* closeBoth(ends);
    });
  });

  test("a signal ends a read and loses no packet", () => {
    onHost(function* ({ host, kernel }) {
      const ends = yield* openBoth(host);
      const { team, app, end } = ends;
      const kernelApp = yield* kernelFiles(kernel).open(TAP, O_RDWR);
      const victim = kernel.spawn("victim", () => readPacket(kernelFiles(kernel), kernelApp));
      yield* kernel.snooze(1000);
      yield* kernel.sendSignal(victim, SIGUSR1);
      yield* kernel.waitForThread(victim);
      expect(victim.result).toBe(B_INTERRUPTED);
      yield* kernelFiles(kernel).close(kernelApp);
      yield* team.write(end, packet(1));
      expect(yield* readPacket(team, app)).toEqual(packet(1));
      yield* closeBoth(ends);
    });
  });

  test("a shared descriptor's reader stays until the last holder closes", () => {
    onHost(function* ({ host, kernel }) {
      const { team, app, end } = yield* openBoth(host);
      const copy = yield* team.dup(app);
      const reader = kernel.spawn("reader", () => readPacket(team, app));
      const { thread: child } = team.fork("child", function* (forked: UserTeam) {
        yield* kernel.snooze(20_000);
        yield* forked.close(app);
        yield* forked.close(end);
        return yield* forked.close(copy);
      });
      yield* kernel.snooze(1000);
      yield* team.close(app);
      yield* team.close(copy);
      yield* kernel.snooze(1000);
      expect(reader.result).toBeUndefined();
      yield* kernel.waitForThread(child);
      yield* kernel.waitForThread(reader);
      expect(reader.result).toBe(B_FILE_ERROR);
      yield* team.close(end);
    });
  });

  test("a read whose descriptor changes sides comes back", () => {
    onEverySchedule(
      function* ({ host }) {
        const team = host.team("program");
        return { team, app: yield* team.open(TAP, O_RDWR) };
      },
      function* ({ kernel, team, app }) {
        const reader = kernel.spawn("reader", () => readPacket(team, app));
        const other = kernel.spawn("other reader", () => readPacket(team, app));
        expect(yield* team.ioctl(app, TUNSETIFF)).toBe(B_OK);
        expect(yield* team.ioctl(app, TUNHANGUP)).toBe(B_OK);
        for (const each of [reader, other]) {
          yield* kernel.waitForThread(each);
          expect(each.result).toBe(B_FILE_ERROR);
        }
        yield* team.close(app);
      },
    );
  });

  test("an interface's end that has hung up can come back, and finds no stale packet", () => {
    onHost(function* ({ host }) {
      const ends = yield* openBoth(host);
      const { team, app, end } = ends;
      yield* team.write(app, packet(1));
      expect(yield* team.ioctl(end, TUNHANGUP)).toBe(B_OK);
      expect(yield* team.ioctl(end, TUNHANGUP)).toBe(B_NOT_ALLOWED);
      expect(yield* pollOnce(team, end)).toBe(POLLIN | POLLOUT);
      expect(yield* team.ioctl(end, TUNSETIFF, "tap0")).toBe(B_OK);
      yield* team.write(app, packet(2));
      expect(yield* readPacket(team, end)).toEqual(packet(2));
      yield* closeBoth(ends);
    });
  });
});

describe("poll", () => {
  test("tells what a read or write would find, as long as it would", () => {
    onHost(function* ({ host }) {
      const team = host.team("program");
      const app = yield* team.open(TAP, O_RDWR);
      expect(yield* pollOnce(team, app)).toBe(0);
      const end = yield* team.open(TAP, O_RDWR);
      yield* team.ioctl(end, TUNSETIFF);
      expect(yield* pollOnce(team, app)).toBe(POLLOUT);
      yield* team.write(end, packet(1));
      expect(yield* pollOnce(team, app)).toBe(POLLIN | POLLOUT);
      expect(yield* pollOnce(team, app)).toBe(POLLIN | POLLOUT);
      yield* readPacket(team, app);
      for (let mark = 0; mark < QUEUE_PACKETS_MOST; mark++) yield* team.write(app, packet(mark));
      expect(yield* pollOnce(team, app)).toBe(0);
      yield* readPacket(team, end);
      expect(yield* pollOnce(team, app)).toBe(POLLOUT);
      yield* closeBoth({ team, app, end });
    });
  });

  test("wakes for a packet that comes at any moment", () => {
    onEverySchedule(openThree, function* ({ kernel, ends, other }) {
      const { team, app, end } = ends;
      const descriptor = { fd: app, events: POLLIN, revents: 0 };
      const poller = kernel.spawn("poller", () => team.poll([descriptor]));
      yield* team.write(end, packet(1));
      yield* kernel.waitForThread(poller);
      expect(poller.result).toBe(1);
      expect(descriptor.revents).toBe(POLLIN);
      yield* team.close(other);
      yield* closeBoth(ends);
    });
  });

  test("wakes a writer when the interface comes up, and when there is room again", () => {
    onHost(function* ({ host, kernel }) {
      const team = host.team("program");
      const app = yield* team.open(TAP, O_RDWR);
      const end = yield* team.open(TAP, O_RDWR);
      const waiting = (): Steps<number> => team.poll([{ fd: app, events: POLLOUT, revents: 0 }]);
      const first = kernel.spawn("first poller", waiting);
      yield* kernel.snooze(1000);
      yield* team.ioctl(end, TUNSETIFF);
      yield* kernel.waitForThread(first);
      expect(first.result).toBe(1);
      for (let mark = 0; mark < QUEUE_PACKETS_MOST; mark++) yield* team.write(app, packet(mark));
      const second = kernel.spawn("second poller", waiting);
      yield* kernel.snooze(1000);
      expect(second.result).toBeUndefined();
      yield* readPacket(team, end);
      yield* kernel.waitForThread(second);
      expect(second.result).toBe(1);
      yield* closeBoth({ team, app, end });
    });
  });

  test("wakes when the interface's end hangs up, at any moment", () => {
    onEverySchedule(openThree, function* ({ kernel, ends, other }) {
      const { team, app, end } = ends;
      const descriptor = { fd: end, events: POLLIN, revents: 0 };
      const poller = kernel.spawn("poller", () => team.poll([descriptor]));
      expect(yield* team.ioctl(end, TUNHANGUP)).toBe(B_OK);
      yield* kernel.waitForThread(poller);
      expect(descriptor.revents).toBe(POLLIN);
      yield* team.close(other);
      yield* closeBoth({ team, app, end });
    });
  });

  test("forgets a descriptor that changed sides meanwhile", () => {
    onHost(function* ({ host, kernel }) {
      const team = host.team("program");
      const app = yield* team.open(TAP, O_RDWR);
      const poller = kernel.spawn("poller", () => team.poll([{ fd: app, events: POLLIN, revents: 0 }], 5000));
      yield* kernel.snooze(1000);
      expect(yield* team.ioctl(app, TUNSETIFF)).toBe(B_OK);
      yield* kernel.waitForThread(poller);
      expect(poller.result).toBe(0);
      yield* team.close(app);
    });
  });
});

describe("names", () => {
  test("are 1 to 31 visible characters", () => {
    onHost(function* ({ host }) {
      const team = host.team("program");
      const open = (name: string): Steps<number> => team.open(`/dev/tap/${name}`, O_RDWR);
      for (const name of ["0", "tap0", "x".repeat(31), "a%d"]) {
        const descriptor = yield* open(name);
        expect(descriptor).toBeGreaterThanOrEqual(0);
        yield* team.close(descriptor);
      }
      expect(yield* open("x".repeat(32))).toBe(B_NAME_TOO_LONG);
      for (const name of ["a b", "\u00e9", "\n"]) expect(yield* open(name)).toBe(B_BAD_VALUE);
    });
  });

  test("an interface finds its node by its own name, or by the node's", () => {
    onHost(function* ({ host }) {
      const shell = host.team("shell");
      yield* ifconfig(shell, ["tap/0", "up"]);
      yield* ifconfig(shell, ["tun3", "up"]);
      expect(yield* shell.readDirectory("/dev/tap")).toEqual(["0"]);
      expect(yield* shell.readDirectory("/dev/tun")).toEqual(["tun3"]);
      yield* ifconfig(shell, ["delete", "tap/0"]);
      yield* ifconfig(shell, ["delete", "tun3"]);
      expect(yield* shell.readDirectory("/dev/tap")).toEqual([]);
    });
  });

  test("a node has one interface", () => {
    onHost(function* ({ host }) {
      const shell = host.team("shell");
      yield* ifconfig(shell, ["tap0", "up"]);
      expect(yield* ifconfig(shell, ["tap/tap0", "up"])).toBe(1);
      yield* ifconfig(shell, ["delete", "tap0"]);
    });
  });
});

describe("the interface", () => {
  test("sends no more than its MTU and the link's header", () => {
    onHost(function* ({ host, kernel }) {
      const shell = host.team("shell");
      const app = yield* shell.open(TAP, O_RDWR);
      yield* ifconfig(shell, ["tap0", "up"]);
      yield* ifconfig(shell, ["tap0", "mtu", "600"]);
      expect(yield* sendFrame(kernel, "tap0", new Uint8Array(614))).toBe(B_OK);
      expect(yield* sendFrame(kernel, "tap0", new Uint8Array(615))).toBe(EMSGSIZE);
      yield* ifconfig(shell, ["tap0", "mtu", "9001"]);
      expect(yield* sendFrame(kernel, "tap0", new Uint8Array(614))).toBe(B_OK);
      yield* shell.close(app);
      yield* ifconfig(shell, ["delete", "tap0"]);
    });
  });

  test("comes up again after it went down, and reads no packet of its former life", () => {
    onHost(function* ({ host, kernel }) {
      const shell = host.team("shell");
      const app = yield* shell.open(TAP, O_RDWR);
      for (let life = 0; life < 3; life++) {
        yield* ifconfig(shell, ["tap0", "up"]);
        expect(yield* shell.write(app, packet(life))).toBe(20);
        expect(yield* sendFrame(kernel, "tap0", packet(life))).toBe(B_OK);
        yield* ifconfig(shell, ["tap0", "down"]);
        expect(yield* shell.write(app, packet(life))).toBe(B_IO_ERROR);
        expect(yield* sendFrame(kernel, "tap0", packet(life))).toBe(B_FILE_ERROR);
        expect(yield* readPacket(shell, app)).toEqual(packet(life));
      }
      yield* ifconfig(shell, ["delete", "tap0"]);
      yield* shell.close(app);
    });
  });

  // The reader, woken by a packet, is on its way back into read() when the interface goes down, and the next open in
  // the kernel gets the lowest free number.
  test("never reads through a descriptor that has become another interface's", () => {
    const setup = function* ({ host }: ScenarioContext): Steps<{ shell: UserTeam; app: number; other: number }> {
      const shell = host.team("shell");
      yield* ifconfig(shell, ["tap0", "up"]);
      const app = yield* shell.open(TAP, O_RDWR);
      return { shell, app, other: yield* shell.open("/dev/tap/tap1", O_RDWR) };
    };
    onEverySchedule(setup, function* ({ kernel, shell, app, other }) {
      const files = kernelFiles(kernel);
      const down = kernel.spawn("down", () => interfacesOf(kernel).setFlags("tap0", 0));
      yield* shell.write(app, packet(1));
      const end = yield* files.open("/dev/tap/tap1", O_RDWR);
      expect(yield* files.ioctl(end, TUNSETIFF, "tap1")).toBe(B_OK);
      expect(yield* shell.write(other, packet(2))).toBe(20);
      expect(yield* readPacket(files, end)).toEqual(packet(2));
      yield* kernel.waitForThread(down);
      yield* files.close(end);
    });
  });
});
