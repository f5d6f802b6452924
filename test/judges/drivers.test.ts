// Goal: faults that need a device to show are named: leaks while something else is open, a lock kept over a system call.
// Method: drivers with one fault each beside their twins, and every correct scenario that ships.
import { describe, expect, test } from "vitest";
import {
  B_OK,
  compile,
  defineDriver,
  kernelFiles,
  mutex,
  O_RDWR,
  scenario,
  Semaphore,
  struct,
  type DeviceHooks,
  type Driver,
  type Kernel,
  type Scenario,
  type ScenarioDefinition,
} from "lockstep";
import { JUDGES } from "#judges/all";
import { judgeSample } from "#judges/sample";
import { simulationOf } from "#scenario/compile";

const Cookie = struct("Cookie", { lock: mutex("cookie lock") });

function driverOf(name: string, hooks: (kernel: Kernel) => DeviceHooks): Driver {
  return defineDriver({ name, load: (kernel) => ({ devices: [`misc/${name}`], hooks: hooks(kernel) }) });
}

/** Always open while the other is tried, so that nothing is ever at rest. */
const idle = driverOf("idle", () => ({
  *open() {
    return {};
  },
}));

interface Fault {
  readonly keepsCookie?: boolean;
  readonly keepsSemaphore?: boolean;
  readonly keepsLock?: boolean;
}

function faulty({ keepsCookie, keepsSemaphore, keepsLock }: Fault): Driver {
  return driverOf("faulty", (kernel) => ({
    *open() {
      const cookie = kernel.heap.new(Cookie);
      const semaphore = new Semaphore(kernel, 1, "work done");
      if (keepsSemaphore !== true) yield* semaphore.delete();
      return cookie;
    },
    *read(cookie) {
      const { lock } = cookie as ReturnType<typeof newCookie>;
      yield* lock.lock();
      if (keepsLock !== true) lock.unlock();
      return 1;
    },
    *free(cookie) {
      if (keepsCookie !== true) kernel.heap.delete(cookie as never);
      return B_OK;
    },
  }));
}

const newCookie = (kernel: Kernel) => kernel.heap.new(Cookie);

/** Opens, reads and closes the faulty device; another device stays open throughout. */
function use(driver: Driver): ScenarioDefinition {
  return {
    drivers: [driver, idle],
    *run({ kernel, host }) {
      const app = host.team("app");
      yield* app.open("/dev/misc/idle", O_RDWR);
      const fd = yield* app.open("/dev/misc/faulty", O_RDWR);
      yield* app.read(fd, new Uint8Array(1));
      yield* kernel.yieldThread();
      yield* app.close(fd);
    },
  };
}

function messagesOn(tested: Scenario): string[] {
  const { findings } = judgeSample(compile(tested), JUDGES, simulationOf(tested));
  return findings.map(({ verdict }) => `${verdict.judge}: ${verdict.message.replaceAll(/test\.ts:\d+/g, "test.ts:N")}`);
}

describe("a driver's fault is named while another device is open", () => {
  test("a cookie that free keeps", () => {
    expect(messagesOn(scenario("leak", use(faulty({ keepsCookie: true }))))).toEqual([
      `leak: a Cookie is never freed: the cookie that "main" allocated in open (test/judges/drivers.test.ts:N) outlives its free hook`,
    ]);
  });

  test("a semaphore that open makes and nobody deletes", () => {
    expect(messagesOn(scenario("leak", use(faulty({ keepsSemaphore: true }))))).toEqual([
      `leak: semaphore "work done" is never deleted: "main" created it in open (test/judges/drivers.test.ts:N)`,
    ]);
  });

  test("a lock that read does not give back", () => {
    expect(messagesOn(scenario("kept", use(faulty({ keepsLock: true }))))).toEqual([
      `lock-held: "main" returns from read(1) with mutex "cookie lock" held, which it took in read (test/judges/drivers.test.ts:N)`,
    ]);
  });

  test("a descriptor that the kernel opens for itself and does not close", () => {
    const definition: ScenarioDefinition = {
      drivers: [idle],
      *run({ kernel }) {
        yield* kernelFiles(kernel).open("/dev/misc/idle", O_RDWR);
      },
    };
    expect(messagesOn(scenario("kept", definition))).toEqual([
      'leak: a descriptor of /dev/misc/idle, opened by "main" in run (test/judges/drivers.test.ts:N), is never closed, in the kernel\'s own table',
    ]);
  });

  test("and a driver without a fault passes", () => {
    expect(messagesOn(scenario("correct", use(faulty({}))))).toEqual([]);
  });

  test("a scenario that allows leaks is not told of them", () => {
    const definition = use(faulty({ keepsCookie: true, keepsSemaphore: true }));
    const { run } = definition;
    const allowing: ScenarioDefinition = {
      ...definition,
      *run(context) {
        context.judge.allowLeaks();
        yield* run(context);
      },
    };
    expect(messagesOn(scenario("allowed", allowing))).toEqual([]);
  });
});
