// The calls on files that a team has, as types: what src/vfs/syscalls.ts gives to user teams, and the kernel's
// own, which are not restarted and look no signal in the eye.

import type { Status } from "#base/status";
import type { Operation, Steps } from "#kernel/operation";

/** Open flags. */
export const O_RDONLY = 0;
export const O_WRONLY = 1;
export const O_RDWR = 2;
export const O_RWMASK = 3;
export const O_NONBLOCK = 0x80;
export const O_CLOEXEC = 0x40;

/** fcntl operations. */
export const F_DUPFD = 1;
export const F_GETFD = 2;
export const F_SETFD = 4;
export const F_GETFL = 8;
export const F_SETFL = 0x10;

/** Device operations that devfs and drivers know. */
export const B_GET_DEVICE_SIZE = 1;
export const B_SET_DEVICE_SIZE = 2;
export const B_SET_NONBLOCKING_IO = 3;
export const B_SET_BLOCKING_IO = 4;
export const B_GET_DRIVER_FOR_DEVICE = 8;
export const B_GET_PATH_FOR_DEVICE = 21;
export const B_SET_PARTITION = 16;
export const B_GET_PARTITION_INFO = 17;
export const B_DEVICE_OP_CODES_END = 9999;

/** poll's events, and what it gives back. */
export const POLLIN = 0x0001;
export const POLLOUT = 0x0002;
export const POLLERR = 0x0004;
export const POLLHUP = 0x0080;
export const POLLNVAL = 0x1000;

/** One descriptor of a poll. */
export interface PollDescriptor {
  readonly fd: number;
  /** The events wanted, as a set. */
  readonly events: number;
  /** The events that are there; set by poll. */
  revents: number;
}

/** What select is asked, and what it answers: sets of descriptors. */
export interface SelectSets {
  readonly read?: Set<number>;
  readonly write?: Set<number>;
  readonly error?: Set<number>;
}

/** Calls on files. Every one gives a number, or a negative status. */
export interface FileCalls {
  open(path: string, flags: number): Steps<number>;
  close(fd: number): Steps<Status>;
  read(fd: number, buffer: Uint8Array): Operation<number>;
  write(fd: number, bytes: Uint8Array): Operation<number>;
  ioctl(fd: number, operation: number, argument?: unknown): Steps<Status>;
  dup(fd: number): Steps<number>;
  fcntl(fd: number, operation: number, argument?: number): Steps<number>;
  /** Changes the sets to what is ready; gives how many, 0 after `timeoutUs` microseconds (default: none). */
  select(sets: SelectSets, timeoutUs?: number): Steps<number>;
  /** Sets `revents`; gives how many are ready, 0 after `timeoutUs` microseconds (default: none). */
  poll(descriptors: readonly PollDescriptor[], timeoutUs?: number): Steps<number>;
}
