// A node of the core tree: memfs' own class, with what it gets wrong for devices put right (facts: libraries.md, A.6).
//
// Times are the simulated clock's, permissions do not ask the real process, and a device's content cannot be had
// behind its driver's back. With a kernel node behind it, that one has the truth.

import { createError, Node } from "@jsonjoy.com/fs-core";
import type { DevfsNode } from "#devfs/tree";
import { S_IFCHR, S_IFDIR, S_IFMT } from "#vfs/open-file";

/** Where a node has its times from: microseconds of virtual time, 0 while there is no clock yet. */
interface Clock {
  readonly now: (() => number) | undefined;
}

/** A node of the core tree; `kernelNode` is null for what is not devfs'. */
export class CoreNode extends Node {
  readonly kernelNode: DevfsNode | null;
  readonly #clock: Clock;
  #ownUid = 0;
  #ownGid = 0;
  #modified: number;
  readonly #created: number;

  constructor(clock: Clock, inode: number, mode: number, kernelNode: DevfsNode | null) {
    super(inode, mode, 0, 0);
    this.#clock = clock;
    this.kernelNode = kernelNode;
    this.#created = this.#now();
    this.#modified = this.#created;
    this.rdev = kernelNode?.rdev ?? 0;
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
    this.mode = (this.mode & S_IFMT) | (permissions & ~S_IFMT);
    if (this.kernelNode !== null) this.kernelNode.mode = this.mode;
    this.#changed();
    this.changes.emit(["modify"]);
  }

  // The core sets times to the real clock's; whatever it sets, it is now.

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

  // Who calls is root in the simulated system, whoever runs the real process.

  override canRead(): boolean {
    return true;
  }

  override canWrite(): boolean {
    return true;
  }

  override canExecute(): boolean {
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

  #refuseDevice(call: string): void {
    if ((this.mode & S_IFMT) === S_IFCHR) throw createError("EOPNOTSUPP", call, `/dev/${this.kernelNode?.path ?? ""}`);
  }

  #changed(): void {
    this.#modified = this.#now();
    if (this.kernelNode !== null) this.kernelNode.changeTime = this.#modified;
  }

  #now(): number {
    return this.#clock.now?.() ?? 0;
  }
}

function asDate(microseconds: number): Date {
  return new Date(Math.floor(microseconds / 1_000));
}
