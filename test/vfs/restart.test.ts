// Goal: what interrupts a syscall, and what comes of it. Method: a device whose read waits, interruptibly, on a
// semaphore that the test can release with an error; signals sent to the thread that waits.
import { describe, expect, test } from "vitest";
import {
  B_CAN_INTERRUPT,
  B_FILE_ERROR,
  B_INTERRUPTED,
  B_OK,
  B_RELEASE_ALL,
  Semaphore,
  shared,
  type Kernel,
  type Shared,
  type Steps,
} from "#kernel-export";
import { ThreadState, type Thread } from "#kernel/thread";
import { O_RDWR } from "#vfs/file-calls";
import { device, end, everyEnd, run } from "./host.js";

/** A device whose read hook is `read`, given what `attach` made for this kernel. */
function waiting() {
  let semaphore: Semaphore | null = null;
  let calls: Shared<number> | null = null;
  const driver = device("waiting", {
    *read() {
      if (semaphore === null || calls === null) return 0;
      calls.value++;
      const status = yield* semaphore.acquire(1, B_CAN_INTERRUPT);
      return status === B_OK ? 1 : status;
    },
  });
  const attach = (kernel: Kernel) => {
    semaphore = new Semaphore(kernel, 0, "waiting");
    calls = shared(kernel, 0, "calls");
    return { semaphore, calls };
  };
  return { driver, attach };
}

function* until(kernel: Kernel, thread: Thread): Steps<Thread> {
  yield* kernel.waitForThread(thread);
  return thread;
}

describe("B_INTERRUPTED from a hook", () => {
  test("with no signal pending the syscall is carried out again, from the start", () => {
    const { driver, attach } = waiting();
    run([driver], function* ({ host, kernel }) {
      const { semaphore, calls } = attach(kernel);
      const team = host.team("app");
      const fd = yield* team.open("/dev/waiting", O_RDWR);
      const reader = kernel.spawn("reader", () => team.read(fd, new Uint8Array(1)));
      yield* kernel.snooze(100);
      yield* semaphore.release(B_INTERRUPTED, B_RELEASE_ALL);
      yield* kernel.snooze(100);
      expect(calls.value).toBe(2);
      yield* semaphore.release();
      expect((yield* until(kernel, reader)).result).toBe(1);
    });
  });

  test("the descriptor is looked up anew: closed meanwhile, the answer is B_FILE_ERROR", () => {
    const { driver, attach } = waiting();
    run([driver], function* ({ host, kernel }) {
      const { semaphore } = attach(kernel);
      const team = host.team("app");
      const fd = yield* team.open("/dev/waiting", O_RDWR);
      const reader = kernel.spawn("reader", () => team.read(fd, new Uint8Array(1)));
      yield* kernel.snooze(100);
      yield* team.close(fd);
      yield* semaphore.release(B_INTERRUPTED, B_RELEASE_ALL);
      expect((yield* until(kernel, reader)).result).toBe(B_FILE_ERROR);
    });
  });

  test("the kernel's own calls are not restarted", async () => {
    const { kernelFiles } = await import("#vfs/kernel-files");
    const { driver, attach } = waiting();
    run([driver], function* ({ kernel }) {
      const { semaphore } = attach(kernel);
      const files = kernelFiles(kernel);
      const fd = yield* files.open("/dev/waiting", O_RDWR);
      const reader = kernel.spawn("reader", function* () {
        return yield* files.read(fd, new Uint8Array(1));
      });
      yield* kernel.snooze(100);
      yield* semaphore.release(B_INTERRUPTED, B_RELEASE_ALL);
      expect((yield* until(kernel, reader)).result).toBe(B_INTERRUPTED);
      yield* files.close(fd);
    });
  });

  test("a hook that always says so is a livelock, in both times", () => {
    const driver = device("stubborn", {
      *read() {
        return B_INTERRUPTED;
      },
    });
    const body = function* ({ host }: Parameters<Parameters<typeof end>[1]>[0]): Steps<void> {
      const team = host.team("app");
      const fd = yield* team.open("/dev/stubborn", O_RDWR);
      yield* team.read(fd, new Uint8Array(1));
    };
    expect(end([driver], body).outcome.kind).toBe("livelock");
    expect(everyEnd(() => [driver], body).ends).toEqual([expect.stringMatching(/^livelock/)]);
  });
});

describe("signals", () => {
  const SIGUSR1 = 18;

  test("a signal ends the wait, is taken, and the caller sees B_INTERRUPTED once", () => {
    const { driver, attach } = waiting();
    run([driver], function* ({ host, kernel }) {
      const { semaphore } = attach(kernel);
      const team = host.team("app");
      const fd = yield* team.open("/dev/waiting", O_RDWR);
      const reader = kernel.spawn("reader", function* () {
        const buffer = new Uint8Array(1);
        return [yield* team.read(fd, buffer), yield* team.read(fd, buffer)];
      });
      yield* kernel.snooze(100);
      yield* team.kill(reader, SIGUSR1);
      yield* kernel.snooze(100);
      yield* semaphore.release();
      expect((yield* until(kernel, reader)).result).toEqual([B_INTERRUPTED, 1]);
    });
  });

  test("a signal that came while the thread was in user space is taken before the next call", () => {
    const { driver, attach } = waiting();
    run([driver], function* ({ host, kernel }) {
      const { semaphore } = attach(kernel);
      const team = host.team("app");
      const fd = yield* team.open("/dev/waiting", O_RDWR);
      const reader = kernel.spawn("reader", function* () {
        yield* kernel.snooze(100);
        return yield* team.read(fd, new Uint8Array(1));
      });
      yield* team.kill(reader, SIGUSR1);
      yield* kernel.snooze(200);
      yield* semaphore.release();
      expect((yield* until(kernel, reader)).result).toBe(1);
    });
  });

  test("a kill ends the thread where its syscall returns, and the last thread's descriptors are closed", () => {
    const { driver, attach } = waiting();
    run([driver], function* ({ host, kernel }) {
      attach(kernel);
      const team = host.team("app");
      const reader = team.spawn("reader", function* () {
        const fd = yield* team.open("/dev/waiting", O_RDWR);
        yield* team.read(fd, new Uint8Array(1));
        throw new Error("a killed thread came back to user space");
      });
      yield* kernel.snooze(100);
      expect(yield* team.kill(reader)).toBe(B_OK);
      yield* until(kernel, reader);
      expect(reader.state).toBe(ThreadState.dead);
      expect(yield* team.close(0)).toBe(B_FILE_ERROR);
    });
  });

  test("on every schedule a killed reader either had its byte or is gone, and the device is free again", () => {
    const { result, ends } = everyEnd(
      () => [KILL.driver],
      function* ({ host, kernel }) {
        const { semaphore } = KILL.attach(kernel);
        const got = shared(kernel, "nothing", "got");
        const team = host.team("app");
        const fd = yield* team.open("/dev/waiting", O_RDWR);
        const reader = team.spawn("reader", function* () {
          const count = yield* team.read(fd, new Uint8Array(1));
          got.value = `${count}`;
        });
        const other = kernel.spawn("other", function* () {
          yield* semaphore.release();
        });
        yield* team.kill(reader);
        yield* kernel.waitForThread(reader);
        yield* kernel.waitForThread(other);
        return `${got.value}, ${yield* team.close(fd)}`;
      },
    );
    expect(result.exhausted).toBe(true);
    expect(ends).toEqual([`1, ${B_FILE_ERROR}`, `nothing, ${B_FILE_ERROR}`]);
  });
  const KILL = waiting();
});
