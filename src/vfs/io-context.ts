// The calls on files, on one team's descriptor table: what a syscall does between entering and leaving the kernel,
// and what kernel code calls directly (facts: haiku.md, section 7; fd.cpp).
//
// Where another thread gets in. Looking a descriptor up (and taking a reference) is atomic and needs no point of
// its own, unless somebody is seen to close what another one looks up: then it has one, and so has giving the
// reference back (src/vfs/contended-cells.ts). Between the lookup and the driver's first operation there is the
// point of that operation: a close by another thread fits in there, runs the close hook and leaves the reader
// inside with a closed device, as on the machine. What a hook reads before its first operation belongs to the
// step of the lookup; if others change that without a lock, it is a data race, and told as such.

import { B_BAD_VALUE, B_DEV_INVALID_IOCTL, B_FILE_ERROR, B_OK, ENOTTY, type Status } from "#base/status";
import { given, NOT_YET, resultAtOnce } from "#kernel/at-once";
import type { Kernel } from "#kernel/kernel";
import type { Operation, Steps } from "#kernel/operation";
import { Descriptor } from "#vfs/descriptor";
import { DescriptorTable, SLOTS_MOST, type EmptiedSlot } from "#vfs/descriptor-table";
import { Transfer } from "#vfs/transfer";
import {
  F_DUPFD,
  F_GETFD,
  F_GETFL,
  F_SETFD,
  F_SETFL,
  O_CLOEXEC,
  O_RWMASK,
  type FileCalls,
  type PollDescriptor,
  type SelectSets,
} from "#vfs/file-calls";
import type { Files } from "#vfs/files";
import type { FileStatus, OpenFile } from "#vfs/open-file";
import { deselect, pollDescriptors, selectDescriptors } from "#vfs/select";
import { B_EVENT_INVALID, notifySelectEvents } from "#sync/select-sync-pool";

/** The flag of F_GETFD and F_SETFD. */
const FD_CLOEXEC = 1;

/** A team's io_context. */
export class IoContext implements FileCalls {
  readonly kernel: Kernel;
  readonly files: Files;
  readonly table: DescriptorTable;

  constructor(kernel: Kernel, files: Files, teamName: string) {
    this.kernel = kernel;
    this.files = files;
    this.table = new DescriptorTable(kernel, teamName);
  }

  *open(path: string, flags: number): Steps<number> {
    if ((flags & O_RWMASK) === O_RWMASK) return B_BAD_VALUE;
    const file = yield* this.files.open(path, flags);
    return typeof file === "number" ? file : yield* this.install(file, flags);
  }

  /** A new descriptor for a file that was just opened: its slot, or B_NO_MORE_FDS. */
  *install(file: OpenFile, flags: number): Steps<number> {
    const descriptor = new Descriptor(this.kernel, file, flags, (freed) => this.files.count(freed, false));
    this.files.count(descriptor, true);
    file.opened(descriptor);
    const fd = yield* this.table.add(descriptor, (flags & O_CLOEXEC) !== 0);
    if (fd < 0) yield* descriptor.abandon();
    return fd;
  }

  /** Works on the file behind a descriptor, which stays alive meanwhile; B_FILE_ERROR when there is none. */
  *use(fd: number, work: (file: OpenFile) => Steps<number>): Steps<number> {
    const descriptor = this.table.isContended(fd) ? yield* this.table.get(fd) : this.table.getNow(fd);
    if (descriptor === null) return B_FILE_ERROR;
    const result = yield* work(descriptor.file);
    if (!descriptor.putNow()) yield* descriptor.put();
    return result;
  }

  *close(fd: number): Steps<Status> {
    const slot = yield* this.table.remove(fd);
    if (slot === null) return B_FILE_ERROR;
    const { descriptor } = slot;
    // On Haiku closing a disconnected slot says the same and leaves the counts as they are; here they go down.
    const status = descriptor.isDisconnected ? B_FILE_ERROR : B_OK;
    yield* this.#endSelects(slot);
    yield* descriptor.removeSlot();
    return status;
  }

  read(fd: number, buffer: Uint8Array): Operation<number> {
    if (this.table.isContended(fd)) return this.#transfer(fd, (descriptor) => descriptor.read(buffer));
    const descriptor = this.table.getNow(fd);
    return descriptor === null ? noDescriptor() : this.#put(descriptor, descriptor.read(buffer));
  }

  write(fd: number, bytes: Uint8Array): Operation<number> {
    if (this.table.isContended(fd)) return this.#transfer(fd, (descriptor) => descriptor.write(bytes));
    const descriptor = this.table.getNow(fd);
    return descriptor === null ? noDescriptor() : this.#put(descriptor, descriptor.write(bytes));
  }

  // What the transfer gives; its reference is given back behind it.
  #put(descriptor: Descriptor, transfer: Operation<number>): Operation<number> {
    const count = resultAtOnce(this.kernel, transfer);
    if (count === NOT_YET) return new Transfer(descriptor, transfer);
    const result = given(this.kernel, count);
    return descriptor.putNow() ? result : new Transfer(descriptor, result);
  }

  *#transfer(fd: number, work: (descriptor: Descriptor) => Operation<number>): Steps<number> {
    const descriptor = yield* this.table.get(fd);
    return descriptor === null ? B_FILE_ERROR : yield* new Transfer(descriptor, work(descriptor));
  }

  *ioctl(fd: number, operation: number, argument?: unknown): Steps<Status> {
    const descriptor = yield* this.table.get(fd);
    if (descriptor === null) return B_FILE_ERROR;
    const status = yield* descriptor.file.ioctl(operation, argument);
    yield* descriptor.put();
    return status === B_DEV_INVALID_IOCTL ? ENOTTY : status;
  }

  *dup(fd: number): Steps<number> {
    return yield* this.#duplicate(fd, 0);
  }

  *fcntl(fd: number, operation: number, argument = 0): Steps<number> {
    if (operation === F_DUPFD) return yield* this.#duplicate(fd, argument);
    const descriptor = yield* this.table.get(fd);
    if (descriptor === null) return B_FILE_ERROR;
    const result = yield* this.#control(descriptor, fd, operation, argument);
    yield* descriptor.put();
    return result;
  }

  select(sets: SelectSets, timeoutUs?: number): Steps<number> {
    return selectDescriptors(this.kernel, this.table, sets, timeoutUs);
  }

  poll(descriptors: readonly PollDescriptor[], timeoutUs?: number): Steps<number> {
    return pollDescriptors(this.kernel, this.table, descriptors, timeoutUs);
  }

  *stat(path: string): Steps<FileStatus | Status> {
    return this.files.stat(path);
  }

  *readDirectory(path: string): Steps<readonly string[] | Status> {
    return this.files.readDirectory(path);
  }

  /** Closes all that is open, lowest first, as a process exit does. */
  *closeAll(): Steps<void> {
    for (const fd of this.table.used) yield* this.close(fd);
  }

  *#duplicate(fd: number, from: number): Steps<number> {
    if (!Number.isInteger(from) || from < 0 || from >= SLOTS_MOST) return B_BAD_VALUE;
    const descriptor = yield* this.table.get(fd);
    if (descriptor === null) return B_FILE_ERROR;
    const copy = yield* this.table.add(descriptor, false, from);
    yield* descriptor.put();
    return copy;
  }

  *#control(descriptor: Descriptor, fd: number, operation: number, argument: number): Steps<number> {
    switch (operation) {
      case F_GETFD:
        return this.table.closeOnExec(fd) ? FD_CLOEXEC : 0;
      case F_SETFD:
        return this.table.setCloseOnExec(fd, (argument & FD_CLOEXEC) !== 0);
      case F_GETFL:
        return descriptor.flags;
      case F_SETFL:
        return yield* descriptor.setFlags(argument);
      default:
        return B_BAD_VALUE;
    }
  }

  // Whoever waits for events of an emptied slot is told that it is gone.
  *#endSelects({ descriptor, selects }: EmptiedSlot): Steps<void> {
    for (const info of selects) {
      yield* deselect(descriptor, info);
      yield* notifySelectEvents(info, B_EVENT_INVALID);
    }
  }
}

function* noDescriptor(): Steps<number> {
  return B_FILE_ERROR;
}
