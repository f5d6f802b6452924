// TUNSETIFF was meant for the interface's half of the merged driver alone, but any program may send it. It destroys
// the lock that select takes; the next poll takes it.

import { mergedDriver } from "#drivers/tun/history/merged";
import { TUNSETIFF } from "#drivers/tun/history/tun-interface";
import { scenario } from "#scenario/types";
import { O_RDWR, POLLIN } from "#vfs/file-calls";

export default scenario("merged-tunsetiff", {
  about: "The driver as merged, TUNSETIFF from a program, then poll: a destroyed lock is taken.",
  drivers: [mergedDriver],
  expect: { run: "panic", explore: "panic" },

  *setup({ host }) {
    const app = host.team("app");
    const descriptor = yield* app.open("/dev/tap/0", O_RDWR);
    return { app, descriptor };
  },

  *run({ app, descriptor }) {
    app.spawn("app", function* () {
      yield* app.ioctl(descriptor, TUNSETIFF);
      yield* app.poll([{ fd: descriptor, events: POLLIN, revents: 0 }]);
    });
  },
});
