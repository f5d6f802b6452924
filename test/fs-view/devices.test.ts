// Goal: ordinary calls reach the driver's hooks and come back as Node's do, now, later, or as an error with a code.
// Method: the shipped drivers, and small ones that note what they are asked.
import { describe, expect, test } from "vitest";
import { TUNSETIFF } from "#drivers/tun/ioctl";
import { bootForFs, createFsView, POLLIN, POLLNVAL, POLLOUT } from "#fs-view/index";
import {
  B_BAD_DATA,
  B_BUSY,
  B_OK,
  B_WOULD_BLOCK,
  ConditionVariable,
  Mutex,
  Semaphore,
  type DeviceHooks,
} from "#kernel-export";
import { codeOf, codeOfPromise, device, frame, openBoth, shipped, TAP, watchPromise } from "./views.js";

describe("a device that never waits", () => {
  test("is read and written as a file is, in every manner", async () => {
    const { fs } = shipped();
    const fd = fs.openSync("/dev/zero", "r+");
    const buffer = Buffer.alloc(8, 1);
    expect(fs.readSync(fd, buffer, 2, 4, null)).toBe(4);
    expect([...buffer]).toEqual([1, 1, 0, 0, 0, 0, 1, 1]);
    expect(fs.writeSync(fd, "text")).toBe(4);
    const counted = await new Promise((resolve) => {
      fs.read(fd, Buffer.alloc(3), 0, 3, 0, (error, count, given) => resolve([error, count, given.length]));
    });
    expect(counted).toEqual([null, 3, 3]);
    fs.closeSync(fd);

    await using handle = await fs.promises.open("/dev/zero", "r+");
    expect((await handle.read(Buffer.alloc(5))).bytesRead).toBe(5);
    expect((await handle.write(Buffer.from("abc"))).bytesWritten).toBe(3);
  });

  test("whole files and streams go through the driver", async () => {
    const { fs } = shipped();
    expect(fs.readFileSync("/dev/null")).toEqual(Buffer.alloc(0));
    expect(fs.readFileSync("/dev/null", "utf8")).toBe("");
    expect(await fs.promises.readFile("/dev/null", { encoding: "utf8" })).toBe("");
    fs.writeFileSync("/dev/null", "gone");
    await fs.promises.writeFile("/dev/null", "gone");
    fs.appendFileSync("/dev/null", "gone");
    expect(fs.statSync("/dev/null").size).toBe(0);
    expect(codeOf(() => fs.writeFileSync("/dev/full", "no"))).toBe("ENOSPC");
    expect(codeOf(() => fs.readFileSync("/dev/zero"))).toBe("EFBIG");
    expect(codeOf(() => fs.truncateSync("/dev/null", 5))).toBe("EINVAL");

    const chunks: Buffer[] = [];
    for await (const chunk of fs.createReadStream("/dev/zero", { end: 99 })) chunks.push(chunk as Buffer);
    expect(Buffer.concat(chunks)).toEqual(Buffer.alloc(100));
    const stream = fs.createWriteStream("/dev/null");
    await new Promise<void>((resolve) => stream.end("text", resolve));
  });

  test("random bytes are the same in every host", () => {
    const read = (): string => {
      const { fs } = shipped();
      const buffer = Buffer.alloc(16);
      fs.readSync(fs.openSync("/dev/random", "r"), buffer);
      return buffer.toString("hex");
    };
    expect(read()).toBe(read());
  });

  test("plain files beside /dev are each view's own", async () => {
    const { fs, host } = shipped();
    fs.writeFileSync("/file", "text");
    const fd = fs.openSync("/file", "r");
    const buffers = [Buffer.alloc(1), Buffer.alloc(9)];
    expect(fs.readvSync(fd, buffers)).toBe(4);
    expect(buffers[1]?.toString("utf8", 0, 3)).toBe("ext");
    expect(await fs.promises.readFile("/file", "utf8")).toBe("text");
    const chunks: unknown[] = [];
    for await (const chunk of fs.createReadStream("/file", "utf8")) chunks.push(chunk);
    expect(chunks).toEqual(["text"]);
    expect(createFsView(host).existsSync("/file")).toBe(false);
  });

  test("may be asked any number of times", () => {
    const { fs, host } = shipped();
    const fd = fs.openSync("/dev/zero", "r");
    const buffer = Buffer.alloc(1);
    for (let i = 0; i < 10_000; i++) fs.readSync(fd, buffer);
    expect(host.kernel.simulation.closed).toBe(false);
    expect(host.kernel.simulation.threads.length).toBeLessThan(10);
  });
});

describe("descriptors", () => {
  test("have the lowest free number from 3 on, in each view", async () => {
    const { fs, host } = shipped();
    fs.writeFileSync("/file", "");
    expect(fs.openSync("/dev/null", "r")).toBe(3);
    expect(fs.openSync("/file", "r")).toBe(4);
    expect((await fs.promises.open("/dev/zero")).fd).toBe(5);
    fs.closeSync(4);
    fs.closeSync(3);
    expect(fs.openSync("/dev/null", "r")).toBe(3);
    expect(fs.dupSync(3)).toBe(4);
    expect(createFsView(host).openSync("/dev/null", "r")).toBe(3);
    expect(bootForFs().fs.openSync("/dev", "r")).toBe(3);
  });

  test("that are not open are EBADF", async () => {
    const { fs } = shipped();
    expect(codeOf(() => fs.readSync(9, Buffer.alloc(1)))).toBe("EBADF");
    expect(codeOf(() => fs.closeSync(9))).toBe("EBADF");
    expect(codeOf(() => fs.ioctlSync(9, 1))).toBe("EBADF");
    expect(codeOf(() => fs.dupSync(9))).toBe("EBADF");
    const closed = await new Promise((resolve) => fs.close(9, resolve));
    expect(closed).toMatchObject({ code: "EBADF", syscall: "close" });
    const handle = await fs.promises.open("/dev/null");
    await handle.close();
    expect(await codeOfPromise(handle.read(Buffer.alloc(1)))).toBe("EBADF");
  });

  test("read only and write only is kept", () => {
    const { fs } = shipped();
    expect(codeOf(() => fs.writeSync(fs.openSync("/dev/null", "r"), "x"))).toBe("EBADF");
    expect(codeOf(() => fs.readSync(fs.openSync("/dev/null", "w"), Buffer.alloc(1)))).toBe("EBADF");
  });

  test("more than a team may have are EMFILE", () => {
    const { fs } = shipped();
    expect(
      codeOf(() => {
        for (let i = 0; i < 300; i++) fs.openSync("/dev/null", "r");
      }),
    ).toBe("EMFILE");
  });

  test("share one open file after dup: the driver's close comes with the last", () => {
    const said: string[] = [];
    const note = (hook: string): DeviceHooks["close"] =>
      function* () {
        said.push(hook);
        return B_OK;
      };
    const { fs } = bootForFs({ drivers: [device("noted", { close: note("close"), free: note("free") })] });
    const fd = fs.openSync("/dev/noted", "r");
    const copy = fs.dupSync(fd);
    fs.closeSync(fd);
    expect(said).toEqual([]);
    fs.closeSync(copy);
    expect(said).toEqual(["close", "free"]);
  });

  test("of plain files share their position after dup", () => {
    const { fs } = shipped();
    fs.writeFileSync("/file", "abcdef");
    const fd = fs.openSync("/file", "r");
    const copy = fs.dupSync(fd);
    const buffer = Buffer.alloc(2);
    const read = (from: number): string => buffer.toString("utf8", 0, fs.readSync(from, buffer));
    expect([read(fd), read(copy)]).toEqual(["ab", "cd"]);
    fs.closeSync(fd);
    expect(read(copy)).toBe("ef");
    expect(fs.openSync("/file", "r")).toBe(fd);
  });
});

describe("positions", () => {
  const asked: number[] = [];
  const withPositions = (isStream: boolean) =>
    device("tape", {
      isStream,
      *read(_cookie, position, buffer) {
        asked.push(position);
        return buffer.length;
      },
    });

  test("are the descriptor's own, or the caller's, which move nothing", () => {
    const { fs } = bootForFs({ drivers: [withPositions(false)] });
    asked.length = 0;
    const fd = fs.openSync("/dev/tape", "r");
    for (const position of [null, 100, null]) fs.readSync(fd, Buffer.alloc(4), 0, 4, position);
    expect(asked).toEqual([0, 100, 4]);
    const writing = fs.openSync("/dev/tape", "w");
    expect(codeOf(() => fs.readSync(writing, Buffer.alloc(4), 0, 4, 7))).toBe("EBADF");
  });

  test("mean nothing to a stream", () => {
    const { fs } = bootForFs({ drivers: [withPositions(true)] });
    asked.length = 0;
    const fd = fs.openSync("/dev/tape", "r");
    for (const position of [null, 100, null]) fs.readSync(fd, Buffer.alloc(4), 0, 4, position);
    expect(asked).toEqual([0, 0, 0]);
  });
});

describe("errors", () => {
  test("have code, errno, syscall and path, and the status", () => {
    const hooks: Partial<DeviceHooks> = {
      *read(_cookie, _position, buffer) {
        return buffer.length === 1 ? B_WOULD_BLOCK : B_BAD_DATA;
      },
    };
    const { fs } = bootForFs({
      drivers: [
        device("bad", hooks),
        device("busy", {
          *open() {
            return B_BUSY;
          },
        }),
      ],
    });
    const fd = fs.openSync("/dev/bad", "r");
    const thrown = (length: number): unknown => {
      try {
        return fs.readSync(fd, Buffer.alloc(length));
      } catch (error) {
        return error;
      }
    };
    expect(thrown(1)).toMatchObject({
      message: "EAGAIN: resource temporarily unavailable, read '/dev/bad'",
      code: "EAGAIN",
      errno: -11,
      syscall: "read",
      path: "/dev/bad",
      status: B_WOULD_BLOCK,
    });
    expect(thrown(2)).toMatchObject({ code: "B_BAD_DATA", errno: B_BAD_DATA, status: B_BAD_DATA });
    expect(codeOf(() => fs.openSync("/dev/busy", "r"))).toBe("EBUSY");
    expect(codeOf(() => fs.ioctlSync(fd, 1))).toBe("EOPNOTSUPP");
    expect(codeOf(() => fs.ioctlSync(fs.openSync("/dev", "r"), 1))).toBe("ENOTTY");
  });

  test("wrong arguments throw as Node's do, before anything happens", () => {
    const { fs } = shipped();
    const fd = fs.openSync("/dev/zero", "r");
    expect(codeOf(() => fs.readSync(fd, "text" as never))).toBe("ERR_INVALID_ARG_TYPE");
    expect(codeOf(() => fs.readSync(fd, Buffer.alloc(2), 1, 5, null))).toBe("ERR_OUT_OF_RANGE");
    expect(codeOf(() => fs.read(fd, Buffer.alloc(2), 0, 2, null, undefined as never))).toBe("ERR_INVALID_ARG_TYPE");
    expect(codeOf(() => fs.openSync("/dev/zero", "bad"))).toBe("ERR_INVALID_ARG_VALUE");
  });

  test("a panic of the host ends every call, parked ones too, with its text", async () => {
    const { fs, host } = bootForFs({
      drivers: [
        device("bomb", {
          *write() {
            return host.kernel.panic("as it was to be shown");
          },
          *read() {
            yield* new Semaphore(host.kernel, 0, "never").acquire();
            return 0;
          },
        }),
      ],
    });
    const fd = fs.openSync("/dev/bomb", "r+");
    const parked = new Promise((resolve) => fs.read(fd, Buffer.alloc(1), 0, 1, null, resolve));
    expect(() => fs.writeSync(fd, "x")).toThrow("panic, as it was to be shown");
    expect(await parked).toMatchObject({ code: "EIO" });
    expect(() => fs.closeSync(fd)).toThrow('host "haiku" has ended');
  });

  test("a simulated thread is told to use its own team's calls", () => {
    const { fs, host } = bootForFs({
      drivers: [
        device("inside", {
          *read() {
            return fs.readdirSync("/").length + fs.openSync("/dev/inside", "r");
          },
        }),
      ],
    });
    expect(() => fs.readSync(fs.openSync("/dev/inside", "r"), Buffer.alloc(1))).toThrow("use its team's calls");
    expect(host.kernel.simulation.closed).toBe(true);
  });
});

describe("a device that waits", () => {
  test("a promise's read is parked until a frame arrives", async () => {
    const { fs } = shipped();
    const app = await fs.promises.open(TAP, "r+");
    const end = await fs.promises.open(TAP, "r+");
    fs.ioctlSync(end.fd, TUNSETIFF, "tap0");
    const buffer = Buffer.alloc(100);
    const read = app.read(buffer, 0, 100, null);
    expect(await watchPromise(read).isSettled()).toBe(false);
    await end.write(frame(7));
    expect((await read).bytesRead).toBe(60);
    expect(buffer.subarray(0, 60)).toEqual(frame(7));
    await Promise.all([app.close(), end.close()]);
    expect(fs.readdirSync("/dev/tap")).toEqual([]);
  });

  test("parked reads are served in the order in which they were made", async () => {
    const { fs } = shipped();
    const { app, end } = openBoth(fs);
    const order: number[] = [];
    const read = (mark: number): Promise<void> =>
      new Promise((resolve) => {
        const buffer = Buffer.alloc(100);
        fs.read(app, buffer, 0, 100, null, () => {
          order.push(mark, buffer[0] ?? 0);
          resolve();
        });
      });
    const reads = [read(1), read(2)];
    fs.writeSync(end, frame(11));
    fs.writeSync(end, frame(12));
    await Promise.all(reads);
    expect(order).toEqual([1, 11, 2, 12]);
  });

  test("a synchronous call that nobody could end throws EDEADLK, and takes nothing of what comes later", () => {
    const { fs } = shipped();
    const { app, end } = openBoth(fs);
    expect(codeOf(() => fs.readSync(app, Buffer.alloc(100)))).toBe("EDEADLK");
    expect(codeOf(() => fs.readFileSync(TAP))).toBe("EDEADLK");
    fs.writeSync(end, frame(3));
    const buffer = Buffer.alloc(100);
    expect(fs.readSync(app, buffer)).toBe(60);
    expect(buffer[0]).toBe(3);
  });

  test("a non-blocking descriptor says EAGAIN", () => {
    const { fs } = shipped();
    const fd = fs.openSync(TAP, fs.constants.O_RDWR | fs.constants.O_NONBLOCK);
    expect(codeOf(() => fs.readSync(fd, Buffer.alloc(100)))).toBe("EAGAIN");
  });

  test("closing wakes a parked read through the driver's close hook", async () => {
    const { fs } = shipped();
    const handle = await fs.promises.open(TAP, "r+");
    const read = handle.read(Buffer.alloc(100));
    expect(await watchPromise(read).isSettled()).toBe(false);
    await handle.close();
    expect(await codeOfPromise(read)).toBe("EBADF");
    expect(fs.readdirSync("/dev/tap")).toEqual([]);
  });

  test("a read takes one packet, and readv spreads one packet", async () => {
    const { fs } = shipped();
    const { app, end } = openBoth(fs);
    fs.writeSync(end, frame(1));
    fs.writeSync(end, frame(2));
    const [first, second] = [Buffer.alloc(20), Buffer.alloc(80, 9)];
    expect(fs.readvSync(app, [first, second])).toBe(60);
    expect(first).toEqual(frame(1, 20));
    expect(second.subarray(0, 40)).toEqual(frame(1, 40));
    expect(second[40]).toBe(9);
    expect(fs.readSync(app, Buffer.alloc(100))).toBe(60);
    expect(fs.writevSync(end, [frame(3, 10), frame(3, 50)])).toBe(60);
    expect(fs.readSync(app, Buffer.alloc(100))).toBe(60);
    const later = new Promise((resolve) => fs.readv(app, [first, second], (error, count) => resolve([error, count])));
    fs.writeSync(end, frame(4));
    expect(await later).toEqual([null, 60]);
  });

  test("poll says who can be read, waits for virtual time alone, and never for ever", async () => {
    const { fs } = shipped();
    const { app, end } = openBoth(fs);
    const requests = [
      { fd: app, events: POLLIN | POLLOUT },
      { fd: 99, events: POLLIN },
    ];
    expect(fs.pollSync(requests).map(({ revents }) => revents)).toEqual([POLLOUT, POLLNVAL]);
    const reading = [{ fd: app, events: POLLIN }];
    expect(fs.pollSync(reading, 10_000)).toEqual([{ fd: app, events: POLLIN, revents: 0 }]);
    expect(codeOf(() => fs.pollSync(reading))).toBe("EDEADLK");
    fs.writeSync(end, frame(5));
    expect(fs.pollSync(reading)[0]?.revents).toBe(POLLIN);
    fs.writeFileSync("/file", "");
    const plain = fs.openSync("/file", "r");
    expect(fs.pollSync([{ fd: plain, events: POLLIN }])[0]?.revents).toBe(POLLIN);
  });

  test("an ioctl of the callback's manner, and what the driver says to a second one", async () => {
    const { fs } = shipped();
    const { app, end } = openBoth(fs);
    const asked = (fd: number): Promise<unknown> =>
      new Promise((resolve) => fs.ioctl(fd, TUNSETIFF, null, (error, result) => resolve(error ?? result)));
    expect(await asked(app)).toMatchObject({ code: "EBUSY", syscall: "ioctl", path: TAP });
    expect(await asked(end)).toMatchObject({ code: "EPERM" });
  });

  test("an open that waits is parked, too", async () => {
    const { fs } = bootForFs({
      drivers: [
        {
          name: "pair",
          load(kernel) {
            const partner = new Semaphore(kernel, 0, "partner");
            const hooks: DeviceHooks = {
              *open(_name, flags) {
                if ((flags & 3) === 0) yield* partner.acquire();
                else yield* partner.release();
                return {};
              },
            };
            return { devices: ["pair"], hooks };
          },
        },
      ],
    });
    const reader = fs.promises.open("/dev/pair", "r");
    expect(await watchPromise(reader).isSettled()).toBe(false);
    expect(fs.openSync("/dev/pair", "w")).toBe(3);
    expect((await reader).fd).toBe(4);
  });

  test("time passes while a call waits for it", async () => {
    const { fs, host } = bootForFs({
      drivers: [
        device("slow", {
          *read(_cookie, _position, buffer) {
            yield* host.kernel.snooze(1_000_000);
            return buffer.length;
          },
        }),
      ],
    });
    const fd = fs.openSync("/dev/slow", "r");
    expect(fs.readSync(fd, Buffer.alloc(3))).toBe(3);
    expect(Math.floor(host.kernel.simulation.now() / 1_000_000)).toBe(1);
    const handle = await fs.promises.open("/dev/slow");
    expect((await handle.read(Buffer.alloc(2))).bytesRead).toBe(2);
  });

  test("somebody who wakes and sleeps for ever does not keep a call from being parked", async () => {
    const { fs, host } = shipped();
    const { app, end } = openBoth(fs);
    host.kernel.spawn(
      "ticker",
      function* () {
        for (;;) yield* host.kernel.snooze(1_000);
      },
      { daemon: true },
    );
    const read = new Promise((resolve) => fs.read(app, Buffer.alloc(100), 0, 100, null, (_, count) => resolve(count)));
    expect(codeOf(() => fs.readSync(end, Buffer.alloc(100)))).toBe("EDEADLK");
    fs.writeSync(end, frame(1));
    expect(await read).toBe(60);
    expect(host.kernel.simulation.closed).toBe(false);
  });

  test("calls of simulated programs end parked calls of the view", async () => {
    const { fs, host } = shipped();
    const app = fs.openSync(TAP, "r+");
    const read = new Promise((resolve) => fs.read(app, Buffer.alloc(100), 0, 100, null, (_, count) => resolve(count)));
    const team = host.team("program");
    team.spawn("main", function* () {
      const fd = yield* team.open(TAP, 2);
      yield* team.ioctl(fd, TUNSETIFF);
      yield* team.write(fd, frame(8));
    });
    host.kernel.simulation.run();
    expect(await read).toBe(60);
  });

  test("a thread that lets no signal in keeps what it took, and the caller's buffer is left alone", () => {
    const { fs } = bootForFs({
      drivers: [
        {
          name: "deaf",
          load(kernel) {
            const lock = new Mutex(kernel, "deaf lock");
            const filled = new ConditionVariable(kernel, "deaf filled");
            const hooks: DeviceHooks = {
              *open() {
                return {};
              },
              *read(_cookie, _position, buffer) {
                using _ = yield* lock.guard();
                yield* filled.wait(lock);
                buffer.fill(1);
                return buffer.length;
              },
              *write(_cookie, _position, bytes) {
                using _ = yield* lock.guard();
                yield* filled.notifyAll(B_OK);
                return bytes.length;
              },
            };
            return { devices: ["deaf"], hooks };
          },
        },
      ],
    });
    const fd = fs.openSync("/dev/deaf", "r+");
    const buffer = Buffer.alloc(4);
    expect(codeOf(() => fs.readSync(fd, buffer))).toBe("EDEADLK");
    expect(fs.writeSync(fd, "go")).toBe(2);
    expect(buffer).toEqual(Buffer.alloc(4));
  });
});

describe("streams of packets", () => {
  test("a chunk is a packet, in both directions", async () => {
    const { fs } = shipped();
    const { app, end } = openBoth(fs);
    const chunks: number[] = [];
    const stream = fs.createReadStream("", { fd: app });
    const three = new Promise<void>((resolve) => {
      stream.on("data", (chunk) => {
        chunks.push(chunk.length);
        if (chunks.length === 3) resolve();
      });
    });
    const writer = fs.createWriteStream("", { fd: end });
    writer.cork();
    for (const length of [60, 61, 62]) writer.write(frame(1, length));
    writer.uncork();
    await three;
    expect(chunks).toEqual([60, 61, 62]);
    writer.destroy();
    stream.destroy();
  });

  test("destroying a stream closes at once, though its read is parked", async () => {
    const { fs } = shipped();
    const stream = fs.createReadStream(TAP);
    await new Promise((resolve) => stream.once("open", resolve));
    stream.resume();
    await Promise.resolve();
    const closed = new Promise<void>((resolve) => stream.once("close", resolve));
    stream.destroy();
    await closed;
    expect(fs.readdirSync("/dev/tap")).toEqual([]);

    const handle = await fs.promises.open(TAP, "r+");
    const other = handle.createReadStream();
    other.resume();
    const gone = new Promise<void>((resolve) => other.once("close", resolve));
    await Promise.resolve();
    other.destroy();
    await gone;
    expect(fs.readdirSync("/dev/tap")).toEqual([]);
  });
});
