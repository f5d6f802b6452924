// Goal: sharing descriptors loses no interleaving and adds none: the explorer sees every end that plain depth-first
// search sees. Method: small programs whose end depends on who comes first, run with both strategies.
import { describe, expect, test } from "vitest";
import { B_FILE_ERROR, B_OK, defineDriver, Mutex, shared, type Driver, type Shared, type Steps } from "#kernel-export";
import { O_RDWR } from "#vfs/file-calls";
import { device, everyEnd, type World } from "./host.js";

type Body = (world: World) => Steps<unknown>;

/** A device that says who closed and who freed it, and whether a read met a closed device. */
function witness(): { driver: Driver; told: () => Shared<string> } {
  let told: Shared<string> | null = null;
  const driver = defineDriver({
    name: "witness",
    load: (kernel) => {
      const lock = new Mutex(kernel, "witness");
      const story = shared(kernel, "", "story");
      const isClosed = shared(kernel, false, "closed");
      told = story;
      const tell = (what: string): void => void (story.value += `${what} by ${kernel.currentThread?.name}; `);
      return {
        devices: ["witness"],
        hooks: {
          isStream: true,
          *open() {
            return {};
          },
          *read() {
            using _ = yield* lock.guard();
            return isClosed.value ? B_FILE_ERROR - 1 : 1;
          },
          *close() {
            using _ = yield* lock.guard();
            isClosed.value = true;
            tell("closed");
            return B_OK;
          },
          *free() {
            tell("freed");
            return B_OK;
          },
        },
      };
    },
  });
  return { driver, told: () => told ?? shared(null as never, "") };
}

/** The ends with both strategies, which must agree. */
function bothWays(drivers: () => readonly Driver[], body: Body): string[] {
  const sleep = everyEnd(drivers, body, "sleep");
  const dfs = everyEnd(drivers, body, "dfs");
  expect(sleep.result.exhausted).toBe(true);
  expect(dfs.result.exhausted).toBe(true);
  expect(sleep.ends).toEqual(dfs.ends);
  expect(sleep.result.executions).toBeLessThanOrEqual(dfs.result.executions);
  return sleep.ends;
}

describe("close against read", () => {
  test("the read comes too late, is done before, or is inside when the close hook runs; who is last frees", () => {
    const { driver, told } = witness();
    const ends = bothWays(
      () => [driver],
      function* ({ host, kernel }) {
        const team = host.team("app");
        const fd = yield* team.open("/dev/witness", O_RDWR);
        const reader = kernel.spawn("reader", () => team.read(fd, new Uint8Array(1)));
        yield* team.close(fd);
        yield* kernel.waitForThread(reader);
        return `${reader.result}: ${told().value}`;
      },
    );
    expect(ends).toEqual([
      `${B_FILE_ERROR}: closed by main; freed by main; `,
      `${B_FILE_ERROR - 1}: closed by main; freed by main; `,
      `${B_FILE_ERROR - 1}: closed by main; freed by reader; `,
      "1: closed by main; freed by main; ",
      "1: closed by main; freed by reader; ",
    ]);
  });

  test("whoever of three comes out last frees", () => {
    const { driver, told } = witness();
    const { result, ends } = everyEnd(
      () => [driver],
      function* ({ host, kernel }) {
        const team = host.team("app");
        const fd = yield* team.open("/dev/witness", O_RDWR);
        const first = kernel.spawn("first", () => team.read(fd, new Uint8Array(1)));
        const second = kernel.spawn("second", () => team.read(fd, new Uint8Array(1)));
        yield* team.close(fd);
        yield* kernel.waitForThread(first);
        yield* kernel.waitForThread(second);
        return /freed by \w+/.exec(told().value)?.[0];
      },
    );
    expect(result.exhausted).toBe(true);
    expect(ends).toEqual(["freed by first", "freed by main", "freed by second"]);
  });

  test("a close fits between another thread's conflicting operation and its next lookup", () => {
    const body: Body = function* ({ host, kernel }) {
      const team = host.team("app");
      const lock = new Mutex(kernel, "lock");
      const first = shared(kernel, "", "first");
      const fd = yield* team.open("/dev/plain", O_RDWR);
      const locked = function* (name: string): Steps<void> {
        using _ = yield* lock.guard();
        if (first.value === "") first.value = name;
      };
      const reader = kernel.spawn("reader", function* () {
        yield* locked("reader");
        return yield* team.read(fd, new Uint8Array(1));
      });
      yield* locked("closer");
      yield* team.close(fd);
      yield* kernel.waitForThread(reader);
      return `${first.value} first, read ${reader.result === B_FILE_ERROR ? "too late" : "in time"}`;
    };
    const plain = device("plain", {
      isStream: true,
      *read() {
        return 1;
      },
    });
    expect(bothWays(() => [plain], body)).toEqual([
      "closer first, read in time",
      "closer first, read too late",
      "reader first, read in time",
      "reader first, read too late",
    ]);
  });

  test("a slot that is closed and opened again leads the late reader to the new device", () => {
    const one = (name: string, count: number): Driver =>
      device(name, {
        isStream: true,
        *read() {
          return count;
        },
      });
    const ends = bothWays(
      () => [one("one", 1), one("two", 2)],
      function* ({ host, kernel }) {
        const team = host.team("app");
        const fd = yield* team.open("/dev/one", O_RDWR);
        const reader = kernel.spawn("reader", () => team.read(fd, new Uint8Array(2)));
        yield* team.close(fd);
        yield* team.open("/dev/two", O_RDWR);
        yield* kernel.waitForThread(reader);
        return reader.result;
      },
    );
    expect(ends).toEqual(["1", "2", String(B_FILE_ERROR)].sort());
  });
});

describe("independent work", () => {
  test("calls of two threads on different descriptors, or on one stream, are one trace", () => {
    const stream = device("stream", {
      isStream: true,
      *read() {
        return 1;
      },
    });
    for (const isShared of [false, true]) {
      const { result } = everyEnd(
        () => [stream],
        function* ({ host, kernel }) {
          const team = host.team("app");
          const fds = [yield* team.open("/dev/stream", O_RDWR), yield* team.open("/dev/stream", O_RDWR)];
          const threads = [0, 1].map((place) =>
            kernel.spawn(`t${place}`, function* () {
              for (let i = 0; i < 3; i++) {
                yield* kernel.yieldThread();
                yield* team.read(fds[isShared ? 0 : place] ?? 0, new Uint8Array(1));
              }
            }),
          );
          for (const thread of threads) yield* kernel.waitForThread(thread);
        },
      );
      expect(result.exhausted).toBe(true);
      expect(result.executions).toBe(1);
    }
  });

  test("who moves a shared position first decides what each reads", () => {
    const seen = everyEnd(
      () => [
        device("disk", {
          *read(_cookie, position, buffer) {
            buffer[0] = position;
            return 1;
          },
        }),
      ],
      function* ({ host, kernel }) {
        const team = host.team("app");
        const fd = yield* team.open("/dev/disk", O_RDWR);
        const got = [new Uint8Array(1), new Uint8Array(1)];
        const threads = got.map((buffer, place) => kernel.spawn(`t${place}`, () => team.read(fd, buffer)));
        for (const thread of threads) yield* kernel.waitForThread(thread);
        return got.map((buffer) => buffer[0]).join();
      },
    );
    expect(seen.ends).toEqual(["0,1", "1,0"]);
  });
});

describe("teams", () => {
  test("whoever of two threads ends last closes for the team", () => {
    const { driver, told } = witness();
    const ends = bothWays(
      () => [driver],
      function* ({ host, kernel }) {
        const team = host.team("app");
        yield* team.open("/dev/witness", O_RDWR);
        const threads = ["first", "second"].map((name) =>
          team.spawn(name, function* () {
            yield* kernel.yieldThread();
          }),
        );
        for (const thread of threads) yield* kernel.waitForThread(thread);
        return told().value;
      },
    );
    expect(ends).toEqual(["closed by first; freed by first; ", "closed by second; freed by second; "]);
  });

  test("parent and child share a descriptor: whoever goes last closes it, and it is closed once", () => {
    const { driver, told } = witness();
    const ends = bothWays(
      () => [driver],
      function* ({ host, kernel }) {
        const team = host.team("app");
        const fd = yield* team.open("/dev/witness", O_RDWR);
        const { thread } = team.fork("child", (child) => child.read(fd, new Uint8Array(1)));
        yield* team.close(fd);
        yield* kernel.waitForThread(thread);
        return `${thread.result}: ${told().value}`;
      },
    );
    expect(ends).toEqual([
      "1: closed by child; freed by child; ",
      "1: closed by child; freed by main; ",
      "1: closed by main; freed by child; ",
      "1: closed by main; freed by main; ",
    ]);
  });
});
