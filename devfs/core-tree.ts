// The same tree on memfs' core, for ordinary code: what `src/fs-view` puts a Volume over.
//
// Made when it is first asked for, from the kernel's own table (devfs/tree.ts), and kept in step by every publish
// and unpublish, each with its event for watchers. What changes through it (mode, owner, a new directory) changes
// the kernel's nodes. Inode and descriptor numbers belong to this tree alone, not to the process (facts:
// libraries.md, A.6); what is below /dev cannot be removed, renamed or linked, as in Haiku.
// Not here: opening a device. That is a syscall of a thread, and the fs view's business; the core refuses it, so
// that nothing (copying, for one) takes a device for an empty file.

import { createError, File, filenameToSteps, FsEvent, Link, Node, Superblock } from "@jsonjoy.com/fs-core";
import { CoreNode } from "#devfs/core-node";
import { devfsOf, type Devfs, type TreeFollower } from "#devfs/devfs";
import { DirectoryNode, type DevfsNode } from "#devfs/tree";
import type { Kernel } from "#kernel/kernel";

/** Inode numbers of what is not devfs': from here on, far above the kernel's objects. */
const OTHER_INODES = 2 ** 40;

/** What devfs lets nobody do below /dev. */
const GUARDED = ["unlink", "rmdir", "rm", "rename", "link", "symlink", "mkdirp"] as const;

/** Kinds of FsEvent. */
const CREATED = 0;
const DELETED = 1;

/** The core tree of a host; made on first use. */
export function coreTree(kernel: Kernel): CoreTree {
  const devfs = devfsOf(kernel);
  if (devfs.follower instanceof CoreTree) return devfs.follower;
  const tree = new CoreTree(kernel, devfs);
  devfs.follower = tree;
  return tree;
}

/** memfs' core with /dev in it. */
export class CoreTree extends Superblock implements TreeFollower {
  readonly #devfs: Devfs;
  readonly #links = new Map<DevfsNode, Link>();
  /** Microseconds of virtual time; 0 while the root is made. */
  readonly now: (() => number) | undefined;
  #otherInodes = OTHER_INODES;

  constructor(kernel: Kernel, devfs: Devfs) {
    super({ process: SIMULATED_PROCESS });
    this.now = () => kernel.simulation.now();
    this.#devfs = devfs;
    this.#guard();
    this.releasedFds = new LowestNumbers(this.fds);
    this.#attach(this.root, "dev", devfs.root);
    this.#addChildren(devfs.root);
  }

  /** The kernel's node behind a link below /dev; null for what is not devfs'. */
  kernelNode(link: Link): DevfsNode | null {
    const node = link.getNode();
    return node instanceof CoreNode ? node.kernelNode : null;
  }

  // --- the kernel's tree has changed ---

  added(node: DevfsNode): void {
    const parent = node.parent === null ? undefined : this.#links.get(node.parent);
    if (parent === undefined) return;
    const link = this.#attach(parent, node.name, node);
    this.emit(new FsEvent(CREATED, link.steps, link.getNode(), link));
  }

  removed(node: DevfsNode): void {
    const link = this.#links.get(node);
    if (link === undefined) return;
    this.#links.delete(node);
    const coreNode = link.getNode();
    this.emit(new FsEvent(DELETED, link.steps, coreNode, link));
    this.deleteLink(link);
    coreNode.nlink--;
    delete this.inodes[coreNode.ino];
    coreNode.del();
  }

  // --- what the core itself calls ---

  override createNode(mode: number): Node {
    // The core makes its root before any field of ours exists.
    const inode = this.now === undefined ? 1 : ++this.#otherInodes;
    const node = new CoreNode(this, inode, mode, null);
    this.inodes[inode] = node;
    return node;
  }

  override createLink(parent?: Link, name?: string, isDirectory?: boolean, mode?: number): Link {
    if (parent === undefined) return super.createLink();
    if (this.kernelNode(parent) !== null) throw createError("EPERM", "open", `${parent.getPath()}/${name}`);
    return super.createLink(parent, name ?? "", isDirectory, mode);
  }

  override openLink(link: Link, flags: number, resolveSymlinks?: boolean, filename?: string): File {
    const node = (this.resolveSymlinks(link) ?? link).getNode();
    if (node.isCharacterDevice()) throw createError("EOPNOTSUPP", "open", filename ?? link.getPath());
    return super.openLink(link, flags, resolveSymlinks, filename);
  }

  override deleteNode(node: Node): void {
    node.del();
    delete this.inodes[node.ino];
  }

  // The core's calls are properties of the instance: each is replaced by one that looks at its paths first.
  #guard(): void {
    const coreMkdir = this.mkdir;
    const mkdir = (filename: string, mode: number): void =>
      isBelowDev(filename) ? this.#makeDirectory(filename, mode) : coreMkdir(filename, mode);
    Object.defineProperty(this, "mkdir", { value: mkdir });
    for (const call of GUARDED) {
      const plain = this[call] as (...args: unknown[]) => unknown;
      const guarded = (...args: unknown[]): unknown => {
        const paths = call === "symlink" ? args.slice(1) : args;
        for (const path of paths)
          if (typeof path === "string" && isBelowDev(path)) throw createError("EPERM", call, path);
        return plain(...args);
      };
      Object.defineProperty(this, call, { value: guarded });
    }
  }

  #makeDirectory(filename: string, mode: number): void {
    const parent = this.getLinkParentAsDirOrThrow(filename, "mkdir");
    const name = filenameToSteps(filename, "/").at(-1) ?? "";
    const kernelParent = this.kernelNode(parent);
    if (parent.getChild(name) !== undefined || !(kernelParent instanceof DirectoryNode)) {
      throw createError("EEXIST", "mkdir", filename);
    }
    this.#devfs.makeDirectory(kernelParent, name, mode & 0o777);
  }

  #addChildren(directory: DirectoryNode): void {
    const parent = this.#links.get(directory);
    if (parent === undefined) return;
    for (const name of [...directory.children.keys()].sort()) {
      const node = directory.children.get(name);
      if (node === undefined) continue;
      this.#attach(parent, name, node);
      if (node instanceof DirectoryNode) this.#addChildren(node);
    }
  }

  #attach(parent: Link, name: string, node: DevfsNode): Link {
    const coreNode = new CoreNode(this, node.inode, node.mode, node);
    this.inodes[node.inode] = coreNode;
    const link = parent.createChild(name, coreNode);
    this.#links.set(node, link);
    return link;
  }
}

const SIMULATED_PROCESS = {
  cwd: () => "/",
  platform: "haiku",
  env: {},
  getuid: () => 0,
  getgid: () => 0,
  emitWarning: () => {},
};

/** Numbers for the core's descriptors: the lowest free one from 3 on, instead of a counter of the whole process. */
class LowestNumbers extends Array<number> {
  readonly #used: { readonly [fd: number]: File };

  constructor(used: { readonly [fd: number]: File }) {
    super();
    this.#used = used;
  }

  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }

  override pop(): number {
    let fd = 3;
    while (this.#used[fd] !== undefined) fd++;
    return fd;
  }

  override push(): number {
    return 0;
  }
}

function isBelowDev(filename: string): boolean {
  return filenameToSteps(filename, "/")[0] === "dev";
}
