// Goal: the tree on memfs' core is the kernel's, follows it, and does not bring memfs' own world along
// (facts: libraries.md, A.6).
import { FsEvent, Superblock } from "@jsonjoy.com/fs-core";
import { Volume } from "memfs";
import { describe, expect, test } from "vitest";
import { CoreTree } from "#devfs/core-tree";
import { B_OK, publishDevice, unpublishDevice, type DeviceHooks, type Kernel } from "#kernel-export";
import { S_IFDIR } from "#vfs/open-file";
import { device, run } from "../vfs/host.js";

const plain: DeviceHooks = {
  *open() {
    return {};
  },
};

/** The volume that is put over the tree, as the fs view does. */
function volumeOn(kernel: Kernel) {
  return new Volume(new CoreTree(kernel));
}

function onHost(body: Parameters<typeof run<void>>[1]): void {
  run([device("null", {}), device("net/one", {})], body);
}

const codeOf = (call: () => unknown): string => {
  try {
    call();
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
  return "no error";
};

describe("the core tree", () => {
  test("memfs and this project mean the same core", () => {
    expect(Reflect.get(new Volume(), "_core")).toBeInstanceOf(Superblock);
  });

  test("has the kernel's nodes, with their numbers and modes", () => {
    onHost(function* ({ host, kernel }) {
      const volume = volumeOn(kernel);
      expect(volume.readdirSync("/")).toEqual(["dev"]);
      expect(volume.readdirSync("/dev")).toEqual(["net", "null"]);
      const stat = volume.statSync("/dev/net/one");
      const known = yield* host.team("app").stat("/dev/net/one");
      expect(stat.isCharacterDevice()).toBe(true);
      expect(known).toMatchObject({ inode: stat.ino, mode: stat.mode, rdev: stat.rdev, uid: 0, gid: 0 });
      expect(volume.statSync("/dev/net").mode).toBe(S_IFDIR | 0o755);
    });
  });

  test("follows publish and unpublish, and tells watchers", () => {
    onHost(function* ({ kernel }) {
      const tree = new CoreTree(kernel);
      const volume = new Volume(tree);
      const events: string[] = [];
      tree.changes.listen((event: FsEvent) => void events.push(`${event.type} ${event.steps.slice(1).join("/")}`));
      expect(yield* publishDevice(kernel, "tap/tap0", plain)).toBe(B_OK);
      expect(volume.readdirSync("/dev/tap")).toEqual(["tap0"]);
      yield* unpublishDevice(kernel, "tap/tap0", false);
      expect(volume.readdirSync("/dev/tap")).toEqual([]);
      expect(volume.existsSync("/dev/tap/tap0")).toBe(false);
      expect(events).toEqual(["0 dev/tap", "0 dev/tap/tap0", "1 dev/tap/tap0"]);
    });
  });

  test("has the simulated clock's times", () => {
    onHost(function* ({ kernel }) {
      const volume = volumeOn(kernel);
      expect(volume.statSync("/dev/null").mtimeMs).toBe(0);
      yield* kernel.snooze(5_000);
      yield* publishDevice(kernel, "net/two", plain);
      expect(volume.statSync("/dev/net/two").birthtimeMs).toBe(5);
      expect(volume.statSync("/dev/net").mtimeMs).toBe(5);
      expect(volume.statSync("/dev/null").mtimeMs).toBe(0);
      expect(volume.statSync("/dev/null").atimeMs).toBe(5);
      volume.writeFileSync("/file", "x");
      expect(volume.statSync("/file").mtimeMs).toBe(5);
    });
  });

  test("mode and owner that are set through it are the kernel's", () => {
    onHost(function* ({ host, kernel }) {
      const volume = volumeOn(kernel);
      volume.chmodSync("/dev/null", 0o600);
      volume.chownSync("/dev/null", 7, 8);
      expect(yield* host.team("app").stat("/dev/null")).toMatchObject({ mode: 0o20600, uid: 7, gid: 8 });
      expect(volume.statSync("/dev/null")).toMatchObject({ mode: 0o20600, uid: 7, gid: 8 });
    });
  });

  test("a directory can be made, and nothing removed, moved, linked or created below /dev", () => {
    onHost(function* ({ host, kernel }) {
      const volume = volumeOn(kernel);
      volume.mkdirSync("/dev/disk");
      expect(yield* host.team("app").readDirectory("/dev")).toEqual(["disk", "net", "null"]);
      expect(volume.readdirSync("/dev/disk")).toEqual([]);
      expect(codeOf(() => volume.mkdirSync("/dev/null"))).toBe("EEXIST");
      expect(codeOf(() => volume.mkdirSync("/dev/none/below"))).toBe("ENOENT");
      for (const call of [
        () => volume.unlinkSync("/dev/null"),
        () => volume.rmSync("/dev/null"),
        () => volume.rmdirSync("/dev/net"),
        () => volume.renameSync("/dev/null", "/null"),
        () => volume.linkSync("/dev/null", "/null"),
        () => volume.symlinkSync("/dev/null", "/dev/nil"),
        () => volume.writeFileSync("/dev/file", "x"),
      ]) {
        expect(codeOf(call)).toBe("EPERM");
      }
      volume.symlinkSync("/dev/null", "/nil");
      expect(volume.realpathSync("/nil")).toBe("/dev/null");
      expect(yield* host.team("app").readDirectory("/dev")).toEqual(["disk", "net", "null"]);
    });
  });

  test("gives nobody a device's content behind its driver's back", () => {
    onHost(function* ({ kernel }) {
      const volume = volumeOn(kernel);
      expect(codeOf(() => volume.copyFileSync("/dev/null", "/copy"))).toBe("EOPNOTSUPP");
      expect(codeOf(() => volume.readFileSync("/dev/null"))).toBe("EOPNOTSUPP");
    });
  });

  test("plain files beside it have descriptors from 3 on, lowest first, in every host", () => {
    for (let i = 0; i < 2; i++) {
      onHost(function* ({ kernel }) {
        const volume = volumeOn(kernel);
        const open = (): number => volume.openSync("/file", "w+", 0o600) as number;
        expect([open(), open(), open()]).toEqual([3, 4, 5]);
        volume.closeSync(4);
        volume.closeSync(3);
        expect([open(), open(), open()]).toEqual([3, 4, 6]);
        volume.writeSync(3, "text");
        expect(volume.readFileSync("/file", "utf8")).toBe("text");
      });
    }
  });
});
