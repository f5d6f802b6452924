// Everything at once: a program writes and reads, the stack sends a frame, the interface's reader takes what the
// program wrote, and the interface goes down in the middle of it. What was accepted is delivered, or counted as
// dropped because the interface was gone; nobody is left behind, and nothing leaks.

import { ifconfig } from "#apps/ifconfig";
import { B_FILE_ERROR, B_IO_ERROR, B_OK, statusName, type Status } from "#base/status";
import { TUNGETCOUNTERS, type TunCounters } from "#drivers/tun/ioctl";
import { tunDriver } from "#drivers/tun/tun";
import type { Steps } from "#kernel/operation";
import type { DeviceInterface } from "#net/device-interface";
import { liveBuffers, NetBuffer } from "#net/net-buffer";
import { interfacesOf, interfaceState } from "#net/network";
import { scenario } from "#scenario/types";
import { O_RDWR } from "#vfs/file-calls";
import type { UserTeam } from "#vfs/user-team";

/** Frames of a header and one byte, told apart by that byte. */
const FROM_APP = frame(0xa0);
const FROM_STACK = frame(0x51);

export default scenario("tun-close-traffic", {
  about:
    "Our driver under traffic from both sides while the interface goes down: nothing is lost unseen, nobody hangs.",
  drivers: [tunDriver],
  expect: { run: "finished", explore: "finished" },

  *setup({ host, kernel }) {
    const app = host.team("app");
    const shell = host.team("shell");
    yield* ifconfig(shell, ["tap0", "up"]);
    const descriptor = yield* app.open("/dev/tap/tap0", O_RDWR);
    // As a route does, the sender holds on to the interface, instead of looking it up for each frame.
    const route = interfacesOf(kernel).find("tap0")?.deviceInterface;
    if (route === undefined) throw new Error("ifconfig tap0 up made no interface");
    return { app, shell, descriptor, route };
  },

  *run({ kernel, judge, app, shell, descriptor, route }) {
    const buffer = new Uint8Array(1514);
    const counters: TunCounters = {};
    // Threads of the kernel, working on the program's descriptors: a program's own last thread would close them.
    const writer = kernel.spawn("app writer", () => app.write(descriptor, FROM_APP));
    const reader = kernel.spawn("app reader", () => app.read(descriptor, buffer));
    const sender = kernel.spawn("stack", () => send(route));
    const down = yield* ifconfig(shell, ["tap0", "down"]);

    for (const thread of [writer, sender]) yield* kernel.waitForThread(thread);
    // Without a frame the reader waits on, as it should: the interface comes up again and sends one.
    if (sender.result !== B_OK) yield* upAndSend(shell, route);
    yield* kernel.waitForThread(reader);
    yield* app.ioctl(descriptor, TUNGETCOUNTERS, counters);

    judge.atEnd(() => {
      const { toApp, toInterface } = counters;
      if (toApp === undefined || toInterface === undefined) throw new Error("the driver gave no counters");

      expectOneOf("the app's write", writer.result, [FROM_APP.length, B_IO_ERROR]);
      if (toInterface.delivered + toInterface.dropped !== 1) throw new Error("the app's frame was lost unseen");
      if (writer.result === B_IO_ERROR && toInterface.dropped !== 1) throw new Error("a refused frame was delivered");
      const received = interfaceState(kernel, "tap0")?.statistics.receivePackets;
      if (received !== toInterface.delivered) throw new Error(`the stack received ${received} frames`);

      expectOneOf("the stack's send", sender.result, [B_OK, B_FILE_ERROR]);
      expectOneOf("the app's read", reader.result, [FROM_STACK.length]);
      if (buffer[14] !== FROM_STACK[14]) throw new Error("the app read another frame");
      if (toApp.delivered !== 1 || toApp.dropped !== 0) throw new Error("a frame to the app was lost, or came twice");
      expectOneOf("ifconfig tap0 down", down, [0]);
      if (liveBuffers(kernel).size !== 0) throw new Error("a packet was never freed");
    });
  },
});

function* upAndSend(shell: UserTeam, route: DeviceInterface): Steps<void> {
  yield* ifconfig(shell, ["tap0", "up"]);
  expectOneOf("a send after coming up again", yield* send(route), [B_OK]);
}

function* send(route: DeviceInterface): Steps<Status> {
  return yield* route.send(new NetBuffer(route.kernel, FROM_STACK));
}

function frame(mark: number): Uint8Array {
  const bytes = new Uint8Array(15);
  bytes.set([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0, 1, 8, 0, mark]);
  return bytes;
}

function expectOneOf(what: string, result: unknown, expected: readonly number[]): void {
  if (expected.includes(Number(result))) return;
  throw new Error(`${what}: ${statusName(Number(result))}, not ${expected.map(statusName).join(" or ")}`);
}
