// Goal: a device interface goes up and down in Haiku's order, and its threads treat packets and errors as
// Haiku's do. Method: a fake device below, requests above, what was called and counted in between.
import { describe, expect, test } from "vitest";
import { B_DEVICE_NOT_FOUND, B_ERROR, B_IO_ERROR, B_OK, ENOBUFS } from "#base/status";
import { explore } from "#explore/explorer";
import type { Kernel } from "#kernel/kernel";
import type { Steps } from "#kernel/operation";
import type { Simulation } from "#kernel/simulation";
import type { FrameHandler } from "#net/device-interface";
import { B_DEVICE_BEING_REMOVED, B_DEVICE_GOING_DOWN, ETHER_TYPE_ARP, ETHER_TYPE_IP, IFF_UP } from "#net/device-module";
import { liveBuffers } from "#net/net-buffer";
import { interfacesOf, interfaceState, registerHandler, registerMonitor, sendFrame } from "#net/network";
import { FakeHost, frame, hex, run, type Behaviour } from "./fake-device.js";

/** Runs `body` as the only program of a host, in measured time, and gives the host. */
function host(
  body: (host: FakeHost) => Steps<void>,
  behaviour: Behaviour = "correct",
  era: "aug23" | "head" = "head",
): FakeHost {
  let made: FakeHost | undefined;
  const { outcome } = run((simulation) => {
    const created = new FakeHost(simulation, behaviour, { era });
    made = created;
    created.kernel.spawn("program", () => body(created));
  });
  expect(outcome).toMatchObject({ kind: "finished", message: "" });
  return made as FakeHost;
}

function* up(kernel: Kernel, name = "tap0"): Steps<number> {
  const interfaces = interfacesOf(kernel);
  yield* interfaces.add(name);
  return yield* interfaces.setFlags(name, (yield* interfaces.flags(name)) | IFF_UP);
}

function* down(kernel: Kernel, name = "tap0"): Steps<number> {
  const interfaces = interfacesOf(kernel);
  return yield* interfaces.setFlags(name, (yield* interfaces.flags(name)) & ~IFF_UP);
}

/** A handler that takes what it is given, and the payloads it was given. */
function taker(): { handler: FrameHandler; taken: string[] } {
  const taken: string[] = [];
  return {
    taken,
    *handler(buffer) {
      taken.push(hex(buffer.bytes));
      buffer.free();
      return B_OK;
    },
  };
}

describe("a device interface", () => {
  test("starts its consumer (priority 15) when it is made and its reader (priority 90) when it goes up; both are daemons", () => {
    const { kernel } = host(function* ({ kernel }) {
      yield* up(kernel);
    });
    const threads = kernel.simulation.threads
      .slice(1)
      .map(({ name, priority, daemon }) => ({ name, priority, daemon }));
    expect(threads).toEqual([
      { name: "tap0 consumer", priority: 15, daemon: true },
      { name: "tap0 reader", priority: 90, daemon: true },
    ]);
  });

  test("goes up once for two ups of the interface, and down once", () => {
    const { kernel, calls } = host(function* ({ kernel }) {
      yield* up(kernel);
      yield* up(kernel);
      yield* down(kernel);
      yield* down(kernel);
    });
    expect(calls).toEqual(["up", "down"]);
    expect(interfaceState(kernel, "tap0")).toMatchObject({ isUp: false, upCount: 0, readerIsAlive: false });
  });

  test("stays down, without a reader, when the device refuses to go up", () => {
    let status = 0;
    const { kernel } = host(function* ({ kernel }) {
      status = yield* up(kernel);
    }, "refuses to go up");
    expect(status).toBe(B_IO_ERROR);
    expect(interfaceState(kernel, "tap0")).toMatchObject({ isUp: false, upCount: 0, readerIsAlive: false });
  });

  test("goes with its last reference: device down, then uninit, whose result nobody looks at", () => {
    const { calls, devices, kernel } = host(function* ({ kernel }) {
      yield* up(kernel);
      yield* interfacesOf(kernel).remove("tap0");
      yield* up(kernel);
    });
    expect(calls).toEqual(["up", "down", "uninit", "up"]);
    expect(devices.length).toBe(2);
    expect(kernel.simulation.threads.filter(({ name }) => name === "tap0 consumer").map(({ state }) => state)).toEqual([
      4, 2,
    ]);
  });

  test("tells its monitors of every packet and of going down", () => {
    const events: (number | string)[] = [];
    host(function* (it) {
      yield* up(it.kernel);
      const monitor = {
        receive: (buffer: { bytes: Uint8Array }): void => void events.push(hex(buffer.bytes)),
        event: (event: number): void => void events.push(event),
      };
      yield* registerMonitor(it.kernel, "tap0", monitor);
      yield* it.device.arrive(frame(ETHER_TYPE_IP, 1));
      yield* it.kernel.snooze(100);
      yield* sendFrame(it.kernel, "tap0", Uint8Array.of(2));
      yield* down(it.kernel);
    });
    expect(events).toEqual([hex(Uint8Array.from(frame(ETHER_TYPE_IP, 1))), "02", B_DEVICE_GOING_DOWN]);
  });

  test("whose device is gone is removed by its own reader, which does not wait for itself", () => {
    const events: number[] = [];
    let exists = true;
    const { calls, kernel } = host(function* ({ kernel }) {
      yield* interfacesOf(kernel).add("tap0");
      yield* registerMonitor(kernel, "tap0", { receive: () => {}, event: (event) => void events.push(event) });
      yield* up(kernel);
      yield* kernel.snooze(1000);
      exists = yield* interfacesOf(kernel).exists("tap0");
    }, "is gone");
    expect(exists).toBe(false);
    expect(calls).toEqual(["up", "down", "uninit"]);
    expect(events).toEqual([B_DEVICE_GOING_DOWN, B_DEVICE_BEING_REMOVED]);
    expect(kernel.simulation.threads.find(({ name }) => name === "tap0 reader")?.result).toBe(B_DEVICE_NOT_FOUND);
  });
});

describe("the reader", () => {
  test("sleeps 10 ms after each error, and counts it only in today's kernel", () => {
    for (const era of ["aug23", "head"] as const) {
      const it = host(
        function* ({ kernel }) {
          yield* up(kernel);
          yield* kernel.snooze(35_000);
          yield* down(kernel);
        },
        "always fails",
        era,
      );
      expect(interfaceState(it.kernel, "tap0")?.statistics.receiveErrors).toBe(era === "head" ? 4 : 0);
      expect(it.kernel.simulation.now()).toBeGreaterThanOrEqual(40_000);
    }
  });

  test("takes the Ethernet header off, counts the rest, and drops what is shorter than a header", () => {
    const { kernel } = host(function* (it) {
      yield* up(it.kernel);
      yield* it.device.arrive(frame(ETHER_TYPE_IP, 1, 2, 3));
      yield* it.device.arrive([1, 2, 3]);
      yield* it.kernel.snooze(100);
    });
    expect(interfaceState(kernel, "tap0")?.statistics).toMatchObject({
      receivePackets: 1,
      receiveBytes: 3,
      receiveDropped: 1,
    });
    expect(liveBuffers(kernel).size).toBe(0);
  });
});

describe("the consumer", () => {
  test("gives each frame to the handler of its type, and frees what nobody handles", () => {
    const ip = taker();
    const { kernel } = host(function* (it) {
      yield* up(it.kernel);
      yield* registerHandler(it.kernel, "tap0", ETHER_TYPE_IP, ip.handler);
      yield* it.device.arrive(frame(ETHER_TYPE_IP, 0x45));
      yield* it.device.arrive(frame(ETHER_TYPE_ARP, 0x99));
      yield* it.kernel.snooze(100);
    });
    expect(ip.taken).toEqual(["45"]);
    expect(liveBuffers(kernel).size).toBe(0);
  });

  test("takes a tunnel's packets for the IP of the version that their first half byte says", () => {
    const ip = taker();
    host(function* (it) {
      yield* up(it.kernel, "tun0");
      yield* registerHandler(it.kernel, "tun0", ETHER_TYPE_IP, ip.handler);
      yield* it.device.arrive([0x45, 1]);
      yield* it.device.arrive([0x60, 2]);
      yield* it.kernel.snooze(100);
    });
    expect(ip.taken).toEqual(["4501"]);
  });

  test("frees what its handler refuses; a second handler of a type is refused with B_ERROR", () => {
    const statuses: number[] = [];
    const { kernel } = host(function* (it) {
      yield* up(it.kernel);
      const refuse: FrameHandler = function* () {
        return B_ERROR;
      };
      for (const name of ["tap0", "tap0", "tap1"]) {
        statuses.push(yield* registerHandler(it.kernel, name, ETHER_TYPE_IP, refuse));
      }
      yield* it.device.arrive(frame(ETHER_TYPE_IP, 1));
      yield* it.kernel.snooze(100);
    });
    expect(statuses).toEqual([B_OK, B_ERROR, B_DEVICE_NOT_FOUND]);
    expect(liveBuffers(kernel).size).toBe(0);
  });
});

describe("sending a frame", () => {
  test("hands it to the device as it is and counts it", () => {
    const { device, kernel } = host(function* ({ kernel }) {
      yield* up(kernel);
      yield* sendFrame(kernel, "tap0", Uint8Array.of(1, 2, 3));
    });
    expect(device.sent.value).toEqual(["010203"]);
    expect(interfaceState(kernel, "tap0")?.statistics).toMatchObject({ sendPackets: 1, sendBytes: 3, sendErrors: 0 });
  });

  test("says what the device says, counts an error and frees the frame", () => {
    const statuses: number[] = [];
    const { kernel } = host(function* ({ kernel }) {
      yield* up(kernel);
      for (const name of ["tap0", "tap9"]) statuses.push(yield* sendFrame(kernel, name, Uint8Array.of(1)));
    }, "is full");
    expect(statuses).toEqual([ENOBUFS, B_DEVICE_NOT_FOUND]);
    expect(interfaceState(kernel, "tap0")?.statistics).toMatchObject({ sendPackets: 0, sendErrors: 1 });
    expect(liveBuffers(kernel).size).toBe(0);
  });
});

describe("on every schedule", () => {
  test("an interface that goes down under traffic leaves no reader and no buffer behind", () => {
    const result = explore((simulation) => {
      const it = new FakeHost(simulation);
      const { kernel } = it;
      it.setUp(() => up(kernel));
      kernel.spawn("ifconfig", () => down(kernel));
      kernel.spawn("outside", () => it.device.arrive(frame(ETHER_TYPE_IP, 1)));
      kernel.spawn("sender", () => sendFrame(kernel, "tap0", Uint8Array.of(1)));
      return () => {
        expect(interfaceState(kernel, "tap0")).toMatchObject({ isUp: false, upCount: 0, readerIsAlive: false });
        const inDevice = it.device.received.value.length;
        expect(liveBuffers(kernel).size).toBe(inDevice);
      };
    });
    expect(result).toMatchObject({ outcome: "finished", exhausted: true });
  });

  test("an interface comes and goes, its threads with it", () => {
    const result = explore((simulation) => {
      const { kernel, calls } = new FakeHost(simulation);
      kernel.spawn("program", function* () {
        yield* up(kernel);
        yield* interfacesOf(kernel).remove("tap0");
      });
      return () => {
        expect(calls).toEqual(["up", "down", "uninit"]);
      };
    });
    expect(result).toMatchObject({ outcome: "finished", exhausted: true });
  });

  test("a device that does not wake its reader keeps whoever takes the interface down for ever", () => {
    const result = explore((simulation) => {
      const it = new FakeHost(simulation, "never wakes its reader");
      it.setUp(() => up(it.kernel));
      it.kernel.spawn("ifconfig", () => down(it.kernel));
    });
    expect(result).toMatchObject({ outcome: "deadlock", exhausted: true });
    expect(result.findings.map(({ outcome }) => outcome.message)).toEqual([
      '"ifconfig" waits for thread "tap0 reader"; "tap0 reader" waits for condition variable "arrived"',
    ]);
  });

  test("a device that keeps failing lets its reader end, for the flag is seen after the back-off", () => {
    const result = explore((simulation) => {
      const it = new FakeHost(simulation, "always fails", { era: "head" });
      it.setUp(() => up(it.kernel));
      it.kernel.spawn("ifconfig", () => down(it.kernel));
    });
    expect(result).toMatchObject({ outcome: "finished", exhausted: true });
  });

  test("removing a device in Haiku's own order may destroy the queue's lock under its consumer", () => {
    const result = explore((simulation) => {
      const { kernel } = new FakeHost(simulation, "correct", { destroyQueueFirst: true });
      kernel.spawn("program", function* () {
        yield* interfacesOf(kernel).add("tap0");
        yield* interfacesOf(kernel).remove("tap0");
      });
    });
    expect(result).toMatchObject({ outcome: "panic", exhausted: true });
    const messages = result.findings.map(({ outcome }) => outcome.message.replace(/ \(?0x.*/, "")).sort();
    expect(messages).toEqual(["_mutex_lock(): using uninitialized lock", "mutex_destroy(): the lock"]);
  });

  test("two that take an interface up at once count its device twice, and one down leaves it up", () => {
    const result = explore((simulation) => {
      const { kernel, setUp } = hostWithInterface(simulation);
      setUp();
      const upAgain = kernel.spawn("first", () => up(kernel));
      kernel.spawn("second", function* () {
        yield* up(kernel);
        yield* kernel.waitForThread(upAgain);
        yield* down(kernel);
      });
      return () => {
        expect(interfaceState(kernel, "tap0")?.upCount).toBe(0);
      };
    });
    expect(result).toMatchObject({ outcome: "assertion", exhausted: true });
    expect(result.findings.length).toBe(1);
  });
});

function hostWithInterface(simulation: Simulation): { kernel: Kernel; setUp: () => void } {
  const it = new FakeHost(simulation);
  return { kernel: it.kernel, setUp: () => it.setUp(() => interfacesOf(it.kernel).add("tap0")) };
}
