// The kernel's own table of nodes below /dev: directories and character devices.
//
// It is what lookups use, and the truth: building the same on memfs' core costs some 15 us an execution, this
// less than one. The core tree (devfs/core-tree.ts) is made from it when somebody asks, and follows it.
// Times are virtual microseconds, for show.

import type { DeviceHooks, NamesOnDemand } from "#devfs/hooks";
import type { Kernel } from "#kernel/kernel";
import { newObjectNumber } from "#kernel/numbers";
import type { Descriptor } from "#vfs/descriptor";
import { S_IFCHR, S_IFDIR, type FileStatus } from "#vfs/open-file";

/** What directories and devices have in common. */
export abstract class DevfsNode {
  readonly name: string;
  readonly parent: DirectoryNode | null;
  /** A function of (creating thread, n-th object), as for every kernel object. */
  readonly inode: number;
  /** Type and permission bits. */
  mode: number;
  uid = 0;
  gid: number;
  readonly createTime: number;
  modifyTime: number;
  changeTime: number;

  constructor(kernel: Kernel, parent: DirectoryNode | null, name: string, mode: number) {
    this.name = name;
    this.parent = parent;
    this.mode = mode;
    this.gid = parent?.gid ?? 0;
    this.inode = newObjectNumber(kernel.simulation);
    this.createTime = kernel.simulation.now();
    this.modifyTime = this.createTime;
    this.changeTime = this.createTime;
  }

  /** Below /dev: "tap/tap0"; the root's is empty. */
  get path(): string {
    const above = this.parent?.path ?? "";
    return above === "" ? this.name : `${above}/${this.name}`;
  }

  /** @param now microseconds: the time of access is always now */
  status(now: number): FileStatus {
    return {
      inode: this.inode,
      mode: this.mode,
      uid: this.uid,
      gid: this.gid,
      rdev: this.rdev,
      size: 0,
      blockSize: 65536,
      linkCount: 1,
      accessTime: now,
      modifyTime: this.modifyTime,
      changeTime: this.changeTime,
      createTime: this.createTime,
    };
  }

  get rdev(): number {
    return 0;
  }
}

export class DirectoryNode extends DevfsNode {
  readonly children = new Map<string, DevfsNode>();
  /** Who makes names here when they are opened. */
  readonly onDemand: NamesOnDemand[] = [];

  constructor(kernel: Kernel, parent: DirectoryNode | null, name: string, permissions = 0o755) {
    super(kernel, parent, name, S_IFDIR | permissions);
  }
}

export class DeviceNode extends DevfsNode {
  readonly hooks: DeviceHooks;
  /** The driver that was loaded with it; null when it was published by a kernel call. */
  readonly driver: string | null;
  /** What is open on it. Recorded by devfs, as the cell of the node's files. */
  readonly descriptors = new Set<Descriptor>();
  readonly #path: string;

  constructor(kernel: Kernel, parent: DirectoryNode, name: string, hooks: DeviceHooks, driver: string | null) {
    super(kernel, parent, name, S_IFCHR | 0o644);
    this.hooks = hooks;
    this.driver = driver;
    this.#path = super.path;
  }

  override get path(): string {
    return this.#path;
  }

  override get rdev(): number {
    return this.inode;
  }
}
