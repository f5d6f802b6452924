// Goal: names come and go below /dev as in Haiku, on demand only when opened, and a driver's author who gives
// something wrong is told what.
import { describe, expect, test } from "vitest";
import {
  B_BAD_TYPE,
  B_BAD_VALUE,
  B_ENTRY_NOT_FOUND,
  B_FILE_ERROR,
  B_FILE_EXISTS,
  B_NAME_TOO_LONG,
  B_OK,
  defineDriver,
  publishDevice,
  unpublishDevice,
  type DeviceHooks,
  type Driver,
  type Kernel,
} from "#kernel-export";
import { O_RDWR, POLLIN } from "#vfs/file-calls";
import { device, end, everyEnd, run } from "../vfs/host.js";

const plain: DeviceHooks = {
  isStream: true,
  *open() {
    return {};
  },
  *read() {
    return 1;
  },
};

describe("publishing", () => {
  test("makes the directories on the way, and refuses what is no name or is taken", () => {
    run([device("taken", {})], function* ({ host, kernel }) {
      const team = host.team("app");
      expect(yield* publishDevice(kernel, "a/b/c", plain)).toBe(B_OK);
      expect(yield* team.readDirectory("/dev/a")).toEqual(["b"]);
      expect(yield* team.open("/dev/a/b/c", O_RDWR)).toBe(0);
      for (const path of ["", "/a", "a//b", "a/", ".", "a/../b"]) {
        expect(yield* publishDevice(kernel, path, plain)).toBe(B_BAD_VALUE);
      }
      for (const path of ["taken", "a", "a/b", "a/b/c", "taken/below"]) {
        expect(yield* publishDevice(kernel, path, plain)).toBe(B_FILE_EXISTS);
      }
      expect(yield* publishDevice(kernel, "x".repeat(256), plain)).toBe(B_NAME_TOO_LONG);
    });
  });

  test("a driver can give each of its names hooks of its own", () => {
    const saying = (count: number): DeviceHooks => ({
      ...plain,
      *read() {
        return count;
      },
    });
    const driver = defineDriver({
      name: "two",
      load: () => ({ devices: { "two/line": saying(1), "two/control": saying(2) } }),
    });
    run([driver], function* ({ host }) {
      const team = host.team("app");
      for (const [path, count] of [
        ["line", 1],
        ["control", 2],
      ] as const) {
        const fd = yield* team.open(`/dev/two/${path}`, O_RDWR);
        expect(yield* team.read(fd, new Uint8Array(4))).toBe(count);
      }
    });
  });

  test("unpublishing takes the name; what is open lives on, and the name is free again", () => {
    const calls: string[] = [];
    const noting: DeviceHooks = {
      ...plain,
      *close() {
        calls.push("close");
        return B_OK;
      },
      *free() {
        calls.push("free");
        return B_OK;
      },
    };
    run([], function* ({ host, kernel }) {
      const team = host.team("app");
      yield* publishDevice(kernel, "net/one", noting);
      const fd = yield* team.open("/dev/net/one", O_RDWR);
      expect(yield* unpublishDevice(kernel, "net/one", false)).toBe(B_OK);
      expect(yield* team.open("/dev/net/one", O_RDWR)).toBe(B_ENTRY_NOT_FOUND);
      expect(yield* team.readDirectory("/dev/net")).toEqual([]);
      expect(yield* team.read(fd, new Uint8Array(1))).toBe(1);
      expect(yield* publishDevice(kernel, "net/one", noting)).toBe(B_OK);
      expect(yield* team.close(fd)).toBe(B_OK);
      expect(calls).toEqual(["close", "free"]);
      expect(yield* unpublishDevice(kernel, "net/two", false)).toBe(B_ENTRY_NOT_FOUND);
      expect(yield* unpublishDevice(kernel, "net/one/two", false)).toBe(B_ENTRY_NOT_FOUND);
      expect(yield* unpublishDevice(kernel, "net", false)).toBe(B_BAD_TYPE);
    });
  });
});

describe("disconnecting", () => {
  function noting(calls: string[]): (kernel: Kernel) => DeviceHooks {
    return (kernel) => ({
      ...plain,
      *read() {
        yield* kernel.snooze(1_000);
        calls.push(`read by ${kernel.currentThread?.name}`);
        return 1;
      },
      *close() {
        calls.push(`close by ${kernel.currentThread?.name}`);
        return B_OK;
      },
      *free() {
        calls.push(`free by ${kernel.currentThread?.name}`);
        return B_OK;
      },
    });
  }

  test("closes and frees at once what nobody is inside of, in every team; its slots are dead", () => {
    const calls: string[] = [];
    run([], function* ({ host, kernel }) {
      yield* publishDevice(kernel, "one", noting(calls)(kernel));
      const teams = [host.team("first"), host.team("second")];
      for (const team of teams) expect(yield* team.open("/dev/one", O_RDWR)).toBe(0);
      yield* unpublishDevice(kernel, "one", true);
      expect(calls).toEqual(["close by main", "free by main", "close by main", "free by main"]);
      for (const team of teams) {
        expect(yield* team.read(0, new Uint8Array(1))).toBe(B_FILE_ERROR);
        expect(yield* team.dup(0)).toBe(B_FILE_ERROR);
        expect(yield* team.close(0)).toBe(B_FILE_ERROR);
        expect(yield* team.open("/dev", 0)).toBe(0);
      }
      expect(calls).toHaveLength(4);
    });
  });

  test("a reader inside is not disturbed; when it comes out, its thread closes and frees", () => {
    const calls: string[] = [];
    run([], function* ({ host, kernel }) {
      yield* publishDevice(kernel, "one", noting(calls)(kernel));
      const team = host.team("app");
      const fd = yield* team.open("/dev/one", O_RDWR);
      const reader = kernel.spawn("reader", () => team.read(fd, new Uint8Array(1)));
      yield* kernel.snooze(100);
      yield* unpublishDevice(kernel, "one", true);
      expect(calls).toEqual([]);
      yield* kernel.waitForThread(reader);
      expect(reader.result).toBe(1);
      expect(calls).toEqual(["read by reader", "close by reader", "free by reader"]);
      expect(yield* team.close(fd)).toBe(B_FILE_ERROR);
      expect(calls).toHaveLength(3);
    });
  });

  test("on every schedule of a reader, a close and a disconnect, close and free come once, in this order", () => {
    const orders = new Set<string>();
    const { result } = everyEnd(
      () => [],
      function* ({ host, kernel }) {
        const calls: string[] = [];
        const hooks: DeviceHooks = {
          ...plain,
          *read() {
            yield* kernel.yieldThread();
            return 1;
          },
          *close() {
            calls.push("close");
            return B_OK;
          },
          *free() {
            calls.push("free");
            return B_OK;
          },
        };
        yield* publishDevice(kernel, "one", hooks);
        const team = host.team("app");
        const fd = yield* team.open("/dev/one", O_RDWR);
        const threads = [
          kernel.spawn("reader", () => team.read(fd, new Uint8Array(1))),
          kernel.spawn("closer", () => team.close(fd)),
        ];
        yield* unpublishDevice(kernel, "one", true);
        for (const thread of threads) yield* kernel.waitForThread(thread);
        orders.add(calls.join());
        return threads.map((thread) => thread.result).join();
      },
    );
    expect(result.exhausted).toBe(true);
    expect(result.findings).toEqual([]);
    expect([...orders]).toEqual(["close,free"]);
  });
});

/** A driver that makes any name below /dev/any, and counts how often it is asked. */
function onDemand(asked: string[]): Driver {
  return defineDriver({
    name: "any",
    load: (kernel) => ({
      onDemand: [
        {
          directory: "any",
          *create(name) {
            asked.push(name);
            if (name === "any/bad") return B_BAD_VALUE;
            return yield* publishDevice(kernel, name, plain);
          },
        },
      ],
    }),
  });
}

describe("names on demand", () => {
  test("come into being when they are opened, not by stat, not by listing", () => {
    const asked: string[] = [];
    run([onDemand(asked)], function* ({ host }) {
      const team = host.team("app");
      expect(yield* team.readDirectory("/dev")).toEqual(["any"]);
      expect(yield* team.stat("/dev/any/new")).toBe(B_ENTRY_NOT_FOUND);
      expect(yield* team.readDirectory("/dev/any")).toEqual([]);
      expect(asked).toEqual([]);
      expect(yield* team.open("/dev/any/new", O_RDWR)).toBe(0);
      expect(yield* team.open("/dev/any/new", O_RDWR)).toBe(1);
      expect(asked).toEqual(["any/new"]);
      expect(yield* team.readDirectory("/dev/any")).toEqual(["new"]);
      expect(yield* team.open("/dev/any/bad", O_RDWR)).toBe(B_BAD_VALUE);
      expect(yield* team.open("/dev/other", O_RDWR)).toBe(B_ENTRY_NOT_FOUND);
      expect(yield* team.open("/dev/any/new/below", O_RDWR)).not.toBe(B_OK);
    });
  });

  test("two threads that open the same new name both get it, on every schedule", () => {
    const { result, ends } = everyEnd(
      () => [onDemand([])],
      function* ({ host, kernel }) {
        const threads = ["first", "second"].map((name) => {
          const team = host.team(name);
          return kernel.spawn(name, () => team.open("/dev/any/new", O_RDWR));
        });
        for (const thread of threads) yield* kernel.waitForThread(thread);
        return threads.map((thread) => thread.result).join();
      },
    );
    expect(result.exhausted).toBe(true);
    expect(ends).toEqual(["0,0"]);
  });

  test("an open against an unpublish finds the name, makes it again, or finds it before it goes", () => {
    const body = (strategy: "sleep" | "dfs") =>
      everyEnd(
        () => [onDemand([])],
        function* ({ host, kernel }) {
          yield* publishDevice(kernel, "any/one", plain);
          const team = host.team("app");
          const opener = kernel.spawn("opener", () => team.open("/dev/any/one", O_RDWR));
          yield* unpublishDevice(kernel, "any/one", false);
          yield* kernel.waitForThread(opener);
          return `${opener.result} ${(yield* team.readDirectory("/dev/any")) as readonly string[]}`;
        },
        strategy,
      );
    expect(body("sleep").ends).toEqual(["0 ", "0 one"]);
    expect(body("dfs").ends).toEqual(["0 ", "0 one"]);
  });
});

describe("what a driver does wrong is told by driver, device and hook", () => {
  const wrong = <T>(value: unknown): T => value as T;
  const open = "open";
  test.each<[string, Partial<DeviceHooks>, RegExp]>([
    [
      "open gives nothing",
      {
        *open() {
          return wrong<number>(undefined);
        },
      },
      /driver "bad", \/dev\/bad: its open hook must return a cookie \(an object\) or a negative status, and returned undefined/,
    ],
    [
      "open gives B_OK",
      {
        *open() {
          return B_OK;
        },
      },
      /open hook must return a cookie/,
    ],
    [
      "open is no generator",
      { [open]: wrong<DeviceHooks["open"]>(() => ({})) },
      /its open hook must be a generator function \(\*open\), and gave an object when it was called/,
    ],
    [
      "read gives NaN",
      {
        *read() {
          return Number.NaN;
        },
      },
      /driver "bad", \/dev\/bad: its read hook must return a number of bytes \(0 to 4\) or a negative status, and returned NaN/,
    ],
    [
      "read gives nothing",
      {
        *read() {
          return wrong<number>(undefined);
        },
      },
      /read hook .* returned undefined/,
    ],
    [
      "read gives too much",
      {
        *read() {
          return 5;
        },
      },
      /read hook .* returned 5/,
    ],
    [
      "read is no generator",
      { read: wrong<DeviceHooks["read"]>(() => 3) },
      /its read hook must be a generator function \(\*read\), and gave 3/,
    ],
    [
      "write gives text",
      {
        *write() {
          return wrong<number>("all");
        },
      },
      /write hook .* returned "all"/,
    ],
    [
      "ioctl gives nothing",
      {
        *ioctl() {
          return wrong<number>(undefined);
        },
      },
      /ioctl hook must return a status, and returned undefined/,
    ],
    [
      "select gives nothing",
      {
        *select() {
          return wrong<number>(undefined);
        },
      },
      /select hook must return a status/,
    ],
  ])("%s", (_what, hooks, message) => {
    const { outcome } = end([device("bad", hooks)], function* ({ host }) {
      const team = host.team("app");
      const fd = yield* team.open("/dev/bad", O_RDWR);
      yield* team.read(fd, new Uint8Array(4));
      yield* team.write(fd, new Uint8Array(4));
      yield* team.ioctl(fd, 10_000);
      yield* team.poll([{ fd, events: POLLIN, revents: 0 }], 0);
    });
    expect(outcome.kind).toBe("assertion");
    expect(outcome.message).toMatch(message);
  });

  test("when it is loaded", () => {
    const load = (loaded: object) => () => run([defineDriver({ name: "bad", load: () => loaded })], function* () {});
    expect(load({ devices: ["bad"] })).toThrow('driver "bad" has devices and no hooks');
    expect(load({ devices: ["bad"], hooks: {} })).toThrow(/driver "bad": the open hook must be a generator function/);
    expect(load({ devices: ["bad"], hooks: { ...plain, read: 3 } })).toThrow(/the read hook must be .* and is 3/);
    expect(load({ devices: ["/bad"], hooks: plain })).toThrow(
      'driver "bad": "/bad" cannot be published below /dev: B_BAD_VALUE',
    );
    expect(load({ devices: ["/dev/misc/bad"], hooks: plain })).toThrow(
      'names begin below /dev, without a slash: "misc/bad"',
    );
    expect(load({ devices: ["x", "x"], hooks: plain })).toThrow(/"x" cannot be published below \/dev: B_FILE_EXISTS/);
    expect(load({ onDemand: [{ directory: "/x" }] })).toThrow(/"\/x" cannot be published/);
  });

  test("when it names what nobody calls", () => {
    const load = (loaded: object) => () => run([defineDriver({ name: "bad", load: () => loaded })], function* () {});
    const misspelt = { ...plain, *clsoe() {} };
    expect(load({ devices: ["x"], hooks: misspelt })).toThrow(
      'driver "bad": there is no hook "clsoe"; did you mean "close"? hooks are open, close, free',
    );
    expect(load({ devices: { x: { ...plain, *control() {} } } })).toThrow(
      'driver "bad", "x": there is no hook "control"; hooks are open',
    );
    expect(load({ device: ["x"], hooks: plain })).toThrow(
      'what load returns has a field "device", which means nothing; did you mean "devices"?',
    );
    expect(load({ devices: "x", hooks: plain })).toThrow("devices must be a list of names below /dev");
    expect(load((function* () {})())).toThrow("load must return an object, { devices, hooks, ... }, and returned");
    expect(() => defineDriver({ name: "bad" } as never)).toThrow("defineDriver() takes { name, load }");
  });

  test("but an object of a class may have functions of its own", () => {
    class Hooks {
      readonly helper = (): object => ({});
      *open() {
        return this.helper();
      }
    }
    const driver = defineDriver({ name: "fine", load: () => ({ devices: ["fine"], hooks: new Hooks() }) });
    expect(() => run([driver], function* () {})).not.toThrow();
  });

  test("names on demand", () => {
    const withCreate = (create: unknown) =>
      defineDriver({ name: "bad", load: () => ({ onDemand: [{ directory: "bad", create: create as never }] }) });
    const opening = (driver: Driver) =>
      end([driver], function* ({ host }) {
        return yield* host.team("app").open("/dev/bad/one", O_RDWR);
      });
    expect(opening(withCreate(() => 0)).outcome.message).toMatch(
      /name on demand \/dev\/bad\/one: create must be a generator function/,
    );
    expect(opening(withCreate(function* () {})).outcome.message).toMatch(
      /create must return a status, and returned undefined/,
    );
    const never = withCreate(function* () {
      return 0;
    });
    expect(opening(never).outcome.message).toMatch(/create returned B_OK 100 times, and nothing was published/);
  });

  test("a name that is made and gone again before it is found is asked for again", () => {
    let asked = 0;
    const driver = defineDriver({
      name: "any",
      load: (kernel) => ({
        onDemand: [
          {
            directory: "any",
            *create(name) {
              const status = yield* publishDevice(kernel, name, plain);
              if (++asked < 3) yield* unpublishDevice(kernel, name, false);
              return status;
            },
          },
        ],
      }),
    });
    run([driver], function* ({ host }) {
      expect(yield* host.team("app").open("/dev/any/one", O_RDWR)).toBe(0);
    });
    expect(asked).toBe(3);
  });
});
