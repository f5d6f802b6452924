// The calls of `node:fs` that touch descriptors, with Node's arguments and in its three manners. They stand in the
// place of memfs' own, which its promises and FileHandles then find: those look calls up when they are called.

import { checkCallback, wrongType, type Call, type Callback } from "#fs-view/call";
import { asReadSync, openArguments, readArguments, writeArguments } from "#fs-view/call-arguments";
import type { DescriptorCalls } from "#fs-view/descriptor-calls";
import type { DeviceCalls } from "#fs-view/device-calls";
import { poll, type PollRequest, type PollResult } from "#fs-view/polling";
import type { ViewTree } from "#fs-view/view-tree";

export interface NodeCalls {
  openSync(path: unknown, flags?: unknown, mode?: unknown): number;
  open(...given: unknown[]): void;
  closeSync(fd: number): void;
  close(fd: number, callback?: unknown): void;
  readSync(fd: number, ...given: unknown[]): number;
  read(fd: number, ...given: unknown[]): void;
  readvSync(fd: number, buffers: readonly ArrayBufferView[], position?: number | null): number;
  readv(fd: number, buffers: readonly ArrayBufferView[], ...given: unknown[]): void;
  writeSync(fd: number, ...given: unknown[]): number;
  write(fd: number, ...given: unknown[]): void;
  writevSync(fd: number, buffers: readonly ArrayBufferView[], position?: number | null): number;
  writev(fd: number, buffers: readonly ArrayBufferView[], ...given: unknown[]): void;
}

/** What `node:fs` has not. */
export interface DeviceControl {
  /** The driver's ioctl: `argument` goes to it as it is. Gives what it returns. */
  ioctlSync(fd: number, operation: number, argument?: unknown): number;
  ioctl(
    fd: number,
    operation: number,
    argument: unknown,
    callback: (error: Error | null, result?: number) => void,
  ): void;
  /** A second descriptor for the same open file. */
  dupSync(fd: number): number;
  /** Waits for events of descriptors; at most `timeoutMs` milliseconds of virtual time, for ever without. */
  pollSync(requests: readonly PollRequest[], timeoutMs?: number): PollResult[];
}

export function nodeCalls(calls: DescriptorCalls): NodeCalls {
  const begin = {
    open(path: unknown, flags: unknown, mode: unknown): Call<number> {
      const opened = openArguments(path, flags, mode);
      return calls.open(opened.filename, opened.flags, opened.mode);
    },
    readv: (fd: number, buffers: readonly ArrayBufferView[], position: unknown): Call<number> =>
      calls.readv(fd, checkBuffers(buffers), positionOf(position)),
    writev: (fd: number, buffers: readonly ArrayBufferView[], position: unknown): Call<number> =>
      calls.writev(fd, checkBuffers(buffers), positionOf(position)),
  };

  return {
    openSync: (path, flags, mode) => begin.open(path, flags, mode).now(),
    open(...given) {
      const [[path, flags, mode], callback] = split<number>(given);
      begin.open(path, flags, mode).later(callback);
    },

    closeSync: (fd) => calls.close(fd).now(),
    close(fd, callback) {
      const done: Callback<undefined> = callback === undefined ? throwIt : checkCallback(callback);
      calls.close(fd).later((error) => done(error));
    },

    readSync: (fd, ...given) => calls.read(fd, readArguments(fd, given)).now(),
    read(fd, ...given) {
      const [rest, callback] = split<number>(given);
      const transfer = readArguments(fd, asReadSync(rest));
      calls.read(fd, transfer).later((error, count = 0) => call3(callback, error, count, transfer.buffer));
    },
    readvSync: (fd, buffers, position) => begin.readv(fd, buffers, position).now(),
    readv(fd, buffers, ...given) {
      const [[position], callback] = split<number>(given);
      begin.readv(fd, buffers, position).later((error, count = 0) => call3(callback, error, count, buffers));
    },

    writeSync: (fd, ...given) => calls.write(fd, writeArguments(fd, given)).now(),
    write(fd, ...given) {
      const [rest, callback] = split<number>(given);
      const call = calls.write(fd, writeArguments(fd, rest));
      call.later((error, count = 0) => call3(callback, error, count, given[0]));
    },
    writevSync: (fd, buffers, position) => begin.writev(fd, buffers, position).now(),
    writev(fd, buffers, ...given) {
      const [[position], callback] = split<number>(given);
      begin.writev(fd, buffers, position).later((error, count = 0) => call3(callback, error, count, buffers));
    },
  };
}

export function deviceControl(tree: ViewTree, calls: DescriptorCalls, devices: DeviceCalls): DeviceControl {
  return {
    ioctlSync: (fd, operation, argument) => calls.ioctl(fd, operation, argument).now(),
    ioctl(fd, operation, argument, callback) {
      checkCallback(callback);
      calls.ioctl(fd, operation, argument).later((error, result) => callback(error as Error | null, result));
    },
    dupSync: (fd) => calls.dup(fd).now(),
    pollSync: (requests, timeoutMs) => poll(tree, devices, requests, timeoutMs).now(),
  };
}

/** The arguments before the callback, and the callback. */
export function split<T>(given: readonly unknown[]): [unknown[], Callback<T>] {
  return [given.slice(0, -1), checkCallback<T>(given.at(-1))];
}

function checkBuffers(buffers: unknown): readonly ArrayBufferView[] {
  if (Array.isArray(buffers) && buffers.every((each) => ArrayBuffer.isView(each))) return buffers;
  throw wrongType('The "buffers" argument must be an ArrayBufferView[].');
}

function positionOf(position: unknown): number | null {
  return typeof position === "number" && position >= 0 ? position : null;
}

// Reads and writes tell their callback of the buffer, too.
function call3(callback: Callback<number>, error: unknown, count: number, buffer: unknown): void {
  (callback as (error: unknown, count: number, buffer: unknown) => void)(error, count, buffer);
}

function throwIt(error: unknown): void {
  if (error !== null) throw error;
}
