// The same tree on memfs' core, for ordinary code: what `src/fs-view` puts a Volume over.
//
// Made from the kernel's own table (devfs/tree.ts), and kept in step by every publish and unpublish, each with its
// event for watchers. What changes through it (mode, owner, a new directory) changes the kernel's nodes. Inode and
// descriptor numbers and what is not below /dev belong to one tree, not to the process (facts: libraries.md, A.6);
// what is below /dev cannot be removed, renamed or linked, as in Haiku.
// Not here: opening a device. That is a syscall of a thread, and the fs view's business; the core refuses it, so
// that nothing (copying, for one) takes a device for an empty file.

import { createError, File, filenameToSteps, FsEvent, Link, Node, Superblock } from "@jsonjoy.com/fs-core";
import { CoreNode, type TreeUser } from "#devfs/core-node";
import { devfsOf, type Devfs, type TreeFollower } from "#devfs/devfs";
import { DirectoryNode, type DevfsNode } from "#devfs/tree";
import type { Kernel } from "#kernel/kernel";

/** Inode numbers of what is not devfs': from here on, far above the kernel's objects. */
const OTHER_INODES = 2 ** 40;

/** What devfs lets nobody do below /dev. */
const GUARDED = ["unlink", "rmdir", "rm", "rename", "link", "symlink"] as const;

/** Of these the core follows even the last link of a path. */
const FOLLOWING: readonly string[] = ["rm", "rename"];

/** Kinds of FsEvent. */
const CREATED = 0;
const DELETED = 1;
const ATTRIBUTES = 3;

/** Whose eyes a tree is seen with unless somebody says otherwise. */
const ROOT: TreeUser = { uid: 0, gid: 0 };

/** memfs' core with /dev in it. */
export class CoreTree extends Superblock implements TreeFollower {
  readonly #devfs: Devfs;
  readonly #links = new Map<DevfsNode, Link>();
  /** Microseconds of virtual time; 0 while the root is made. */
  readonly now: (() => number) | undefined;
  readonly user: TreeUser | undefined;
  #otherInodes = OTHER_INODES;

  constructor(kernel: Kernel, user: TreeUser = ROOT) {
    super({ process: SIMULATED_PROCESS });
    const devfs = devfsOf(kernel);
    this.now = () => kernel.simulation.now();
    this.user = user;
    this.#devfs = devfs;
    this.#guard();
    this.releasedFds = new LowestNumbers(this.fds);
    this.#attach(this.root, "dev", devfs.root);
    this.#addChildren(devfs.root);
    if (!(devfs.follower instanceof Followers)) devfs.follower = new Followers();
    if (devfs.follower instanceof Followers) devfs.follower.trees.push(this);
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

  // --- descriptors of others than the core ---

  /** Enters an open file under the lowest free number from 3 on. */
  enter(make: (fd: number) => File): number {
    const fd = this.releasedFds.pop() ?? 3;
    this.fds[fd] = make(fd);
    this.openFiles++;
    return fd;
  }

  /** The number is free again. */
  leave(fd: number): void {
    delete this.fds[fd];
    this.openFiles--;
  }

  /** A link without a place in the tree, for a device that is open and whose name is gone. */
  detachedLink(name: string, mode: number): Link {
    const link = new Link(this, undefined, name);
    link.setNode(new CoreNode(this, ++this.#otherInodes, mode, null));
    return link;
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
    this.#replace("mkdir", (filename: string, mode: number) =>
      this.#isDevfs("mkdir", filename) ? this.#makeDirectory(filename, mode) : coreMkdir(filename, mode),
    );
    this.#replace("mkdirp", (filename: string, mode: number) => this.#makeDirectories(filename, mode));
    for (const call of GUARDED) {
      const plain = this[call] as (...args: unknown[]) => unknown;
      this.#replace(call, (...args: unknown[]) => {
        const paths = call === "symlink" ? args.slice(1) : args;
        for (const path of paths) {
          if (typeof path === "string" && this.#isDevfs(call, path)) throw createError("EPERM", call, path);
        }
        return plain(...args);
      });
    }
    this.#replace("utimes", (filename: string, _accessed: number, modified: number, follow = true) =>
      this.#setTime(
        follow ? this.getResolvedLinkOrThrow(filename, "utime") : this.getLinkOrThrow(filename, "lutime"),
        modified,
      ),
    );
    this.#replace("futimes", (fd: number, _accessed: number, modified: number) =>
      this.#setTime(this.getFileByFdOrThrow(fd, "futime").link, modified),
    );
  }

  #replace(call: keyof Superblock, value: unknown): void {
    Object.defineProperty(this, call, { value });
  }

  // What a path leads to decides, not how it is spelt: there may be links on the way.
  #isDevfs(call: string, filename: string): boolean {
    const steps = filenameToSteps(filename, "/");
    if (steps.length === 1 && steps[0] === "dev") return true;
    return this.#leadsToDevfs(steps.slice(0, -1)) || (FOLLOWING.includes(call) && this.#leadsToDevfs(steps));
  }

  #leadsToDevfs(steps: string[]): boolean {
    const found = this.walk(steps, true, false, false);
    return found.ok && found.value !== null && this.kernelNode(found.value) !== null;
  }

  #makeDirectory(filename: string, mode: number): void {
    const parent = this.getLinkParentAsDirOrThrow(filename, "mkdir");
    const name = filenameToSteps(filename, "/").at(-1) ?? "";
    const kernelParent = this.kernelNode(parent);
    if (parent.getChild(name) !== undefined || !(kernelParent instanceof DirectoryNode)) {
      throw createError("EEXIST", "mkdir", filename);
    }
    const node = parent.getNode();
    if (!node.canWrite() || !node.canExecute()) throw createError("EACCES", "mkdir", filename);
    this.#devfs.makeDirectory(kernelParent, name, mode & 0o777);
  }

  /** Gives the first directory that had to be made. */
  #makeDirectories(filename: string, mode: number): string | undefined {
    const steps = filenameToSteps(filename, "/");
    let first: string | undefined;
    for (let length = 1; length <= steps.length; length++) {
      const path = `/${steps.slice(0, length).join("/")}`;
      const link = this.getResolvedLink(path);
      if (link === null) {
        this.mkdir(path, mode);
        first ??= path;
      } else if (!link.getNode().isDirectory()) {
        throw createError(length === steps.length ? "EEXIST" : "ENOTDIR", "mkdir", filename);
      }
    }
    return first;
  }

  /** @param modified seconds */
  #setTime(link: Link, modified: number): void {
    const node = link.getNode();
    if (node instanceof CoreNode) node.setTime(Math.round(modified * 1_000_000));
    this.emit(new FsEvent(ATTRIBUTES, link.steps, node, link));
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

/** Several trees on one host: each hears of every node. */
class Followers implements TreeFollower {
  readonly trees: CoreTree[] = [];

  added(node: DevfsNode): void {
    for (const tree of this.trees) tree.added(node);
  }

  removed(node: DevfsNode): void {
    for (const tree of this.trees) tree.removed(node);
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
