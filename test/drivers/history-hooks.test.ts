// The habits of the earlier drivers, hook by hook: what each did right and wrong besides the defect of its scenario.
import { describe, expect, test } from "vitest";
import { ifconfig } from "#apps/ifconfig";
import { B_BUSY, B_DEVICE_NOT_FOUND, B_ENTRY_NOT_FOUND, B_OK, B_WOULD_BLOCK, ENOBUFS, ENOTTY } from "#base/status";
import type { Driver } from "#kernel-export";
import { invertedNotifyDriver } from "#drivers/tun/history/inverted-notify";
import { mergedDriver } from "#drivers/tun/history/merged";
import { notifyInCloseDriver } from "#drivers/tun/history/notify-in-close";
import { semaphoresDriver } from "#drivers/tun/history/semaphores";
import { silentCloseDriver } from "#drivers/tun/history/silent-close";
import { snoozeInCloseDriver } from "#drivers/tun/history/snooze-in-close";
import { TUNSETIFF } from "#drivers/tun/history/tun-interface";
import { tunnelDriver } from "#drivers/tun/history/tunnel";
import { execute } from "#explore/execution";
import { explore } from "#explore/explorer";
import { firstChooser } from "#kernel/chooser";
import type { Steps } from "#kernel/operation";
import type { Outcome } from "#kernel/outcome";
import { IFF_LINK } from "#net/device-module";
import { interfacesOf, registerMonitor, sendFrame } from "#net/network";
import { compile } from "#scenario/compile";
import { scenario, type ScenarioContext } from "#scenario/types";
import { F_SETFL, O_NONBLOCK, O_RDWR, POLLIN, POLLOUT, type PollDescriptor } from "#vfs/file-calls";
import type { UserTeam } from "#vfs/user-team";

describe("every driver of 2023", () => {
  const drivers: [name: string, driver: Driver, path: string][] = [
    ["of July", semaphoresDriver, "/dev/tap0"],
    ["of early August", invertedNotifyDriver, "/dev/tap0"],
    ["that closes silently", silentCloseDriver, "/dev/tap0"],
    ["that notifies in close", notifyInCloseDriver, "/dev/tap0"],
    ["that sleeps in close", snoozeInCloseDriver, "/dev/tap0"],
    ["as merged", mergedDriver, "/dev/tap/0"],
  ];

  test.each(drivers)("%s: hands the frames of the stack to the program", (_name, driver, path) => {
    passes(driver, function* ({ host, kernel }) {
      const app = host.team("app");
      yield* ifconfig(host.team("shell"), ["tap0", "up"]);
      const fd = yield* app.open(path, O_RDWR);
      expect(yield* sendFrame(kernel, "tap0", frame(7))).toBe(B_OK);
      const buffer = new Uint8Array(1514);
      expect(yield* app.read(fd, buffer)).toBe(60);
      expect(buffer[59]).toBe(7);
    });
  });

  test.each(drivers)("%s: hands up a buffer as long as the MTU, whatever was read", (_name, driver, path) => {
    passes(driver, function* ({ host, kernel }) {
      const sizes: number[] = [];
      const app = host.team("app");
      yield* ifconfig(host.team("shell"), ["tap0", "up"]);
      yield* registerMonitor(kernel, "tap0", { receive: (buffer) => sizes.push(buffer.size), event: () => {} });
      const fd = yield* app.open(path, O_RDWR);
      if (driver !== invertedNotifyDriver) yield* app.fcntl(fd, F_SETFL, O_NONBLOCK);
      yield* app.write(fd, frame(7));
      yield* kernel.snooze(1000);
      expect(sizes).toEqual([1500]);
    });
  });

  test.each(drivers)("%s: refuses a packet for which 30000 bytes are not enough", (_name, driver, path) => {
    passes(driver, function* ({ host }) {
      yield* ifconfig(host.team("shell"), ["tap0", "up"]);
      const app = host.team("app");
      const fd = yield* app.open(path, O_RDWR);
      const refused = driver === semaphoresDriver ? -1 : B_WOULD_BLOCK;
      expect(yield* app.write(fd, new Uint8Array(30_000))).toBe(refused);
    });
  });
});

describe("the semaphores of July", () => {
  test("let a writer poll for ever while the other side is absent", () => {
    const program = compile(
      scenario("test", {
        drivers: [semaphoresDriver],
        *run({ host }) {
          const app = host.team("app");
          const fd = yield* app.open("/dev/tap0", O_RDWR);
          yield* app.write(fd, frame(7));
        },
      }),
    );
    expect(explore(program).outcome).toBe("livelock");
  });
});

describe("the inverted notify", () => {
  test("reads 0 bytes from an empty queue once non-blocking, and polls as ready", () => {
    passes(invertedNotifyDriver, function* ({ host }) {
      const app = host.team("app");
      const fd = yield* app.open("/dev/tap0", O_RDWR);
      yield* app.fcntl(fd, F_SETFL, O_NONBLOCK);
      expect(yield* app.read(fd, new Uint8Array(100))).toBe(0);
      expect(yield* polled(app, fd, POLLIN | POLLOUT)).toBe(POLLIN | POLLOUT);
    });
  });
});

describe("the driver of 18 August", () => {
  test("blocks a non-blocking reader all the same", () => {
    const outcome = run(silentCloseDriver, function* ({ host }) {
      const app = host.team("app");
      const fd = yield* app.open("/dev/tap0", O_RDWR);
      yield* app.fcntl(fd, F_SETFL, O_NONBLOCK);
      app.spawn("reader", () => app.read(fd, new Uint8Array(100)));
    });
    expect(outcome.message).toBe('"reader" waits for condition variable "gAppWait"');
  });

  test("answers poll by what is in its queues", () => {
    passes(silentCloseDriver, function* ({ host, kernel }) {
      const app = host.team("app");
      yield* ifconfig(host.team("shell"), ["tap0", "up"]);
      const fd = yield* app.open("/dev/tap0", O_RDWR);
      expect(yield* polled(app, fd, POLLIN | POLLOUT)).toBe(POLLOUT);
      yield* sendFrame(kernel, "tap0", frame(7));
      expect(yield* polled(app, fd, POLLIN)).toBe(POLLIN);
    });
  });
});

describe("the driver as merged", () => {
  test("does not know O_NONBLOCK of open, knows it by fcntl, and reads 0 bytes then", () => {
    const blocked = run(mergedDriver, function* ({ host }) {
      const app = host.team("app");
      const fd = yield* app.open("/dev/tap/0", O_RDWR | O_NONBLOCK);
      app.spawn("reader", () => app.read(fd, new Uint8Array(100)));
    });
    expect(blocked.kind).toBe("deadlock");

    passes(mergedDriver, function* ({ host }) {
      const app = host.team("app");
      const fd = yield* app.open("/dev/tap/0", O_RDWR);
      yield* app.fcntl(fd, F_SETFL, O_NONBLOCK);
      expect(yield* app.read(fd, new Uint8Array(100))).toBe(0);
      expect(yield* app.ioctl(fd, 4711)).toBe(ENOTTY);
    });
  });

  test("a blocking program's write wakes nobody", () => {
    const outcome = run(mergedDriver, function* ({ host, kernel }) {
      const receiver = host.team("receiver");
      const app = host.team("app");
      const end = yield* receiver.open("/dev/tap/0", O_RDWR);
      yield* receiver.ioctl(end, TUNSETIFF);
      const fd = yield* app.open("/dev/tap/0", O_RDWR);
      receiver.spawn("receiver", () => receiver.read(end, new Uint8Array(100)));
      yield* kernel.snooze(1000);
      yield* app.write(fd, frame(7));
    });
    expect(outcome).toMatchObject({ kind: "deadlock", message: '"receiver" waits for condition variable "gIntWait"' });
  });

  test("wakes a poll when the interface sends", () => {
    passes(mergedDriver, function* ({ host, kernel }) {
      const app = host.team("app");
      yield* ifconfig(host.team("shell"), ["tap0", "up"]);
      const fd = yield* app.open("/dev/tap/0", O_RDWR);
      const poller = app.spawn("poller", () => polled(app, fd, POLLIN));
      yield* kernel.snooze(1000);
      yield* sendFrame(kernel, "tap0", frame(7));
      yield* kernel.waitForThread(poller);
      expect(poller.result).toBe(POLLIN);
    });
  });

  test("panics on a second TUNSETIFF", () => {
    const outcome = run(mergedDriver, function* ({ host }) {
      const app = host.team("app");
      const fd = yield* app.open("/dev/tap/0", O_RDWR);
      yield* app.ioctl(fd, TUNSETIFF);
      yield* app.ioctl(fd, TUNSETIFF);
    });
    expect(outcome.message).toMatch(/^mutex_destroy\(\): the lock \(0x[0-9a-f]{16}\) is held by 0, not by the caller$/);
  });

  test("goes down and up again, with another descriptor", () => {
    passes(mergedDriver, function* ({ host, kernel }) {
      const shell = host.team("shell");
      for (const word of ["up", "down", "up", "down"]) yield* ifconfig(shell, ["tap/0", word]);
      expect((yield* interfacesOf(kernel).flags("tap/0")) & IFF_LINK).toBe(IFF_LINK);
      expect(yield* interfacesOf(kernel).setMtu("tap/0", 15)).toBeLessThan(0);
      expect(yield* ifconfig(shell, ["delete", "tap/0"])).toBe(0);
    });
  });
});

describe("the tunnel device of today", () => {
  test("publishes its node with the interface, and takes it away with it", () => {
    passes(tunnelDriver, function* ({ host }) {
      const shell = host.team("shell");
      expect(yield* shell.open("/dev/tap/0", O_RDWR)).toBe(B_ENTRY_NOT_FOUND);
      yield* ifconfig(shell, ["tap/0", "up"]);
      const fd = yield* shell.open("/dev/tap/0", O_RDWR);
      expect(fd).toBeGreaterThanOrEqual(0);
      expect(yield* shell.open("/dev/tap/0", O_RDWR)).toBe(B_BUSY);
      yield* shell.close(fd);
      yield* ifconfig(shell, ["delete", "tap/0"]);
      expect(yield* shell.open("/dev/tap/0", O_RDWR)).toBe(B_ENTRY_NOT_FOUND);
    });
  });

  test("reads one packet at a time, and loses what does not fit", () => {
    passes(tunnelDriver, function* ({ host, kernel }) {
      const shell = host.team("shell");
      yield* ifconfig(shell, ["tap/0", "up"]);
      const fd = yield* shell.open("/dev/tap/0", O_RDWR);
      for (const mark of [1, 2, 3]) yield* sendFrame(kernel, "tap/0", frame(mark));
      const buffer = new Uint8Array(1514);
      expect(yield* shell.read(fd, buffer)).toBe(60);
      expect(yield* shell.read(fd, new Uint8Array(20))).toBe(20);
      expect(yield* shell.read(fd, buffer)).toBe(60);
      expect(buffer[59]).toBe(3);
    });
  });

  test("takes packets while the interface is down, until its queue is full", () => {
    passes(tunnelDriver, function* ({ host }) {
      const shell = host.team("shell");
      yield* ifconfig(shell, ["tap/0", "up"]);
      yield* ifconfig(shell, ["tap/0", "down"]);
      const fd = yield* shell.open("/dev/tap/0", O_RDWR);
      for (let packet = 0; packet < 32; packet++) expect(yield* shell.write(fd, new Uint8Array(1514))).toBe(1514);
      expect(yield* shell.write(fd, new Uint8Array(1))).toBe(ENOBUFS);
    });
  });

  test("refuses what is no IP packet on tun, and other names", () => {
    passes(tunnelDriver, function* ({ host, kernel }) {
      const shell = host.team("shell");
      yield* ifconfig(shell, ["tun/0", "up"]);
      const fd = yield* shell.open("/dev/tun/0", O_RDWR);
      expect(yield* shell.write(fd, frame(7))).toBeLessThan(0);
      expect(yield* shell.write(fd, Uint8Array.of(0x45, 0))).toBe(2);
      expect(yield* interfacesOf(kernel).add("tap0")).toBe(B_DEVICE_NOT_FOUND);
    });
  });

  test("lives on when its interface is deleted while it is open, and keeps its name", () => {
    passes(tunnelDriver, function* ({ host, kernel, judge }) {
      judge.allowLeaks(); // the device that stays behind
      const shell = host.team("shell");
      yield* ifconfig(shell, ["tap/0", "up"]);
      const fd = yield* shell.open("/dev/tap/0", O_RDWR);
      yield* ifconfig(shell, ["delete", "tap/0"]);
      yield* shell.close(fd);
      expect(yield* interfacesOf(kernel).add("tap/0")).toBe(B_DEVICE_NOT_FOUND);
    });
  });
});

function run(driver: Driver, body: (context: ScenarioContext) => Steps<void>): Outcome {
  const program = compile(
    scenario("test", { drivers: [driver], era: driver === tunnelDriver ? "head" : "aug23", run: body }),
  );
  return execute(program, firstChooser, { time: "measured" }).outcome;
}

function passes(driver: Driver, body: (context: ScenarioContext) => Steps<void>): void {
  expect(run(driver, body)).toMatchObject({ kind: "finished", message: "" });
}

/** What a poll that does not wait for long says is ready. */
function* polled(team: UserTeam, fd: number, events: number): Steps<number> {
  const descriptor: PollDescriptor = { fd, events, revents: 0 };
  yield* team.poll([descriptor], 1_000_000);
  return descriptor.revents;
}

function frame(mark: number): Uint8Array {
  const bytes = new Uint8Array(60);
  bytes[59] = mark;
  return bytes;
}
