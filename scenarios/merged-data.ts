// One write against one read. The merged driver's write adds its packet and notifies without the reader's lock: both
// may happen between the reader's look at the empty queue and its wait. It then sleeps with a packet in the queue.
//
// The reader is a program that has switched its descriptor to the interface's side: the interface's own reader is a
// service thread, whose waiting alone is no deadlock.

import { mergedDriver } from "#drivers/tun/history/merged";
import { TUNSETIFF } from "#drivers/tun/history/tun-interface";
import { scenario } from "#scenario/types";
import { F_SETFL, O_NONBLOCK, O_RDWR } from "#vfs/file-calls";

export default scenario("merged-data", {
  about: "The driver as merged, one write against one read: the reader sleeps with a packet in the queue.",
  drivers: [mergedDriver],
  expect: { run: "finished", explore: "deadlock" },

  *setup({ host }) {
    const receiver = host.team("receiver");
    const end = yield* receiver.open("/dev/tap/0", O_RDWR);
    yield* receiver.ioctl(end, TUNSETIFF);
    const app = host.team("app");
    const descriptor = yield* app.open("/dev/tap/0", O_RDWR);
    yield* app.fcntl(descriptor, F_SETFL, O_NONBLOCK);
    return { receiver, end, app, descriptor };
  },

  *run({ receiver, end, app, descriptor }) {
    receiver.spawn("receiver", () => receiver.read(end, new Uint8Array(1514)));
    app.spawn("app", () => app.write(descriptor, new Uint8Array(60)));
  },
});
