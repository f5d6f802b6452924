// Memory runs out, anywhere in the life of a tunnel: making the node, the interface, a descriptor, a packet, waiting in poll. Whoever
// is concerned is told so, and when all is closed nothing is left: no memory, no node, no lock, nobody waiting.

import { ifconfig } from "#apps/ifconfig";
import { statusName } from "#base/status";
import { TUNSETIFF } from "#drivers/tun/ioctl";
import { tunDriver } from "#drivers/tun/tun";
import type { Steps } from "#kernel/operation";
import { scenario } from "#scenario/types";
import { O_NONBLOCK, O_RDWR, POLLIN } from "#vfs/file-calls";
import type { UserTeam } from "#vfs/user-team";

const PACKET = new Uint8Array(60);
const PATH = "/dev/tap/tap0";

/** Without memory; and what follows when the other side's call failed: no packet, nobody to read it, no descriptor. */
const EXPECTED = new Set(["B_NO_MEMORY", "B_WOULD_BLOCK", "B_IO_ERROR", "B_FILE_ERROR"]);

export default scenario("no-memory", {
  about: "Our driver: whichever of its allocations fail, nothing leaks, hangs or panics.",
  drivers: [tunDriver],
  expect: { run: "finished", explore: "finished" },
  parameters: {
    failures: { default: 1, about: "allocations that fail in one execution, at most", least: 0, most: 20 },
    part: { default: "tunnel", about: "what is done meanwhile", oneOf: ["tunnel", "interface", "opens"] },
  },
  simulation: (parameters) => ({ allocationFailures: Number(parameters.failures) }),

  *run({ host, kernel, judge, parameters }) {
    const app = host.team("app");
    const results: number[] = [];
    if (parameters.part === "tunnel") results.push(...(yield* tunnel(app)));
    else if (parameters.part === "interface") {
      yield* ifconfig(app, ["tap0", "up"]);
      yield* ifconfig(app, ["tap0", "down"]);
      yield* ifconfig(app, ["delete", "tap0"]);
    } else {
      const threads = ["one", "two"].map((name) => {
        const team = host.team(name);
        return team.spawn(name, () => openAndClose(team));
      });
      for (const thread of threads) yield* kernel.waitForThread(thread);
      results.push(...threads.map((thread) => Number(thread.result)));
    }
    const names = yield* app.readDirectory("/dev/tap");

    judge.atEnd(() => {
      if (String(names) !== "") throw new Error(`/dev/tap still holds ${names}`);
      const wrong = results.find((result) => result < 0 && !EXPECTED.has(statusName(result)));
      if (wrong !== undefined) throw new Error(`a call gave ${statusName(wrong)}`);
      if (parameters.failures === 0 && results.some((result) => result < 0))
        throw new Error(`a call failed: ${results}`);
    });
  },
});

/** One program at both ends: a packet goes from the interface's end to the app's, which polls for it. */
function* tunnel(team: UserTeam): Steps<number[]> {
  const near = yield* team.open(PATH, O_RDWR | O_NONBLOCK);
  const far = yield* team.open(PATH, O_RDWR);
  const switched = yield* team.ioctl(far, TUNSETIFF);
  const written = yield* team.write(far, PACKET);
  const polled = yield* team.poll([{ fd: near, events: POLLIN, revents: 0 }], 10);
  const read = yield* team.read(near, new Uint8Array(1514));
  yield* team.close(near);
  yield* team.close(far);
  return [near, far, switched, written, polled, read];
}

function* openAndClose(team: UserTeam): Steps<number> {
  const descriptor = yield* team.open(PATH, O_RDWR);
  if (descriptor >= 0) yield* team.close(descriptor);
  return descriptor;
}
