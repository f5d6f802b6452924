// A host's device tree as an object shaped like `node:fs`, for ordinary Node code.
//
// A view is like a process on that host: it has its own descriptors (from 3 on, lowest first), a user (root unless
// another is given), and a place of its own for plain files beside /dev, which simulated programs do not see. What is
// below /dev is the kernel's: opening, reading and writing go through the driver's hooks (src/fs-view/device-calls.ts),
// and a name on demand comes into being when it is opened, not when it is looked at.
//
// What memfs gets wrong for this is put right (facts: libraries.md, A.6), but for these:
//   - umask, set-user-id and sticky bits, more groups than one: nothing below /dev is made with a mode through here;
//   - named pipes and sockets: `node:fs` has no mknod, so there are none; devices come from drivers;
//   - lseek, fcntl, mmap, flock: `node:fs` has none; O_NONBLOCK is an open flag, or B_SET_NONBLOCKING_IO by ioctl;
//   - `dev`, `blksize` and `blocks` of stat are memfs' constants, and the time of access is always now;
//   - memfs' own extras (toJSON, snapshots, reset) would see no devices, and are not there. Copying one is EOPNOTSUPP;
//   - a promises.watch that waits does not keep the process alive, as no watcher does.

import * as nodeFs from "node:fs";
import { createFsFromVolume, Volume } from "memfs";
import type { TreeUser } from "#devfs/core-node";
import { DescriptorCalls } from "#fs-view/descriptor-calls";
import { DeviceCalls } from "#fs-view/device-calls";
import { fileMethods } from "#fs-view/file-methods";
import { deviceControl, nodeCalls, type DeviceControl } from "#fs-view/node-calls";
import { quietMethods, settle } from "#fs-view/quiet-methods";
import { checkCallback, type Callback } from "#fs-view/call";
import { streams, type Streams } from "#fs-view/streams";
import { ViewTree } from "#fs-view/view-tree";
import { DEFAULT_COSTS } from "#kernel/costs";
import { HaikuScheduler } from "#kernel/haiku-scheduler";
import { Kernel } from "#kernel/kernel";
import { Simulation } from "#kernel/simulation";
import { boot, type BootOptions, type Host } from "#system";

/** `node:fs`, and what a device needs besides. */
export type FsView = typeof nodeFs & DeviceControl;

/** Who looks: simulated numbers, root (0) unless given. */
export type FsViewOptions = Partial<TreeUser>;

/** The host's tree. @throws UsageError unless its simulation runs in measured time */
export function createFsView(host: Host | Kernel, { uid = 0, gid = 0 }: FsViewOptions = {}): FsView {
  const kernel = host instanceof Kernel ? host : host.kernel;
  const devices = new DeviceCalls(kernel);
  const tree = new ViewTree(kernel, { uid, gid });
  const descriptors = new DescriptorCalls(tree, devices);
  const node = nodeCalls(descriptors);
  const volume = new Volume(tree);
  const own = streams(node);
  Object.assign(volume, node, fileMethods(tree, descriptors, new Volume(tree)), quietMethods(new Volume(tree)), own);
  workInCallOrder(volume);
  const fs = createFsFromVolume(volume);
  Reflect.deleteProperty(fs, "__vol");
  const classes = streamClasses(own);
  return Object.assign(fs as object, own, classes, deviceControl(tree, descriptors, devices)) as FsView;
}

/** A host and its view, in a simulation of their own. */
export function bootForFs(options: BootOptions & FsViewOptions = {}): { readonly host: Host; readonly fs: FsView } {
  const simulation = new Simulation((made) => new HaikuScheduler(made, options.costs ?? DEFAULT_COSTS));
  const host = boot(simulation, options);
  return { host, fs: createFsView(host, options) };
}

// memfs does the work of a callback's or a promise's call a little later; here it is done when the call is made,
// and only the answer comes later, so that calls take effect in the order in which they are made.
function workInCallOrder(volume: Volume): void {
  const wrapAsync = (method: (...args: unknown[]) => unknown, args: unknown[], callback: unknown): void => {
    const answer: Callback<unknown> = checkCallback(callback);
    settle(() => Reflect.apply(method, volume, args), answer);
  };
  Object.defineProperty(volume, "wrapAsync", { value: wrapAsync });
  const { promises } = volume;
  const { writeFile } = promises;
  promises.writeFile = (target, data, options) => {
    if (typeof data !== "string" && !ArrayBuffer.isView(data)) return writeFile(target, data, options);
    const fd = typeof target === "object" && target !== null && "fd" in target ? (target.fd as number) : target;
    return new Promise((resolve, reject) => {
      volume.writeFile(fd as number, data, options ?? {}, (error) => (error ? reject(error) : resolve()));
    });
  };
}

// `new fs.ReadStream(path)` must not lead to the real machine's files.
function streamClasses({ createReadStream, createWriteStream }: Streams): object {
  const read = function (...given: Parameters<Streams["createReadStream"]>): nodeFs.ReadStream {
    return createReadStream(...given);
  };
  const write = function (...given: Parameters<Streams["createWriteStream"]>): nodeFs.WriteStream {
    return createWriteStream(...given);
  };
  read.prototype = nodeFs.ReadStream.prototype;
  write.prototype = nodeFs.WriteStream.prototype;
  return { ReadStream: read, WriteStream: write, FileReadStream: read, FileWriteStream: write };
}
