// Goal: a test gets a laboratory by naming its parts, each made anew, and as it says in `override`.
import { describe, expect, expectTypeOf } from "vitest";
import { Mutex, O_RDWR, Semaphore, type Host, type Kernel, type World } from "lockstep";
import { test } from "lockstep/vitest";
import { zeroDriver } from "lockstep/drivers/zero";
import type { FsView } from "#fs-view/fs-view";

function messageOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    return String((error as Error).message);
  }
  return "";
}

let before: Kernel | null = null;

describe("one host", () => {
  test.override({ hostOptions: { drivers: [zeroDriver], cpus: 2 } });

  test("is booted as it says", ({ kernel, host, fs, run }) => {
    expect(kernel.cpuCount).toBe(2);
    expect(fs.readdirSync("/dev")).toEqual(["zero"]);
    const team = host.team("app");
    const opened = run(function* () {
      const descriptor = yield* team.open("/dev/zero", O_RDWR);
      const bytes = new Uint8Array([1, 2, 3]);
      return [descriptor, yield* team.read(descriptor, bytes), [...bytes]];
    });
    expect(opened).toEqual([0, 3, [0, 0, 0]]);
    before = kernel;
  });

  test("is another in each test", ({ kernel, world }) => {
    expect(kernel).not.toBe(before);
    expect(world.first.kernel).toBe(kernel);
  });

  test("a thread that panics or hangs is the test's failure", ({ run, kernel }) => {
    // It panics before its first operation.
    // oxlint-disable-next-line require-yield
    const panics = function* () {
      kernel.panic("mine");
    };
    expect(() => run(panics)).toThrow("panic: mine");
  });

  test("what fails is explained, with who did what and where", ({ run, kernel, host }) => {
    const lock = new Mutex(kernel, "registers");
    host.team("app").spawn("holder", function* () {
      yield* lock.lock();
      yield* kernel.snooze(1_000);
    });
    const locksTwice = function* () {
      yield* kernel.snooze(10);
      yield* lock.lock();
    };
    const message = messageOf(() => run(locksTwice));
    expect(message).toMatch(/mutex "registers"/);
    expect(message).toMatch(/^ +step +.*where$/m);
    expect(message).toMatch(/lock .*"registers".* fixtures\.test\.ts:\d+/);
    expect(message).not.toContain("replay");
  });

  test("a thread that never ends is said to be one", ({ run, kernel }) => {
    const waits = function* () {
      yield* new Semaphore(kernel, 0, "nobody releases it").acquire();
    };
    expect(() => run(waits)).toThrow(/^deadlock: nobody wakes "test" from semaphore "nobody releases it"\n/);
  });
});

describe("several hosts", () => {
  test.override({
    worldOptions: {
      hosts: { client: {}, server: {} },
      links: [
        {
          ends: [
            { host: "client", interface: "eth0", address: "10.0.0.1/24" },
            { host: "server", interface: "eth0", address: "10.0.0.2/24" },
          ],
        },
      ],
    },
  });

  test("are a world", ({ world, kernel }) => {
    expect(world.hosts.map((host) => host.kernel.name)).toEqual(["client", "server"]);
    expect(kernel.name).toBe("client");
  });
});

test("the seed is the project's, or 1", ({ seed }) => {
  expect(seed).toBe(Number(process.env.LOCKSTEP_SEED ?? 1));
});

test("the parts are typed", ({ kernel, world, host, seed, fs, run }) => {
  expectTypeOf(kernel).toEqualTypeOf<Kernel>();
  expectTypeOf(world).toEqualTypeOf<World>();
  expectTypeOf(host).toEqualTypeOf<Host>();
  expectTypeOf(seed).toBeNumber();
  expectTypeOf(fs).toEqualTypeOf<FsView>();
  const given = run(function* () {
    yield* kernel.snooze(1);
    return "text";
  });
  expectTypeOf(given).toBeString();
});
