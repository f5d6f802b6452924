// The calls on paths and descriptors, each as a Call: on a device it is a syscall of the team "fs view", on
// anything else it is the tree's own.
//
// One packet is one call of the driver, however many buffers the caller gives: readv spreads what one read brought,
// writev gathers. A position is given to drivers that know positions; a stream of packets has none (as in Haiku,
// where such a device is always given 0). Append, create and truncate flags mean nothing to a device.

import { createError, FsEvent, type File } from "@jsonjoy.com/fs-core";
import { B_ENTRY_NOT_FOUND, ENOTTY } from "#base/status";
import { DeviceNode } from "#devfs/tree";
import { Call } from "#fs-view/call";
import { bytesOf, type TransferArguments } from "#fs-view/call-arguments";
import type { DeviceCalls } from "#fs-view/device-calls";
import { checked } from "#fs-view/errors";
import { readAt, writeAt } from "#fs-view/positioned";
import { DeviceDescriptor, SecondDescriptor, type DevicePath, type ViewTree } from "#fs-view/view-tree";
import { O_CLOEXEC, O_NONBLOCK, O_RWMASK, O_WRONLY } from "#vfs/file-calls";

/** Node's open flags on Linux. */
const NODE_O_CREAT = 0o100;
const NODE_O_EXCL = 0o200;
const NODE_O_NONBLOCK = 0o4000;
const NODE_O_DIRECTORY = 0o200000;
const NODE_O_NOFOLLOW = 0o400000;
const NODE_O_CLOEXEC = 0o2000000;
const NODE_O_SYMLINK = 0o10000000;

/** A kind of FsEvent. */
const MODIFIED = 2;

export class DescriptorCalls {
  readonly #tree: ViewTree;
  readonly #calls: DeviceCalls;

  constructor(tree: ViewTree, calls: DeviceCalls) {
    this.#tree = tree;
    this.#calls = calls;
  }

  /** Whether these flags open a device, or a name that may become one. */
  isDevice(filename: string, flags: number): boolean {
    return this.#devicePath(filename, flags) !== null;
  }

  /** Opens; the number is the lowest free one from 3 on when the call ends. */
  open(filename: string, flags: number, mode: number): Call<number> {
    const tree = this.#tree;
    const device = this.#devicePath(filename, flags);
    if (device === null) return Call.of(() => tree.open(filename, flags, mode, (flags & NODE_O_SYMLINK) === 0));
    const refusal = refusalOf(device, flags);
    if (refusal !== null) return Call.failed(createError(refusal, "open", filename));
    return this.#calls.start(
      "open",
      filename,
      (team) => team.open(device.path, haikuFlags(flags)),
      (opened) => {
        // devfs has no plain files: there is nothing that such an open could create.
        if (opened === B_ENTRY_NOT_FOUND && (flags & NODE_O_CREAT) !== 0) throw createError("EPERM", "open", filename);
        const teamDescriptor = checked(opened, "open", filename);
        const link = tree.deviceLink(device.path);
        const node = tree.kernelNode(link);
        const isStream = !(node instanceof DeviceNode) || node.hooks.isStream === true;
        return tree.enter((fd) => new DeviceDescriptor(link, flags, fd, device.path, teamDescriptor, isStream));
      },
    );
  }

  /** Closes: calls that are parked inside are woken by the driver's close hook. The number is free at once. */
  close(fd: number): Call<undefined> {
    const device = this.#tree.device(fd);
    if (device === null) return Call.of(() => this.#closeOwn(fd));
    this.#tree.leave(fd);
    return this.#calls.start(
      "close",
      device.path,
      (team) => team.close(device.teamDescriptor),
      (status) => void checked(status, "close", device.path),
    );
  }

  read(fd: number, transfer: TransferArguments): Call<number> {
    const { length, position } = transfer;
    const device = this.#tree.device(fd);
    if (device === null) {
      const { buffer, offset } = transfer;
      return Call.of(() => this.#tree.read(fd, buffer, offset, length, position));
    }
    if (length === 0) return Call.of(() => 0);
    return this.#readInto(device, [bytesOf(transfer)], position);
  }

  readv(fd: number, buffers: readonly ArrayBufferView[], position: number | null): Call<number> {
    const device = this.#tree.device(fd);
    if (device === null) return Call.of(() => this.#tree.readv(fd, [...buffers], position));
    return this.#readInto(device, buffers.map(asBytes), position);
  }

  write(fd: number, transfer: TransferArguments): Call<number> {
    const device = this.#tree.device(fd);
    const bytes = bytesOf(transfer);
    if (device !== null) return this.#writeFrom(device, bytes, transfer.position);
    return Call.of(() =>
      this.#tree.write(
        fd,
        Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length),
        0,
        bytes.length,
        transfer.position,
      ),
    );
  }

  writev(fd: number, buffers: readonly ArrayBufferView[], position: number | null): Call<number> {
    const bytes = Buffer.concat(buffers.map(asBytes));
    const device = this.#tree.device(fd);
    if (device !== null) return this.#writeFrom(device, bytes, position);
    return Call.of(() => this.#tree.write(fd, bytes, 0, bytes.length, position));
  }

  /** The driver's ioctl hook: `argument` is given to it as it is. Gives what the driver returns. */
  ioctl(fd: number, operation: number, argument: unknown): Call<number> {
    const device = this.#tree.device(fd);
    if (device === null) {
      return Call.of(() => checked(ENOTTY, "ioctl", this.#file(fd, "ioctl").link.getPath()));
    }
    return this.#calls.start(
      "ioctl",
      device.path,
      (team) => team.ioctl(device.teamDescriptor, operation, argument),
      (status) => checked(status, "ioctl", device.path),
    );
  }

  /** A second number for the same open file: the driver hears of close when both are closed. */
  dup(fd: number): Call<number> {
    const tree = this.#tree;
    const device = tree.device(fd);
    if (device === null) {
      return Call.of(() => {
        const file = this.#file(fd, "dup");
        return tree.enter((copy) => new SecondDescriptor(file, copy));
      });
    }
    const { link, flags, path, isStream } = device;
    return this.#calls.start(
      "dup",
      path,
      (team) => team.dup(device.teamDescriptor),
      (copied) => {
        const teamDescriptor = checked(copied, "dup", path);
        return tree.enter((copy) => new DeviceDescriptor(link, flags, copy, path, teamDescriptor, isStream));
      },
    );
  }

  // The driver fills bytes of its own: a call that was taken back must not write into the caller's later.
  #readInto(device: DeviceDescriptor, parts: readonly Uint8Array[], position: number | null): Call<number> {
    const { path, teamDescriptor } = device;
    const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    const at = device.isStream ? null : position;
    return this.#calls.start(
      "read",
      path,
      (team) => (at === null ? team.read(teamDescriptor, bytes) : readAt(team, teamDescriptor, at, bytes)),
      (count) => {
        spread(bytes.subarray(0, checked(count, "read", path)), parts);
        return count;
      },
    );
  }

  #writeFrom(device: DeviceDescriptor, bytes: Uint8Array, position: number | null): Call<number> {
    const { path, teamDescriptor, link } = device;
    const at = device.isStream ? null : position;
    return this.#calls.start(
      "write",
      path,
      (team) => (at === null ? team.write(teamDescriptor, bytes) : writeAt(team, teamDescriptor, at, bytes)),
      (count) => {
        if (checked(count, "write", path) > 0) this.#tree.tell(new FsEvent(MODIFIED, link.steps, link.getNode(), link));
        return count;
      },
    );
  }

  // Not the core's own close, which would take a second descriptor's number from the first.
  #closeOwn(fd: number): undefined {
    this.#file(fd, "close");
    this.#tree.leave(fd);
  }

  #file(fd: number, syscall: string): File {
    return this.#tree.getFileByFdOrThrow(fd, syscall);
  }

  #devicePath(filename: string, flags: number): DevicePath | null {
    return this.#tree.devicePath(filename, (flags & (NODE_O_NOFOLLOW | NODE_O_SYMLINK)) === 0);
  }
}

function refusalOf({ node }: DevicePath, flags: number): string | null {
  if (node === null) return null;
  if ((flags & NODE_O_CREAT) !== 0 && (flags & NODE_O_EXCL) !== 0) return "EEXIST";
  if ((flags & NODE_O_DIRECTORY) !== 0) return "ENOTDIR";
  const access = flags & O_RWMASK;
  const mayRead = access === O_WRONLY || node.canRead();
  const mayWrite = access === 0 || node.canWrite();
  return mayRead && mayWrite ? null : "EACCES";
}

function haikuFlags(flags: number): number {
  const nonblocking = (flags & NODE_O_NONBLOCK) === 0 ? 0 : O_NONBLOCK;
  const closeOnExec = (flags & NODE_O_CLOEXEC) === 0 ? 0 : O_CLOEXEC;
  return (flags & O_RWMASK) | nonblocking | closeOnExec;
}

function asBytes(view: ArrayBufferView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

function spread(bytes: Uint8Array, parts: readonly Uint8Array[]): void {
  let from = 0;
  for (const part of parts) {
    const piece = bytes.subarray(from, from + part.length);
    part.set(piece);
    from += piece.length;
  }
}
