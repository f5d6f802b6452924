// Goal: the packet queue is Haiku's, its two known faults included. Method: fifos in small programs, run once or explored.
import { describe, expect, test } from "vitest";
import { B_BAD_SEM_ID, B_INTERRUPTED, B_OK, B_TIMED_OUT, B_WOULD_BLOCK, ENOBUFS, EOPNOTSUPP } from "#base/status";
import { explore } from "#explore/explorer";
import { Kernel } from "#kernel/kernel";
import type { Steps } from "#kernel/operation";
import { MSG_DONTWAIT, MSG_PEEK } from "#net/device-module";
import { liveBuffers, NetBuffer } from "#net/net-buffer";
import { NetFifo } from "#net/net-fifo";
import { B_RELEASE_ALL } from "#sync/semaphore";
import { run } from "./fake-device.js";

/** Runs `body` alone with a fifo of `maxBytes` and gives what it returned. */
function alone<T>(maxBytes: number, body: (fifo: NetFifo, kernel: Kernel) => Steps<T>): T {
  let result: T | undefined;
  const { outcome } = run((simulation) => {
    const kernel = new Kernel(simulation);
    const fifo = new NetFifo(kernel, "queue", maxBytes);
    kernel.spawn("alone", function* () {
      result = yield* body(fifo, kernel);
    });
  });
  expect(outcome).toMatchObject({ kind: "finished", message: "" });
  return result as T;
}

const packet = (kernel: Kernel, size: number): NetBuffer => new NetBuffer(kernel, new Uint8Array(size));

describe("a fifo", () => {
  test("gives packets in their order, and counts their bytes", () => {
    const sizes = alone(100, function* (fifo, kernel) {
      for (const size of [10, 20, 30]) yield* fifo.enqueue(packet(kernel, size));
      const first = (yield* fifo.dequeue()) as NetBuffer;
      const second = (yield* fifo.dequeue()) as NetBuffer;
      return [first.size, second.size, fifo.currentBytes, fifo.count];
    });
    expect(sizes).toEqual([10, 20, 30, 1]);
  });

  test("refuses what exceeds its limit with ENOBUFS and leaves it to the caller; the limit itself fits", () => {
    const statuses = alone(60, function* (fifo, kernel) {
      const fits = yield* fifo.enqueue(packet(kernel, 60));
      const refused = packet(kernel, 1);
      const status = yield* fifo.enqueue(refused);
      refused.free();
      return [fits, status, liveBuffers(kernel).size];
    });
    expect(statuses).toEqual([B_OK, ENOBUFS, 1]);
  });

  test("without a limit takes everything", () => {
    expect(
      alone(0, function* (fifo, kernel) {
        return yield* fifo.enqueue(packet(kernel, 1_000_000));
      }),
    ).toBe(B_OK);
  });

  test("does not wait with MSG_DONTWAIT or a timeout of 0, peeks with MSG_PEEK, knows no other flag", () => {
    const results = alone(0, function* (fifo, kernel) {
      const empty = yield* fifo.dequeue(MSG_DONTWAIT);
      const atOnce = yield* fifo.dequeue(0, 0);
      const unknown = yield* fifo.dequeue(1);
      yield* fifo.enqueue(packet(kernel, 5));
      const peeked = (yield* fifo.dequeue(MSG_PEEK)) as NetBuffer;
      const taken = (yield* fifo.dequeue(MSG_DONTWAIT)) as NetBuffer;
      return [empty, atOnce, unknown, peeked === taken, fifo.isEmpty];
    });
    expect(results).toEqual([B_WOULD_BLOCK, B_WOULD_BLOCK, EOPNOTSUPP, true, true]);
  });

  test("does not take back that a reader waits when the wait times out", () => {
    const results = alone(0, function* (fifo) {
      return [yield* fifo.dequeue(0, 100), fifo.waiting];
    });
    expect(results).toEqual([B_TIMED_OUT, 1]);
  });

  test("frees what is queued and ends waits with B_BAD_SEM_ID when it is no more", () => {
    let ended: unknown;
    let left = -1;
    const { outcome } = run((simulation) => {
      const kernel = new Kernel(simulation);
      const fifo = new NetFifo(kernel, "queue", 0);
      kernel.spawn("reader", function* () {
        ended = yield* fifo.dequeue();
      });
      kernel.spawn("ender", function* () {
        yield* kernel.snooze(1000);
        yield* fifo.uninit();
        left = liveBuffers(kernel).size;
      });
    });
    expect([outcome.kind, ended, left]).toEqual(["finished", B_BAD_SEM_ID, 0]);
  });
});

describe("every schedule of a fifo", () => {
  test("hands each of two packets to one of two readers", () => {
    const result = explore((simulation) => {
      const kernel = new Kernel(simulation);
      const fifo = new NetFifo(kernel, "queue", 0);
      const reader = function* (): Steps<void> {
        const taken = yield* fifo.dequeue();
        if (typeof taken !== "number") taken.free();
      };
      for (const name of ["one", "two"]) kernel.spawn(name, reader);
      kernel.spawn("writer", function* () {
        for (const size of [1, 2]) yield* fifo.enqueue(packet(kernel, size));
      });
      return () => {
        expect([fifo.count, liveBuffers(kernel).size]).toEqual([0, 0]);
      };
    });
    expect(result).toMatchObject({ outcome: "finished", exhausted: true });
  });

  test("has one on which a release of all waiters comes too early and its reader waits for ever", () => {
    const result = explore((simulation) => {
      const kernel = new Kernel(simulation);
      const fifo = new NetFifo(kernel, "queue", 0);
      kernel.spawn("reader", function* () {
        return yield* fifo.dequeue();
      });
      kernel.spawn("closer", function* () {
        yield* fifo.notify.release(B_INTERRUPTED, B_RELEASE_ALL);
      });
    });
    expect(result).toMatchObject({ outcome: "deadlock", exhausted: true });
    expect(result.findings[0]?.outcome.message).toBe('"reader" waits for semaphore "queue"');
  });
});
