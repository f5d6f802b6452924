// Goal: the heap shows bad memory as Haiku's does: its fills, what a freed pointer does, double frees, reuse; and what
// it knows about each free. Method: one or two threads, measured and exhaustively (facts: haiku.md, section 6).
import { describe, expect, test } from "vitest";
import type { Kernel } from "#kernel/kernel";
import type { KernelOptions } from "#kernel/kernel-options";
import { bool, int32, reference, struct, text, uint32, type InstanceOf } from "#kernel/struct";
import { Atomic, atomic } from "#sync/atomic";
import { mutex } from "#sync/mutex-field";
import { adversarial, measured, panicOf, type Log } from "./running.js";

const Cookie = struct("Cookie", {
  flags: uint32(),
  offset: int32(),
  open: bool(),
  name: text(),
  next: reference<{ value: number; run(): void }>(),
  lock: mutex("lock"),
  count: atomic(),
});
type Cookie = InstanceOf<typeof Cookie>;

/** One thread alone. */
function alone(act: (kernel: Kernel, log: Log) => void, options: KernelOptions = {}): Log {
  const { log, outcome } = measured(
    (kernel, log) => ({
      *main() {
        act(kernel, log);
      },
    }),
    options,
  );
  return [outcome.kind, ...log];
}

describe("fills", () => {
  test("new zero-fills and then assigns, malloc fills with 0xcccccccc, delete with 0xdeadbeef", () => {
    expect(
      alone((kernel, log) => {
        const fresh = kernel.heap.new(Cookie, { flags: 7, name: "tap" });
        log.push(fresh.flags, fresh.offset, fresh.open, fresh.name, fresh.next);
        const raw = kernel.heap.malloc(Cookie);
        log.push(raw.flags, raw.open);
        kernel.heap.delete(fresh);
        log.push(fresh.flags, fresh.open);
      }),
    ).toEqual(["finished", 7, 0, false, "tap", null, 0xcccc_cccc, true, 0xdead_beef, true]);
  });

  test("a signed field reads the fill with its sign", () => {
    expect(
      alone((kernel, log) => {
        const cookie = kernel.heap.new(Cookie);
        kernel.heap.delete(cookie);
        log.push(cookie.offset);
      }),
    ).toEqual(["finished", 0xdead_beef | 0]);
  });

  test("a release build fills nothing", () => {
    expect(
      alone(
        (kernel, log) => {
          const cookie = kernel.heap.new(Cookie, { flags: 7 });
          kernel.heap.delete(cookie);
          log.push(cookie.flags, kernel.heap.malloc(Cookie).offset);
        },
        { debug: "release" },
      ),
    ).toEqual(["finished", 7, 0]);
  });

  test("writing to freed memory goes on as on the machine, and is noted once for each thread", () => {
    expect(
      alone((kernel, log) => {
        const cookie = kernel.heap.new(Cookie);
        kernel.heap.delete(cookie);
        cookie.flags = 3;
        log.push(
          cookie.flags,
          kernel.heap.uses.length,
          kernel.heap.uses[0]?.what,
          kernel.heap.uses[0]?.block.freed?.thread,
        );
      }),
    ).toEqual(["finished", 3, 1, "write of Cookie.flags", "main"]);
  });
});

describe("pointers", () => {
  const touch = (how: (pointer: { value: number; run(): void }) => void, free = true): string =>
    panicOf((kernel) => ({
      *main() {
        const cookie = free ? kernel.heap.new(Cookie) : kernel.heap.malloc(Cookie);
        if (free) kernel.heap.delete(cookie);
        how(cookie.next as { value: number; run(): void });
      },
    }));

  test("a freed pointer can be read, and faults when it is used", () => {
    const fault = /^vm_page_fault: unhandled page fault in kernel space at 0xdeadbeefdeadbeef, ip ADDRESS$/;
    expect(touch((pointer) => void pointer)).toBe("no panic: finished ");
    expect(touch((pointer) => void pointer.value)).toMatch(fault);
    expect(touch((pointer) => void (pointer.value = 1))).toMatch(fault);
    expect(touch((pointer) => pointer.run())).toMatch(fault);
    expect(touch((pointer) => void ("value" in pointer))).toMatch(fault);
  });

  test("one in fresh memory faults at 0xcccccccccccccccc", () => {
    expect(touch((pointer) => void pointer.value, false)).toMatch(
      /page fault in kernel space at 0xcccccccccccccccc, ip/,
    );
  });
});

describe("freeing", () => {
  test("twice panics; null is nothing", () => {
    expect(
      panicOf((kernel) => ({
        *main() {
          kernel.heap.delete(null);
          const cookie = kernel.heap.new(Cookie);
          kernel.heap.delete(cookie);
          kernel.heap.delete(cookie);
        },
      })),
    ).toBe("object_cache: object ADDRESS is already freed");
  });

  test("what is not freed is listed, oldest first", () => {
    expect(
      alone((kernel, log) => {
        const first = kernel.heap.new(Cookie);
        const second = kernel.heap.malloc(Cookie);
        kernel.heap.new(Cookie);
        kernel.heap.delete(second);
        log.push(kernel.heap.live.length, kernel.heap.live[0] === first.$block, kernel.heap.live[0]?.allocated.thread);
      }),
    ).toEqual(["finished", 2, true, "main"]);
  });

  test("right after an unlock it comes after that unlock, in every setting", () => {
    // Trying the lock makes its unlocks points: one that waits for its turn must not find the memory gone.
    const { ends } = adversarial((kernel) => ({
      *main() {
        const cookie = kernel.heap.new(Cookie);
        if ((yield* cookie.lock.tryLock()) !== 0) return;
        cookie.lock.unlock();
        kernel.heap.delete(cookie);
      },
    }));
    expect(ends).toEqual(["finished"]);
  });
});

describe("the guarded heap", () => {
  const guarded = (act: (cookie: Cookie) => Iterable<undefined, unknown, void> | undefined): string =>
    panicOf(
      (kernel) => ({
        *main() {
          const cookie = kernel.heap.new(Cookie);
          kernel.heap.delete(cookie);
          yield* act(cookie) ?? [];
        },
      }),
      { heap: "guarded" },
    );

  test("panics at the first touch, saying what, where, and who freed it", () => {
    const text = (what: string): string => `guarded heap: ${what} in freed Cookie ADDRESS, freed by thread 1 "main"`;
    expect(guarded((cookie) => void cookie.flags)).toBe(text("read of Cookie.flags"));
    expect(guarded((cookie) => void (cookie.open = true))).toBe(text("write of Cookie.open"));
    expect(guarded((cookie) => cookie.lock.lock())).toBe(text('use of mutex "lock"'));
    expect(guarded((cookie) => cookie.count.get())).toMatch(
      /^guarded heap: use of atomic "Cookie\.count" in freed Cookie/,
    );
  });

  test("finds a use on the one schedule that has it, of a lock too, in a release build too", () => {
    for (const debug of ["kdebug", "release"] as const) {
      const { ends } = adversarial(
        (kernel) => {
          const cookie = kernel.heap.new(Cookie);
          return {
            *user() {
              yield* cookie.lock.lock();
              cookie.lock.unlock();
            },
            *freer() {
              kernel.heap.delete(cookie);
            },
          };
        },
        { heap: "guarded", debug },
      );
      expect(ends).toEqual([
        "finished",
        'panic guarded heap: use of mutex "lock" in freed Cookie ADDRESS, freed by thread 2 "freer"',
      ]);
    }
  });
});

describe("addresses", () => {
  test("in measured time the block freed last serves the next allocation of its type, and old pointers see the new content", () => {
    const Other = struct("Other", { flags: uint32() });
    expect(
      alone((kernel, log) => {
        const [first, second] = [kernel.heap.new(Cookie), kernel.heap.new(Cookie)];
        const addresses = [first.$block.address, second.$block.address];
        kernel.heap.delete(first);
        kernel.heap.delete(second);
        log.push(addresses.includes(kernel.heap.new(Other).$block.address));
        const third = kernel.heap.new(Cookie, { flags: 9 });
        log.push(third.$block.address === addresses[1], second.flags, third.offset, third.next);
        log.push(kernel.heap.new(Cookie).$block.address === addresses[0]);
      }),
    ).toEqual(["finished", false, true, 9, 0, null, true]);
  });

  test("a reused block's locks are ready to use", () => {
    const { outcome, log } = measured((kernel, log) => ({
      *main() {
        kernel.heap.delete(kernel.heap.new(Cookie));
        const again = kernel.heap.new(Cookie);
        log.push(yield* again.lock.lock());
        again.lock.unlock();
      },
    }));
    expect([outcome.kind, ...log]).toEqual(["finished", 0]);
  });

  test("while exploring nothing is reused, and an address does not depend on the order of others", () => {
    const { ends } = adversarial((kernel, log) => {
      const point = new Atomic(kernel, 0, "point");
      const seen = new Map<string, number[]>();
      const done = new Atomic(kernel, 0, "done");
      const body = (name: string) =>
        function* (): Generator<undefined, void, void> {
          const first = kernel.heap.new(Cookie);
          yield* point.add(1);
          kernel.heap.delete(first);
          const second = kernel.heap.new(Cookie);
          seen.set(name, [first.$block.address, second.$block.address]);
          if ((yield* done.add(1)) === 1) log.push([...(seen.get("a") ?? []), ...(seen.get("b") ?? [])].join(","));
        };
      return { a: body("a"), b: body("b") };
    });
    expect(ends).toHaveLength(1);
    const addresses = ends[0]?.split(" ")[1]?.split(",") ?? [];
    expect(new Set(addresses).size).toBe(4);
  });
});
