// Goal: the view shows the host's tree as `node:fs` shows one, and changes nothing by looking.
// Method: ordinary calls on a booted host; watchers hear of what simulated threads do.
import { once } from "node:events";
import { describe, expect, test } from "vitest";
import { bootForFs, createFsView } from "#fs-view/index";
import { nullDriver } from "#drivers/null";
import { Simulation } from "#kernel/simulation";
import { Adversary } from "#kernel/adversary";
import { boot } from "#system";
import { codeOf, codeOfPromise, shipped, TAP } from "./views.js";

describe("looking", () => {
  test("directories list the devices that there are", async () => {
    const { fs } = shipped();
    expect(fs.readdirSync("/dev")).toEqual(["full", "null", "random", "tap", "tun", "zero"]);
    expect(await fs.promises.readdir("/dev/tap")).toEqual([]);
    const entries = fs.readdirSync("/dev", { withFileTypes: true });
    expect(entries.filter((entry) => entry.isCharacterDevice()).map(({ name }) => name)).toEqual([
      "full",
      "null",
      "random",
      "zero",
    ]);
    const names: string[] = [];
    for await (const entry of await fs.promises.opendir("/dev")) names.push(entry.name);
    expect(names.sort()).toEqual(fs.readdirSync("/dev"));
  });

  test("a device is a character node with number, owner and virtual times", async () => {
    const { fs } = shipped();
    const stat = fs.statSync("/dev/null");
    expect(stat.isCharacterDevice()).toBe(true);
    expect(stat).toMatchObject({ mode: 0o20644, uid: 0, gid: 0, size: 0, mtimeMs: 0 });
    expect(stat.rdev).toBe(stat.ino);
    expect((await fs.promises.lstat("/dev/null")).rdev).toBe(stat.rdev);
    expect(fs.fstatSync(fs.openSync("/dev/null", "r")).ino).toBe(stat.ino);
    expect(fs.statSync("/dev").isDirectory()).toBe(true);
    // Time passes where the simulation waits.
    fs.pollSync([], 5_000);
    fs.openSync(TAP, "r");
    expect(Math.floor(fs.statSync(TAP).birthtimeMs)).toBe(5_000);
    expect(fs.statSync("/dev/null").mtimeMs).toBe(0);
  });

  test("a name on demand is made by opening it, not by looking at it", async () => {
    const { fs } = shipped();
    expect(fs.existsSync(TAP)).toBe(false);
    expect(codeOf(() => fs.statSync(TAP))).toBe("ENOENT");
    expect(codeOf(() => fs.accessSync(TAP))).toBe("ENOENT");
    expect(await codeOfPromise(fs.promises.access(TAP))).toBe("ENOENT");
    expect(codeOf(() => fs.realpathSync(TAP))).toBe("ENOENT");
    expect(fs.readdirSync("/dev/tap")).toEqual([]);
    const fd = fs.openSync(TAP, "r+");
    expect(fs.readdirSync("/dev/tap")).toEqual(["tap0"]);
    expect(fs.statSync(TAP).isCharacterDevice()).toBe(true);
    fs.closeSync(fd);
    expect(fs.readdirSync("/dev/tap")).toEqual([]);
  });

  test("a name that nobody makes is not there, and cannot be created", () => {
    const { fs } = shipped();
    expect(codeOf(() => fs.openSync("/dev/none", "r"))).toBe("ENOENT");
    expect(codeOf(() => fs.openSync("/dev/none", "w"))).toBe("EPERM");
    expect(codeOf(() => fs.openSync("/dev/none/below", "r"))).toBe("ENOENT");
    expect(codeOf(() => fs.openSync("/dev/null/", "r"))).toBe("ENOTDIR");
    expect(codeOf(() => fs.openSync("/dev/null", "wx"))).toBe("EEXIST");
    expect(codeOf(() => fs.unlinkSync("/dev/null"))).toBe("EPERM");
  });

  test("a symbolic link leads to a device, and to a name on demand", () => {
    const { fs } = shipped();
    fs.symlinkSync("/dev/tap", "/taps");
    fs.symlinkSync("/taps/tap7", "/seven");
    const fd = fs.openSync("/seven", "r+");
    expect(fs.readdirSync("/taps")).toEqual(["tap7"]);
    expect(fs.statSync("/seven").isCharacterDevice()).toBe(true);
    expect(fs.lstatSync("/seven").isSymbolicLink()).toBe(true);
    fs.closeSync(fd);
    for (const call of [() => fs.unlinkSync("/taps/../dev/null"), () => fs.rmSync("/taps", { recursive: true })]) {
      expect(codeOf(call)).toBe("EPERM");
    }
    fs.unlinkSync("/taps");
    expect(fs.existsSync("/taps")).toBe(false);
  });
});

describe("the user", () => {
  test("is root unless the view says otherwise, and never the real one", () => {
    const { fs, host } = shipped();
    fs.chmodSync("/dev/null", 0o600);
    fs.chownSync("/dev/null", 7, 8);
    fs.closeSync(fs.openSync("/dev/null", "r+"));
    const owner = createFsView(host, { uid: 7, gid: 1 });
    owner.closeSync(owner.openSync("/dev/null", "r+"));
    const other = createFsView(host, { uid: 9, gid: 8 });
    expect(codeOf(() => other.openSync("/dev/null", "r"))).toBe("EACCES");
    expect(codeOf(() => other.accessSync("/dev/null", other.constants.R_OK))).toBe("EACCES");
    fs.chmodSync("/dev/null", 0o640);
    other.closeSync(other.openSync("/dev/null", "r"));
    expect(codeOf(() => other.openSync("/dev/null", "w"))).toBe("EACCES");
    expect(other.statSync("/dev/null").mode).toBe(0o20640);
  });

  test("who owns nothing changes no mode and no owner", () => {
    const { host, fs } = shipped();
    const other = createFsView(host, { uid: 9, gid: 9 });
    expect(codeOf(() => other.chmodSync("/dev/null", 0o666))).toBe("EPERM");
    expect(codeOf(() => other.chownSync("/dev/null", 9, 9))).toBe("EPERM");
    expect(codeOf(() => other.mkdirSync("/dev/mine"))).toBe("EACCES");
    expect(codeOf(() => other.utimesSync("/dev/null", 1, 1))).toBe("EPERM");
    fs.utimesSync("/dev/null", 1, 2);
    expect(other.statSync("/dev/null").mtimeMs).toBe(2_000);
    other.writeFileSync("/own", "text");
    expect(other.statSync("/own")).toMatchObject({ uid: 9, gid: 9 });
  });
});

describe("watchers", () => {
  test("hear that a name comes, is written and goes, when the caller's code has returned", async () => {
    const { fs } = shipped();
    const heard: string[] = [];
    const watcher = fs.watch("/dev/tap", (event, name) => heard.push(`${event} ${name}`));
    const fd = fs.openSync(TAP, "r+");
    expect(heard).toEqual([]);
    fs.closeSync(fd);
    await Promise.resolve();
    expect(heard).toEqual(["rename tap0", "rename tap0"]);
    watcher.close();
    const other = fs.watch("/dev", (event, name) => heard.push(`${event} ${name}`));
    fs.writeFileSync("/dev/null", "x");
    await Promise.resolve();
    expect(heard.at(-1)).toBe("change null");
    other.close();
  });

  test("a listener may use the view itself", async () => {
    const { fs } = shipped();
    const seen = new Promise<string[]>((resolve) => {
      fs.watch("/dev/tap", () => resolve(fs.readdirSync("/dev/tap")));
    });
    fs.openSync(TAP, "r");
    expect(await seen).toEqual(["tap0"]);
  });

  test("promises.watch gives the same events", async () => {
    const { fs } = shipped();
    const events = fs.promises.watch("/dev/tap")[Symbol.asyncIterator]();
    const next = events.next();
    fs.openSync(TAP, "r");
    expect(await next).toEqual({ done: false, value: { eventType: "rename", filename: "tap0" } });
  });

  test("do not hear of what was before them", async () => {
    const { fs } = shipped();
    fs.openSync(TAP, "r");
    const heard: unknown[] = [];
    fs.watch("/dev/tap", (...event) => heard.push(event));
    await Promise.resolve();
    expect(heard).toEqual([]);
  });

  test("keep no process alive", () => {
    const { fs } = shipped();
    const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length;
    const before = timers();
    fs.watch("/dev").ref();
    void fs.promises.watch("/dev");
    fs.watchFile("/dev/null", () => {}).ref();
    expect(timers()).toBe(before);
    fs.unwatchFile("/dev/null");
  });
});

describe("what memfs brings along", () => {
  test("copying a device is refused, and its content is not to be had past its driver", async () => {
    const { fs } = shipped();
    fs.writeFileSync("/file", "x");
    for (const call of [
      () => fs.copyFileSync("/dev/zero", "/copy"),
      () => fs.copyFileSync("/file", "/dev/null"),
      () => fs.cpSync("/dev/zero", "/copy"),
      () => fs.cpSync("/dev", "/copies", { recursive: true }),
    ]) {
      expect(codeOf(call)).toBe("EOPNOTSUPP");
    }
    expect(await codeOfPromise(fs.promises.copyFile("/dev/zero", "/copy"))).toBe("EOPNOTSUPP");
    expect(await codeOfPromise(fs.promises.cp("/dev/zero", "/copy"))).toBe("EOPNOTSUPP");
    expect(await codeOfPromise(fs.openAsBlob("/dev/zero"))).toBe("EOPNOTSUPP");
    expect(fs.existsSync("/copy")).toBe(false);
    for (const extra of ["__vol", "toJSON", "reset", "toSnapshot"]) expect(extra in fs).toBe(false);
  });

  test("temporary names are counted, not drawn", async () => {
    for (let i = 0; i < 2; i++) {
      const { fs } = shipped();
      expect(fs.mkdtempSync("/t-")).toBe("/t-000000");
      fs.mkdirSync("/t-000001");
      expect(await fs.promises.mkdtemp("/t-")).toBe("/t-000002");
    }
  });

  test("an inode number is not given again while the file is open, or ever", () => {
    const { fs } = shipped();
    fs.writeFileSync("/file", "x");
    const fd = fs.openSync("/file", "r");
    fs.unlinkSync("/file");
    fs.writeFileSync("/file", "y");
    expect(fs.statSync("/file").ino).not.toBe(fs.fstatSync(fd).ino);
    expect(fs.readFileSync(fd, "utf8")).toBe("x");
  });

  test("mkdir -p makes directories below /dev, and leaves those that are there", () => {
    const { fs } = shipped();
    expect(fs.mkdirSync("/dev/disk/ata/0", { recursive: true })).toBe("/dev/disk");
    expect(fs.mkdirSync("/dev/disk/ata", { recursive: true })).toBe(undefined);
    expect(fs.statSync("/dev/disk/ata/0").isDirectory()).toBe(true);
    expect(codeOf(() => fs.mkdirSync("/dev/null", { recursive: true }))).toBe("EEXIST");
    expect(codeOf(() => fs.mkdirSync("/dev/null/below", { recursive: true }))).toBe("ENOTDIR");
  });

  test("calls of every manner take effect in the order in which they are made", async () => {
    const { fs } = shipped();
    const before = fs.promises.readdir("/dev/tap");
    const opened = fs.promises.open(TAP, "r+");
    const during = fs.promises.readdir("/dev/tap");
    fs.closeSync(fs.openSync(TAP, "r+"));
    const closed = opened.then((handle) => handle.close());
    expect(await Promise.all([before, during])).toEqual([[], ["tap0"]]);
    await closed;
    expect(await fs.promises.readdir("/dev/tap")).toEqual([]);
  });

  test("streams end, and are Node's own", async () => {
    const { fs } = shipped();
    const stream = fs.createReadStream("/dev/null");
    expect(stream).toBeInstanceOf(fs.ReadStream);
    stream.resume();
    await once(stream, "close");
  });

  test("has every call of node:fs", async () => {
    const { fs } = shipped();
    const node = await import("node:fs");
    const missing = (real: object, ours: object) =>
      Object.keys(real).filter((key) => !(key in ours) && key !== "default");
    expect(missing(node, fs)).toEqual([]);
    expect(missing(node.promises, fs.promises)).toEqual([]);
  });
});

test("a view needs measured time, and says so", () => {
  const simulation = new Simulation((made) => new Adversary(made));
  expect(() => createFsView(boot(simulation))).toThrow("measured time");
  expect(bootForFs({ drivers: [nullDriver] }).fs.readdirSync("/dev")).toEqual(["null"]);
});
