// Four small devices, several threads, and a table of descriptors that they share: nothing goes wrong on any
// schedule, and the bytes of /dev/random go to whoever reads first.
//
// What it shows: a child that fork made writes and closes what its parent has open, too; a reader meets the
// parent's close before, during or after its read; two readers of /dev/random get the same bytes between them,
// whichever is first.

import { B_DEVICE_FULL, B_FILE_ERROR, B_OK } from "#base/status";
import { fullDriver } from "#drivers/full";
import { nullDriver } from "#drivers/null";
import { randomDriver } from "#drivers/random";
import { zeroDriver } from "#drivers/zero";
import type { Steps } from "#kernel/operation";
import { scenario } from "#scenario/types";
import { shared } from "#sync/shared";
import { O_RDWR, POLLIN, POLLOUT } from "#vfs/file-calls";
import type { UserTeam } from "#vfs/user-team";

/** What the first two reads of four bytes give with the driver's own seed. */
const RANDOM_BYTES = ["212 229 179 122", "66 3 154 93"];

interface Files {
  readonly team: UserTeam;
  readonly nothing: number;
  readonly zero: number;
  readonly full: number;
  readonly random: number;
}

export default scenario<Files>("null-and-friends", {
  about: "null, zero, full and random, used by several threads and a forked child",
  drivers: [nullDriver, zeroDriver, fullDriver, randomDriver],
  expect: { run: "finished", explore: "finished" },

  *setup({ host }) {
    const team = host.team("app");
    return {
      team,
      nothing: yield* team.open("/dev/null", O_RDWR),
      zero: yield* team.open("/dev/zero", O_RDWR),
      full: yield* team.open("/dev/full", O_RDWR),
      random: yield* team.open("/dev/random", O_RDWR),
    };
  },

  *run({ kernel, judge, team, nothing, zero, full, random }) {
    const got = [shared(kernel, "", "first reader's bytes"), shared(kernel, "", "second reader's bytes")];
    const app = team.spawn("app", function* () {
      const readers = got.map((bytes, place) =>
        team.spawn(`random reader ${place + 1}`, function* () {
          bytes.value = yield* readBytes(team, random);
        }),
      );
      const zeroReader = team.spawn("zero reader", function* () {
        const buffer = Uint8Array.of(1, 2, 3);
        return [yield* team.read(zero, buffer), ...buffer];
      });
      const child = team.fork("child", function* (own) {
        const written = [yield* own.write(nothing, Uint8Array.of(1, 2)), yield* own.write(full, Uint8Array.of(1, 2))];
        return [...written, yield* own.close(zero)];
      });
      const polled = { fd: nothing, events: POLLIN | POLLOUT, revents: 0 };
      const results = [yield* team.poll([polled]), polled.revents, yield* team.close(zero)];
      for (const thread of [...readers, zeroReader, child.thread]) yield* kernel.waitForThread(thread);
      return { results, read: zeroReader.result as number[], written: child.thread.result };
    });
    yield* kernel.waitForThread(app);
    const { results, read, written } = app.result as { results: number[]; read: number[]; written: number[] };

    judge.atEnd(() => {
      same("polling /dev/null and closing /dev/zero", results, [1, POLLIN | POLLOUT, B_OK]);
      same("reading /dev/zero", read, read[0] === B_FILE_ERROR ? [B_FILE_ERROR, 1, 2, 3] : [3, 0, 0, 0]);
      same("what the child wrote and closed", written, [2, B_DEVICE_FULL, B_OK]);
      same("the random bytes", got.map((bytes) => bytes.value).toSorted(), RANDOM_BYTES);
    });
  },
});

function* readBytes(team: UserTeam, fd: number): Steps<string> {
  const buffer = new Uint8Array(4);
  yield* team.read(fd, buffer);
  return buffer.join(" ");
}

function same(what: string, found: unknown, expected: unknown): void {
  const [is, shouldBe] = [JSON.stringify(found), JSON.stringify(expected)];
  if (is !== shouldBe) throw new Error(`${what}: ${is} instead of ${shouldBe}`);
}
