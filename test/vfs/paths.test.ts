// Goal: paths lead where they say, and errors are told apart.
import { describe, expect, test } from "vitest";
import {
  B_BAD_VALUE,
  B_ENTRY_NOT_FOUND,
  B_FILE_ERROR,
  B_IS_A_DIRECTORY,
  B_NAME_TOO_LONG,
  B_NOT_A_DIRECTORY,
} from "#kernel-export";
import { O_RDONLY, O_RDWR, O_WRONLY } from "#vfs/file-calls";
import type { FileStatus } from "#vfs/open-file";
import { device, end, run } from "./host.js";

const drivers = [device("thing", {}), device("net/thing", {})];

describe("a path", () => {
  test("that leads nowhere is said by openOrThrow, with what open gave", () => {
    const { outcome } = end(drivers, function* ({ host }) {
      const descriptor = yield* host.team("app").openOrThrow("/dev/thign", O_RDWR);
      return yield* host.team("app").read(descriptor, new Uint8Array(1));
    });
    expect(outcome).toMatchObject({
      kind: "assertion",
      message: 'open("/dev/thign") gave B_ENTRY_NOT_FOUND: No such file or directory',
    });
    run(drivers, function* ({ host }) {
      expect(yield* host.team("app").openOrThrow("/dev/thing", O_RDWR)).toBe(0);
    });
  });

  test("that is missing is said where open is called", () => {
    const { outcome } = end(drivers, ({ host }) => host.team("app").open(undefined as never, O_RDWR));
    expect(outcome).toMatchObject({
      kind: "assertion",
      message: "UsageError: open() takes a path and flags; the path is undefined",
    });
  });

  test.each([
    "/dev/thing",
    "//dev///thing",
    "/dev/./thing",
    "/dev/net/../thing",
    "/../dev/thing",
    "dev/thing",
    "/dev/../dev/thing",
  ])("%s leads to the device", (path) => {
    run(drivers, function* ({ host }) {
      expect(yield* host.team("app").open(path, O_RDWR)).toBe(0);
    });
  });

  test.each([
    ["", B_ENTRY_NOT_FOUND],
    ["/dev/nothing", B_ENTRY_NOT_FOUND],
    ["/dev/nothing/..", B_ENTRY_NOT_FOUND],
    ["/etc/thing", B_ENTRY_NOT_FOUND],
    ["/dev/thing/", B_NOT_A_DIRECTORY],
    ["/dev/thing/.", B_NOT_A_DIRECTORY],
    ["/dev/thing/../thing", B_NOT_A_DIRECTORY],
    ["/dev/thing/more", B_NOT_A_DIRECTORY],
    [`/dev/${"x".repeat(256)}`, B_NAME_TOO_LONG],
    [`/dev${"/x".repeat(600)}`, B_NAME_TOO_LONG],
  ])("%s is refused", (path, status) => {
    run(drivers, function* ({ host }) {
      expect(yield* host.team("app").open(path, O_RDWR)).toBe(status);
      expect(yield* host.team("app").stat(path)).toBe(status);
    });
  });
});

describe("a directory", () => {
  test.each(["/", "/dev", "/dev/net", "/dev/net/", "/dev/net/."])(
    "%s opens for reading alone, and gives no bytes",
    (path) => {
      run(drivers, function* ({ host }) {
        const team = host.team("app");
        expect(yield* team.open(path, O_WRONLY)).toBe(B_IS_A_DIRECTORY);
        expect(yield* team.open(path, O_RDWR)).toBe(B_IS_A_DIRECTORY);
        const fd = yield* team.open(path, O_RDONLY);
        expect(fd).toBe(0);
        expect(yield* team.read(fd, new Uint8Array(1))).toBe(B_IS_A_DIRECTORY);
        expect(yield* team.write(fd, new Uint8Array(1))).toBe(B_FILE_ERROR);
        expect(yield* team.ioctl(fd, 1)).toBe(B_BAD_VALUE);
        expect(yield* team.close(fd)).toBe(0);
      });
    },
  );

  test("is listed in alphabetical order", () => {
    run([...drivers, device("apple", {})], function* ({ host }) {
      const team = host.team("app");
      expect(yield* team.readDirectory("/")).toEqual(["dev"]);
      expect(yield* team.readDirectory("/dev")).toEqual(["apple", "net", "thing"]);
      expect(yield* team.readDirectory("/dev/net")).toEqual(["thing"]);
      expect(yield* team.readDirectory("/dev/thing")).toBe(B_NOT_A_DIRECTORY);
      expect(yield* team.readDirectory("/dev/nothing")).toBe(B_ENTRY_NOT_FOUND);
    });
  });
});

describe("stat", () => {
  test("tells Haiku's values", () => {
    run(drivers, function* ({ host, kernel }) {
      const team = host.team("app");
      yield* kernel.snooze(1_000);
      const status = (yield* team.stat("/dev/net/thing")) as FileStatus;
      expect(status).toMatchObject({ mode: 0o20644, size: 0, blockSize: 65536, linkCount: 1, uid: 0, gid: 0 });
      expect(status.rdev).toBe(status.inode);
      expect(status.accessTime).toBeGreaterThanOrEqual(1_000);
      expect(status.createTime).toBe(0);
      expect(yield* team.stat("/dev/net")).toMatchObject({ mode: 0o40755, size: 0, linkCount: 1 });
      expect(yield* team.stat("/")).toMatchObject({ mode: 0o40755 });
      const other = (yield* team.stat("/dev/thing")) as FileStatus;
      expect(other.inode).not.toBe(status.inode);
    });
  });
});
