// Two packets go in, one comes out: the merged driver keeps packets in TCP's queue, which is a stream of bytes. The
// IP stack behind the interface takes the first packet of what it gets, and the rest is lost.

import { mergedDriver } from "#drivers/tun/history/merged";
import { TUNSETIFF } from "#drivers/tun/history/tun-interface";
import { scenario } from "#scenario/types";
import { F_SETFL, O_NONBLOCK, O_RDWR } from "#vfs/file-calls";

const PACKET_SIZE = 60;

export default scenario("merged-packets", {
  about: "The driver as merged, two packets written, then one read: they come back as one.",
  drivers: [mergedDriver],
  expect: { run: "assertion", explore: "assertion" },

  *setup({ host }) {
    const receiver = host.team("receiver");
    const end = yield* receiver.open("/dev/tap/0", O_RDWR);
    yield* receiver.ioctl(end, TUNSETIFF);
    const app = host.team("app");
    const descriptor = yield* app.open("/dev/tap/0", O_RDWR);
    yield* app.fcntl(descriptor, F_SETFL, O_NONBLOCK);
    return { receiver, end, app, descriptor };
  },

  *run({ kernel, receiver, end, app, descriptor }) {
    const one = app.spawn("app 1", () => app.write(descriptor, new Uint8Array(PACKET_SIZE)));
    const two = app.spawn("app 2", () => app.write(descriptor, new Uint8Array(PACKET_SIZE)));
    for (const writer of [one, two]) yield* kernel.waitForThread(writer);

    const read = yield* receiver.read(end, new Uint8Array(1514));
    if (read !== PACKET_SIZE) {
      throw new Error(`two ${PACKET_SIZE}-byte packets come back as one read of ${read}`);
    }
  },
});
