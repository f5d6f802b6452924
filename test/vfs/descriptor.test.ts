// Goal: a descriptor's two counts, its flags and its position are Haiku's. Method: a device that notes what it is
// asked, by whom; one thread after the other where the order is the subject.
import { describe, expect, test } from "vitest";
import {
  B_BAD_ADDRESS,
  B_BAD_VALUE,
  B_DEV_INVALID_IOCTL,
  B_FILE_ERROR,
  B_NO_MORE_FDS,
  B_NOT_ALLOWED,
  B_OK,
  B_UNSUPPORTED,
  ENOTTY,
  ERANGE,
  Semaphore,
} from "#kernel-export";
import {
  B_GET_DRIVER_FOR_DEVICE,
  B_GET_PARTITION_INFO,
  B_GET_PATH_FOR_DEVICE,
  B_SET_BLOCKING_IO,
  B_SET_NONBLOCKING_IO,
  B_SET_PARTITION,
  F_DUPFD,
  F_GETFD,
  F_GETFL,
  F_SETFD,
  F_SETFL,
  O_CLOEXEC,
  O_NONBLOCK,
  O_RDONLY,
  O_RDWR,
  O_WRONLY,
} from "#vfs/file-calls";
import type { Kernel } from "#kernel/kernel";
import { device, run } from "./host.js";

/** A device whose read waits until it is told to go on; it notes every call with the thread that makes it. */
function gate(calls: string[]) {
  const semaphores = new Map<Kernel, Semaphore>();
  let current: Kernel | null = null;
  const note = (hook: string): void => void calls.push(`${hook} by ${current?.currentThread?.name}`);
  return {
    attach: (kernel: Kernel): Semaphore => {
      current = kernel;
      const semaphore = new Semaphore(kernel, 0, "gate");
      semaphores.set(kernel, semaphore);
      return semaphore;
    },
    driver: device("gate", {
      *close() {
        note("close");
        return B_OK;
      },
      *free() {
        note("free");
        return B_OK;
      },
      *read() {
        note("read");
        if (current !== null) yield* (semaphores.get(current) as Semaphore).acquire();
        return 1;
      },
    }),
  };
}

describe("the two counts", () => {
  test("close calls the close hook while a reader is inside; the reader, returning, calls free", () => {
    const calls: string[] = [];
    const { driver, attach } = gate(calls);
    run([driver], function* ({ host, kernel }) {
      const go = attach(kernel);
      const team = host.team("app");
      const fd = yield* team.open("/dev/gate", O_RDWR);
      const reader = kernel.spawn("reader", () => team.read(fd, new Uint8Array(1)));
      yield* kernel.snooze(100);
      expect(yield* team.close(fd)).toBe(B_OK);
      expect(calls).toEqual(["read by reader", "close by main"]);
      yield* go.release();
      yield* kernel.waitForThread(reader);
      expect(reader.result).toBe(1);
    });
    expect(calls).toEqual(["read by reader", "close by main", "free by reader"]);
  });

  test("dup shares the descriptor: close and free come with the last slot", () => {
    const calls: string[] = [];
    const { driver, attach } = gate(calls);
    run([driver], function* ({ host, kernel }) {
      attach(kernel);
      const team = host.team("app");
      const fd = yield* team.open("/dev/gate", O_RDWR);
      const copy = yield* team.dup(fd);
      expect([fd, copy]).toEqual([0, 1]);
      yield* team.close(fd);
      expect(calls).toEqual([]);
      yield* team.close(copy);
      expect(calls).toEqual(["close by main", "free by main"]);
    });
  });

  test("fork shares every descriptor: the child's end closes only its own slots", () => {
    const calls: string[] = [];
    const { driver, attach } = gate(calls);
    run([driver], function* ({ host, kernel }) {
      attach(kernel);
      const team = host.team("app");
      const fd = yield* team.open("/dev/gate", O_RDWR);
      const { thread } = team.fork("child", function* (child) {
        expect(yield* child.dup(fd)).toBe(1);
      });
      yield* kernel.waitForThread(thread);
      expect(calls).toEqual([]);
      expect(yield* team.close(fd)).toBe(B_OK);
      expect(calls).toEqual(["close by main", "free by main"]);
    });
  });

  test("the last thread of a team closes what is open, as a process exit does", () => {
    const calls: string[] = [];
    const { driver, attach } = gate(calls);
    run([driver], function* ({ host, kernel }) {
      attach(kernel);
      const team = host.team("app");
      const first = team.spawn("first", () => team.open("/dev/gate", O_RDWR));
      const last = team.spawn("last", function* () {
        yield* kernel.waitForThread(first);
        yield* kernel.snooze(10);
        expect(calls).toEqual([]);
      });
      yield* kernel.waitForThread(last);
      expect(yield* team.close(first.result as number)).toBe(B_FILE_ERROR);
    });
    expect(calls).toEqual(["close by last", "free by last"]);
  });

  test("an open that fails is followed by neither close nor free", () => {
    const calls: string[] = [];
    const driver = device("refusing", {
      *open() {
        return B_NOT_ALLOWED;
      },
      *close() {
        calls.push("close");
        return B_OK;
      },
    });
    run([driver], function* ({ host }) {
      expect(yield* host.team("app").open("/dev/refusing", O_RDWR)).toBe(B_NOT_ALLOWED);
    });
    expect(calls).toEqual([]);
  });

  test("with every slot taken an open says B_NO_MORE_FDS, and what was opened is closed and freed", () => {
    const calls: string[] = [];
    const { driver, attach } = gate(calls);
    run([driver], function* ({ host, kernel }) {
      attach(kernel);
      const team = host.team("app");
      const fd = yield* team.open("/dev/gate", O_RDWR);
      for (let i = 1; i < 256; i++) expect(yield* team.dup(fd)).toBe(i);
      expect(yield* team.dup(fd)).toBe(B_NO_MORE_FDS);
      expect(yield* team.open("/dev/gate", O_RDWR)).toBe(B_NO_MORE_FDS);
      expect(calls).toEqual(["close by main", "free by main"]);
      yield* team.close(7);
      expect(yield* team.open("/dev/gate", O_RDWR)).toBe(7);
    });
  });
});

describe("slots", () => {
  test("the lowest free one is given; an empty, negative or fractional one is B_FILE_ERROR", () => {
    run([device("any", {})], function* ({ host }) {
      const team = host.team("app");
      for (let i = 0; i < 3; i++) expect(yield* team.open("/dev/any", O_RDWR)).toBe(i);
      yield* team.close(1);
      expect(yield* team.dup(2)).toBe(1);
      yield* team.close(0);
      for (const fd of [0, -1, 1.5, 300, Number.NaN]) {
        expect(yield* team.read(fd, new Uint8Array(1))).toBe(B_FILE_ERROR);
        expect(yield* team.close(fd)).toBe(B_FILE_ERROR);
        expect(yield* team.dup(fd)).toBe(B_FILE_ERROR);
        expect(yield* team.fcntl(fd, F_GETFL)).toBe(B_FILE_ERROR);
      }
    });
  });

  test("F_DUPFD starts looking at its argument", () => {
    run([device("any", {})], function* ({ host }) {
      const team = host.team("app");
      const fd = yield* team.open("/dev/any", O_RDWR);
      expect(yield* team.fcntl(fd, F_DUPFD, 10)).toBe(10);
      expect(yield* team.fcntl(fd, F_DUPFD, 10)).toBe(11);
      expect(yield* team.fcntl(fd, F_DUPFD, -1)).toBe(B_BAD_VALUE);
    });
  });

  test("close-on-exec belongs to the slot", () => {
    run([device("any", {})], function* ({ host }) {
      const team = host.team("app");
      const fd = yield* team.open("/dev/any", O_RDWR | O_CLOEXEC);
      const copy = yield* team.dup(fd);
      expect(yield* team.fcntl(fd, F_GETFD)).toBe(1);
      expect(yield* team.fcntl(copy, F_GETFD)).toBe(0);
      yield* team.fcntl(fd, F_SETFD, 0);
      expect(yield* team.fcntl(fd, F_GETFD)).toBe(0);
      expect(yield* team.fcntl(fd, F_GETFL)).toBe(O_RDWR);
    });
  });
});

describe("reading and writing", () => {
  test("the access mode is looked at, and length 0 is answered, before any hook", () => {
    let asked = 0;
    const count = function* () {
      asked++;
      return 1;
    };
    run([device("counting", { read: count, write: count })], function* ({ host }) {
      const team = host.team("app");
      const reading = yield* team.open("/dev/counting", O_RDONLY);
      const writing = yield* team.open("/dev/counting", O_WRONLY);
      expect(yield* team.open("/dev/counting", 3)).toBe(B_BAD_VALUE);
      expect(yield* team.write(reading, new Uint8Array(1))).toBe(B_FILE_ERROR);
      expect(yield* team.read(writing, new Uint8Array(1))).toBe(B_FILE_ERROR);
      expect(yield* team.read(reading, new Uint8Array(0))).toBe(0);
      expect(yield* team.write(writing, new Uint8Array(0))).toBe(0);
      expect(asked).toBe(0);
    });
  });

  test("a missing read or write hook is B_UNSUPPORTED", () => {
    run([device("bare", {})], function* ({ host }) {
      const team = host.team("app");
      const fd = yield* team.open("/dev/bare", O_RDWR);
      expect(yield* team.read(fd, new Uint8Array(1))).toBe(B_UNSUPPORTED);
      expect(yield* team.write(fd, new Uint8Array(1))).toBe(B_UNSUPPORTED);
      expect(yield* team.ioctl(fd, 10_000)).toBe(B_UNSUPPORTED);
      expect(yield* team.close(fd)).toBe(B_OK);
    });
  });

  test("the position advances with what was transferred, and dup shares it; a stream has none", () => {
    const positions: number[] = [];
    const transfer = function* (_cookie: object, position: number, buffer: Uint8Array) {
      positions.push(position);
      return buffer.length - 1;
    };
    for (const isStream of [false, true]) {
      run([device("disk", { isStream, read: transfer, write: transfer })], function* ({ host }) {
        const team = host.team("app");
        const fd = yield* team.open("/dev/disk", O_RDWR);
        const copy = yield* team.dup(fd);
        yield* team.read(fd, new Uint8Array(11));
        yield* team.write(copy, new Uint8Array(6));
        yield* team.read(fd, new Uint8Array(1));
      });
    }
    expect(positions).toEqual([0, 10, 15, 0, 0, 0]);
  });

  test("a driver may keep what it was given to write", () => {
    let kept: Uint8Array = new Uint8Array(0);
    const driver = device("keeping", {
      *write(_cookie, _position, buffer) {
        kept = buffer;
        return buffer.length;
      },
    });
    run([driver], function* ({ host }) {
      const team = host.team("app");
      const fd = yield* team.open("/dev/keeping", O_WRONLY);
      const bytes = Uint8Array.of(1, 2, 3);
      expect(yield* team.write(fd, bytes)).toBe(3);
      bytes.fill(9);
    });
    expect([...kept]).toEqual([1, 2, 3]);
  });
});

describe("ioctl", () => {
  const driver = device("dir/controlled", {
    *ioctl(_cookie, operation, argument) {
      if (operation === 10_000) return argument === "yes" ? B_OK : B_BAD_VALUE;
      return B_DEV_INVALID_IOCTL;
    },
  });

  test("goes to the driver, whose B_DEV_INVALID_IOCTL becomes ENOTTY", () => {
    run([driver], function* ({ host }) {
      const team = host.team("app");
      const fd = yield* team.open("/dev/dir/controlled", O_RDWR);
      expect(yield* team.ioctl(fd, 10_000, "yes")).toBe(B_OK);
      expect(yield* team.ioctl(fd, 10_000)).toBe(B_BAD_VALUE);
      expect(yield* team.ioctl(fd, 10_001)).toBe(ENOTTY);
    });
  });

  test("some operations are devfs' own", () => {
    run([driver], function* ({ host }) {
      const team = host.team("app");
      const fd = yield* team.open("/dev/dir/controlled", O_RDWR);
      const path = new Uint8Array(20);
      expect(yield* team.ioctl(fd, B_GET_PATH_FOR_DEVICE, path)).toBe(B_OK);
      expect(new TextDecoder().decode(path)).toBe("/dev/dir/controlled\0");
      expect(yield* team.ioctl(fd, B_GET_PATH_FOR_DEVICE, new Uint8Array(19))).toBe(ERANGE);
      expect(yield* team.ioctl(fd, B_GET_PATH_FOR_DEVICE)).toBe(B_BAD_ADDRESS);
      const name = new Uint8Array(32);
      expect(yield* team.ioctl(fd, B_GET_DRIVER_FOR_DEVICE, name)).toBe(B_OK);
      expect(new TextDecoder().decode(name)).toMatch(/^dir\/controlled\0/);
      expect(yield* team.ioctl(fd, B_SET_PARTITION)).toBe(B_NOT_ALLOWED);
      expect(yield* team.ioctl(fd, B_GET_PARTITION_INFO)).toBe(B_BAD_VALUE);
    });
  });
});

describe("O_NONBLOCK", () => {
  test("arrives in open's flags, and by fcntl as an ioctl; if that fails nothing changes", () => {
    const seen: number[] = [];
    let answer: number = B_OK;
    const driver = device("modes", {
      *open(_name, flags) {
        seen.push(flags);
        return {};
      },
      *ioctl(_cookie, operation) {
        seen.push(operation);
        return answer;
      },
    });
    run([driver], function* ({ host }) {
      const team = host.team("app");
      const fd = yield* team.open("/dev/modes", O_RDWR | O_NONBLOCK);
      expect(yield* team.fcntl(fd, F_GETFL)).toBe(O_RDWR | O_NONBLOCK);
      expect(yield* team.fcntl(fd, F_SETFL, 0)).toBe(B_OK);
      expect(yield* team.fcntl(fd, F_GETFL)).toBe(O_RDWR);
      answer = B_DEV_INVALID_IOCTL;
      expect(yield* team.fcntl(fd, F_SETFL, O_NONBLOCK)).toBe(B_DEV_INVALID_IOCTL);
      expect(yield* team.fcntl(fd, F_GETFL)).toBe(O_RDWR);
      expect(yield* team.fcntl(fd, 0x4000)).toBe(B_BAD_VALUE);
    });
    expect(seen).toEqual([O_RDWR | O_NONBLOCK, B_SET_BLOCKING_IO, B_SET_NONBLOCKING_IO]);
  });

  test("a device without ioctl cannot change it", () => {
    run([device("plain", {})], function* ({ host }) {
      const team = host.team("app");
      const fd = yield* team.open("/dev/plain", O_RDWR);
      expect(yield* team.fcntl(fd, F_SETFL, O_NONBLOCK)).toBe(B_UNSUPPORTED);
      expect(yield* team.fcntl(fd, F_GETFL)).toBe(O_RDWR);
    });
  });
});
