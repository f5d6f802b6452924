// A node of the core tree: memfs' own class, with what it gets wrong for devices put right (facts: libraries.md, A.6).
//
// Times are the simulated clock's, permissions are those of the tree's user and not of the real process, and a
// device's content cannot be had behind its driver's back. With a kernel node behind it, that one has the truth.
// The time of access is always now. Not modelled: umask, set-user-id and sticky bits, more groups than one.

import { createError, Node } from "@jsonjoy.com/fs-core";
import type { DevfsNode } from "#devfs/tree";
import { S_IFCHR, S_IFDIR, S_IFMT } from "#vfs/open-file";

/** Who looks at a tree: simulated numbers. User 0 may do everything. */
export interface TreeUser {
  readonly uid: number;
  readonly gid: number;
}

/** What a node has from its tree; both are undefined while the core makes its root. */
interface Surroundings {
  /** Microseconds of virtual time. */
  readonly now: (() => number) | undefined;
  readonly user: TreeUser | undefined;
}

/** A permission, as the bit that it has for everybody else. */
const READ = 4;
const WRITE = 2;
const EXECUTE = 1;

/** A node of the core tree; `kernelNode` is null for what is not devfs'. */
export class CoreNode extends Node {
  readonly kernelNode: DevfsNode | null;
  readonly #tree: Surroundings;
  #ownUid = 0;
  #ownGid = 0;
  #modified: number;
  readonly #created: number;

  constructor(tree: Surroundings, inode: number, mode: number, kernelNode: DevfsNode | null) {
    super(inode, mode, 0, 0);
    this.#tree = tree;
    this.kernelNode = kernelNode;
    this.#created = this.#now();
    this.#modified = this.#created;
    this.#ownUid = tree.user?.uid ?? 0;
    this.#ownGid = tree.user?.gid ?? 0;
    if (kernelNode === null) return;
    this.rdev = kernelNode.rdev;
    // The core has a plain field there, which a class cannot turn into an accessor.
    Object.defineProperty(this, "mode", {
      get: () => kernelNode.mode,
      set: (mode: number) => {
        kernelNode.mode = mode;
      },
    });
  }

  override get uid(): number {
    return this.kernelNode?.uid ?? this.#ownUid;
  }

  override set uid(uid: number) {
    if (this.kernelNode === null) this.#ownUid = uid;
    else this.kernelNode.uid = uid;
    this.#changed();
  }

  override get gid(): number {
    return this.kernelNode?.gid ?? this.#ownGid;
  }

  override set gid(gid: number) {
    if (this.kernelNode === null) this.#ownGid = gid;
    else this.kernelNode.gid = gid;
    this.#changed();
  }

  override chmod(permissions: number): void {
    if (!this.#isOwners) throw createError("EPERM", "chmod");
    this.mode = (this.mode & S_IFMT) | (permissions & ~S_IFMT);
    this.#changed();
    this.changes.emit(["modify"]);
  }

  /** Root may give anything to anybody, an owner may give his to his own group. */
  override chown(uid: number, gid: number): void {
    const isOwnGroup = this.#isOwners && uid === this.uid && gid === this.#user.gid;
    if (this.#user.uid !== 0 && !isOwnGroup) throw createError("EPERM", "chown");
    super.chown(uid, gid);
  }

  // The core sets times to the real clock's; whatever it sets, it is now. What a caller sets goes through setTime.

  override get atime(): Date {
    return asDate(this.#now());
  }

  override set atime(_time: Date) {}

  override get mtime(): Date {
    return asDate(this.kernelNode?.modifyTime ?? this.#modified);
  }

  override set mtime(_time: Date) {
    this.#modified = this.#now();
  }

  override get ctime(): Date {
    return asDate(this.kernelNode?.changeTime ?? this.#modified);
  }

  override set ctime(_time: Date) {
    this.#modified = this.#now();
  }

  override get btime(): Date {
    return asDate(this.kernelNode?.createTime ?? this.#created);
  }

  override set btime(_time: Date) {}

  /** utimes: the time of modification, in microseconds of virtual time. */
  setTime(modified: number): void {
    if (!this.#isOwners) throw createError("EPERM", "utime");
    this.#changed();
    this.#modified = modified;
    if (this.kernelNode !== null) this.kernelNode.modifyTime = modified;
  }

  // Who calls is somebody in the simulated system, whoever runs the real process.

  override canRead(): boolean {
    return this.#user.uid === 0 || this.#may(READ);
  }

  override canWrite(): boolean {
    return this.#user.uid === 0 || this.#may(WRITE);
  }

  override canExecute(): boolean {
    if (this.#user.uid !== 0) return this.#may(EXECUTE);
    return (this.mode & S_IFMT) === S_IFDIR || (this.mode & 0o111) !== 0;
  }

  override getBuffer(): ReturnType<Node["getBuffer"]> {
    this.#refuseDevice("read");
    return super.getBuffer();
  }

  override read(...args: Parameters<Node["read"]>): number {
    this.#refuseDevice("read");
    return super.read(...args);
  }

  override write(...args: Parameters<Node["write"]>): number {
    this.#refuseDevice("write");
    return super.write(...args);
  }

  override truncate(length?: number): void {
    if ((this.mode & S_IFMT) === S_IFCHR) throw createError("EINVAL", "ftruncate", this.#path);
    super.truncate(length);
  }

  #refuseDevice(call: string): void {
    if ((this.mode & S_IFMT) === S_IFCHR) throw createError("EOPNOTSUPP", call, this.#path);
  }

  get #path(): string {
    return `/dev/${this.kernelNode?.path ?? ""}`;
  }

  get #user(): TreeUser {
    return this.#tree.user ?? { uid: 0, gid: 0 };
  }

  get #isOwners(): boolean {
    return this.#user.uid === 0 || this.#user.uid === this.uid;
  }

  // The first class that fits decides: an owner has only the owner's bits.
  #may(permission: number): boolean {
    const { uid, gid } = this.#user;
    const shift = uid === this.uid ? 6 : gid === this.gid ? 3 : 0;
    return ((this.mode >> shift) & permission) !== 0;
  }

  #changed(): void {
    this.#modified = this.#now();
    if (this.kernelNode !== null) this.kernelNode.changeTime = this.#modified;
  }

  #now(): number {
    return this.#tree.now?.() ?? 0;
  }
}

// memfs keeps times as Date objects; this one is made from the simulated clock, never read from the real one.
function asDate(microseconds: number): Date {
  return new Date(Math.floor(microseconds / 1_000));
}
