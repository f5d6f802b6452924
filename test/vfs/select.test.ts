// Goal: select and poll ask, sleep once, and collect as Haiku's; a driver can be level-triggered, and one that
// tests before it registers loses events. Method: a device with one condition, set by its write hook.
import { describe, expect, test } from "vitest";
import {
  B_BAD_VALUE,
  B_FILE_ERROR,
  B_INTERRUPTED,
  B_OK,
  B_SELECT_READ,
  defineDriver,
  Mutex,
  SelectSyncPool,
  shared,
  type Driver,
} from "#kernel-export";
import { O_RDWR, POLLHUP, POLLIN, POLLNVAL, POLLOUT, type PollDescriptor } from "#vfs/file-calls";
import { device, everyEnd, run } from "./host.js";

/** Readable after a write. `order` is that of its select hook: register and test, under the lock, or the wrong one. */
function condition(
  order: "register, then test" | "test, then register" | "only register",
  calls: string[] = [],
): Driver {
  return defineDriver({
    name: "condition",
    load: (kernel) => {
      const lock = new Mutex(kernel, "condition");
      const pool = new SelectSyncPool(kernel);
      const isReadable = shared(kernel, false, "readable");
      return {
        devices: ["condition"],
        hooks: {
          isStream: true,
          *open() {
            return {};
          },
          *read() {
            using _ = yield* lock.guard();
            isReadable.value = false;
            return 1;
          },
          *write() {
            using _ = yield* lock.guard();
            isReadable.value = true;
            yield* pool.notify(B_SELECT_READ);
            return 1;
          },
          *select(_cookie, event, sync) {
            calls.push(`select ${event}`);
            if (event !== B_SELECT_READ) return B_BAD_VALUE;
            if (order === "test, then register") {
              yield* lock.lock();
              const wasReadable = isReadable.value;
              lock.unlock();
              yield* lock.lock();
              pool.add(sync, event);
              lock.unlock();
              if (wasReadable) yield* pool.notify(event);
              return B_OK;
            }
            using _ = yield* lock.guard();
            pool.add(sync, event);
            if (order === "register, then test" && isReadable.value) yield* pool.notify(event);
            return B_OK;
          },
          *deselect(_cookie, event, sync) {
            calls.push(`deselect ${event}`);
            using _ = yield* lock.guard();
            return pool.remove(sync, event);
          },
        },
      };
    },
  });
}

const ask = (fd: number, events = POLLIN): PollDescriptor => ({ fd, events, revents: 0 });

describe("poll", () => {
  test("asks for each event in order, always for errors and disconnection, and deselects what was accepted", () => {
    const calls: string[] = [];
    run([condition("register, then test", calls)], function* ({ host }) {
      const team = host.team("app");
      const fd = yield* team.open("/dev/condition", O_RDWR);
      yield* team.write(fd, Uint8Array.of(1));
      const asked = ask(fd, POLLIN | POLLOUT);
      expect(yield* team.poll([asked])).toBe(1);
      expect(asked.revents).toBe(POLLIN);
    });
    expect(calls).toEqual(["select 1", "select 2", "select 3", "select 8", "deselect 1"]);
  });

  test("sleeps until somebody notifies, or the time is over", () => {
    run([condition("register, then test")], function* ({ host, kernel }) {
      const team = host.team("app");
      const fd = yield* team.open("/dev/condition", O_RDWR);
      expect(yield* team.poll([ask(fd)], 0)).toBe(0);
      const before = kernel.systemTime();
      expect(yield* team.poll([ask(fd)], 500)).toBe(0);
      expect(kernel.systemTime() - before).toBeGreaterThanOrEqual(500);
      kernel.spawn("writer", function* () {
        yield* kernel.snooze(1_000);
        yield* team.write(fd, Uint8Array.of(1));
      });
      const asked = ask(fd);
      expect(yield* team.poll([asked], 1_000_000)).toBe(1);
      expect(asked.revents).toBe(POLLIN);
      expect(kernel.systemTime() - before).toBeLessThan(10_000);
      expect(yield* team.poll([ask(fd)], Number.NaN)).toBe(B_BAD_VALUE);
    });
  });

  test("a bad descriptor gives POLLNVAL and no waiting; a negative one is passed over", () => {
    run([condition("register, then test")], function* ({ host }) {
      const team = host.team("app");
      const fd = yield* team.open("/dev/condition", O_RDWR);
      const asked = [ask(77), ask(fd), ask(-1)];
      expect(yield* team.poll(asked)).toBe(1);
      expect(asked.map((each) => each.revents)).toEqual([POLLNVAL, 0, 0]);
    });
  });

  test("a device without a select hook is always ready", () => {
    run([device("plain", {})], function* ({ host }) {
      const team = host.team("app");
      const fd = yield* team.open("/dev/plain", O_RDWR);
      const asked = ask(fd, POLLIN | POLLOUT);
      expect(yield* team.poll([asked])).toBe(1);
      expect(asked.revents).toBe(POLLIN | POLLOUT);
      expect(yield* team.poll([ask(fd, POLLHUP)], 100)).toBe(0);
    });
  });

  test("closing the slot deselects and wakes the caller with POLLNVAL", () => {
    const calls: string[] = [];
    run([condition("register, then test", calls)], function* ({ host, kernel }) {
      const team = host.team("app");
      const fd = yield* team.open("/dev/condition", O_RDWR);
      const copy = yield* team.dup(fd);
      const asked = ask(fd);
      const poller = kernel.spawn("poller", () => team.poll([asked]));
      yield* kernel.snooze(100);
      expect(yield* team.close(fd)).toBe(B_OK);
      expect(calls.at(-1)).toBe("deselect 1");
      yield* kernel.waitForThread(poller);
      expect([poller.result, asked.revents]).toEqual([1, POLLNVAL]);
      expect(calls.filter((call) => call === "deselect 1")).toHaveLength(1);
      yield* team.close(copy);
    });
  });

  test("a signal ends it with B_INTERRUPTED, deselected", () => {
    const calls: string[] = [];
    run([condition("register, then test", calls)], function* ({ host, kernel }) {
      const team = host.team("app");
      const fd = yield* team.open("/dev/condition", O_RDWR);
      const poller = kernel.spawn("poller", () => team.poll([ask(fd)]));
      yield* kernel.snooze(100);
      yield* team.kill(poller, 2);
      yield* kernel.waitForThread(poller);
      expect(poller.result).toBe(B_INTERRUPTED);
      expect(calls.at(-1)).toBe("deselect 1");
    });
  });
});

describe("select", () => {
  test("leaves in the sets what is ready, and counts it", () => {
    run([condition("register, then test"), device("plain", {})], function* ({ host }) {
      const team = host.team("app");
      const fd = yield* team.open("/dev/condition", O_RDWR);
      const plain = yield* team.open("/dev/plain", O_RDWR);
      const sets = { read: new Set([fd, plain]), write: new Set([plain]), error: new Set([fd]) };
      expect(yield* team.select(sets)).toBe(2);
      expect(sets).toEqual({ read: new Set([plain]), write: new Set([plain]), error: new Set() });
    });
  });

  test("nothing ready in time empties the sets; a bad descriptor is B_FILE_ERROR and leaves them", () => {
    run([condition("register, then test")], function* ({ host }) {
      const team = host.team("app");
      const fd = yield* team.open("/dev/condition", O_RDWR);
      const sets = { read: new Set([fd]) };
      expect(yield* team.select(sets, 10)).toBe(0);
      expect(sets.read.size).toBe(0);
      const bad = { read: new Set([fd, 9]) };
      expect(yield* team.select(bad)).toBe(B_FILE_ERROR);
      expect(bad.read).toEqual(new Set([fd, 9]));
    });
  });
});

describe("on every schedule", () => {
  const pollAgainstWrite = (order: Parameters<typeof condition>[0]) =>
    everyEnd(
      () => [condition(order)],
      function* ({ host, kernel }) {
        const team = host.team("app");
        const fd = yield* team.open("/dev/condition", O_RDWR);
        const writer = kernel.spawn("writer", () => team.write(fd, Uint8Array.of(1)));
        const asked = ask(fd);
        const ready = yield* team.poll([asked]);
        yield* kernel.waitForThread(writer);
        return `${ready} ${asked.revents}`;
      },
    );

  test("registering under the lock, then testing, loses no event", () => {
    const { result, ends } = pollAgainstWrite("register, then test");
    expect(result.exhausted).toBe(true);
    expect(ends).toEqual([`1 ${POLLIN}`]);
  });

  test.each(["test, then register", "only register"] as const)(
    "%s: an event is lost, and poll sleeps for ever",
    (order) => {
      const { result, ends } = pollAgainstWrite(order);
      expect(result.exhausted).toBe(true);
      expect(ends).toHaveLength(2);
      expect(ends.join()).toContain("deadlock");
    },
  );

  test("closing the slot against a poll ends the poll: POLLNVAL, however they meet", () => {
    const { result, ends } = everyEnd(
      () => [condition("register, then test")],
      function* ({ host, kernel }) {
        const team = host.team("app");
        const fd = yield* team.open("/dev/condition", O_RDWR);
        const closer = kernel.spawn("closer", () => team.close(fd));
        const asked = ask(fd);
        const ready = yield* team.poll([asked]);
        yield* kernel.waitForThread(closer);
        return `${ready} ${asked.revents} ${closer.result}`;
      },
    );
    expect(result.exhausted).toBe(true);
    expect(ends).toEqual([`1 ${POLLNVAL} ${B_OK}`]);
  });
});
