// What a descriptor leads to, and where paths lead: the contracts between the vfs and what lies below it
// (devfs, and whatever else can be opened).

import { B_BAD_VALUE, B_IS_A_DIRECTORY, B_NOT_ALLOWED, B_OK, type Status } from "#base/status";
import type { Operation, Steps } from "#kernel/operation";
import type { SelectInfo } from "#sync/select-sync-pool";
import type { Descriptor } from "#vfs/descriptor";

/** Something that was opened: one for each open, shared by the descriptor's slots. */
export interface OpenFile {
  /** For messages: "/dev/null". */
  readonly name: string;
  /** What the driver's open hook gave, for debuggers. */
  readonly cookie?: object;
  /** Whether reads and writes advance a position (else it stays 0 and orders nobody). */
  readonly hasPosition: boolean;
  /** Whether close or free do something: then it matters who closes last, and who is the last inside. */
  readonly hasEnd: boolean;
  /** The descriptor is made: its first slot is about to be filled. */
  opened(descriptor: Descriptor): void;
  /** The open count is 0; others may be inside. */
  close(): Steps<void>;
  /** The reference count is 0; nobody is inside. */
  free(): Steps<void>;
  read(position: number, buffer: Uint8Array): Operation<number>;
  write(position: number, bytes: Uint8Array): Operation<number>;
  ioctl(operation: number, argument: unknown): Steps<Status>;
  /** F_SETFL: B_OK lets the descriptor's own flags change. */
  setFlags(flags: number): Steps<Status>;
  /** Remembers `info` for one event. After an error the event is not deselected. */
  select(event: number, info: SelectInfo): Steps<Status>;
  deselect(event: number, info: SelectInfo): Steps<void>;
}

/** What stat tells. Times are microseconds of virtual time and for show: they are in no footprint. */
export interface FileStatus {
  readonly inode: number;
  /** Type and permission bits, as st_mode. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** The device's own number; 0 for a directory. */
  readonly rdev: number;
  readonly size: number;
  readonly blockSize: number;
  readonly linkCount: number;
  readonly accessTime: number;
  readonly modifyTime: number;
  readonly changeTime: number;
  readonly createTime: number;
}

export const S_IFMT = 0o170000;
export const S_IFCHR = 0o020000;
export const S_IFDIR = 0o040000;

/** A file system, mounted in the root directory. Names are given from its own root on. */
export interface FileSystem {
  open(names: readonly string[], flags: number): Steps<OpenFile | Status>;
  stat(names: readonly string[]): FileStatus | Status;
  /** The names in a directory, in alphabetical order. */
  readDirectory(names: readonly string[]): readonly string[] | Status;
}

/** An open directory: there is nothing to read, write or wait for. */
export class DirectoryFile implements OpenFile {
  readonly name: string;
  readonly hasPosition = false;
  readonly hasEnd = false;

  constructor(name: string) {
    this.name = name;
  }

  opened(): void {}

  *close(): Steps<void> {}

  *free(): Steps<void> {}

  *read(): Steps<number> {
    return B_IS_A_DIRECTORY;
  }

  *write(): Steps<number> {
    return B_IS_A_DIRECTORY;
  }

  *ioctl(): Steps<Status> {
    return B_BAD_VALUE;
  }

  *setFlags(): Steps<Status> {
    return B_NOT_ALLOWED;
  }

  *select(): Steps<Status> {
    return B_NOT_ALLOWED;
  }

  *deselect(): Steps<void> {}
}

/** Whether opening a directory with these flags is refused: B_IS_A_DIRECTORY for any kind of writing. */
export function openDirectory(name: string, flags: number): OpenFile | Status {
  return (flags & 3) === 0 ? new DirectoryFile(name) : B_IS_A_DIRECTORY;
}

/** What a directory's stat has in common with all others. */
export function directoryStatus(inode: number, now: number): FileStatus {
  return {
    inode,
    mode: S_IFDIR | 0o755,
    uid: 0,
    gid: 0,
    rdev: B_OK,
    size: 0,
    blockSize: 65536,
    linkCount: 1,
    accessTime: now,
    modifyTime: 0,
    changeTime: 0,
    createTime: 0,
  };
}
