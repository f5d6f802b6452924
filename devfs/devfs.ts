// devfs: the file system of devices, mounted at /dev (facts: haiku.md, section 7; devfs.cpp).
//
// Invariants:
//   - a directory stays for ever; a device's name goes with unpublish, its node with the last descriptor;
//   - a name on demand is asked for only when somebody opens it, never by stat or by reading the directory.
// Footprints. A name is a cell, found by hashing its path: lookups read the cells of all names on the way,
// publishing and unpublishing write one. A directory's list is a cell, too: reading the list writes it, changing
// a name in it reads it, so that changes of different names stay independent. The same holds for the
// descriptors that are open on a device: opening and freeing read the cell that disconnecting writes.

import { UsageError } from "#base/assert";
import {
  B_BAD_TYPE,
  B_BAD_VALUE,
  B_ENTRY_NOT_FOUND,
  B_ERROR,
  B_FILE_EXISTS,
  B_NAME_TOO_LONG,
  B_NOT_A_DIRECTORY,
  B_OK,
  statusName,
  type Status,
} from "#base/status";
import { openDevice } from "#devfs/device-file";
import { checkDemand, demandSteps } from "#devfs/hook-calls";
import type { DeviceHooks, NamesOnDemand } from "#devfs/hooks";
import { DeviceNode, DirectoryNode, type DevfsNode } from "#devfs/tree";
import type { Kernel } from "#kernel/kernel";
import type { Steps } from "#kernel/operation";
import { ContendedCells } from "#vfs/contended-cells";
import type { Descriptor } from "#vfs/descriptor";
import { registerFileSystem } from "#vfs/files";
import { openDirectory, type FileStatus, type FileSystem, type OpenFile } from "#vfs/open-file";

const SERVICE = "devfs";

/** Cells: of names, then of directories' lists, then of devices' descriptors. Two paths seldom share one. */
const NAME_CELLS = 64;
const LIST_CELLS = 16;
const FILE_CELLS = 16;

/** Characters of a name at most. */
const NAME_LENGTH_MOST = 255;

/** How often one open asks for a name on demand, before the one who makes it is at fault. */
const DEMANDS_MOST = 100;

/** Hears of every node that comes and goes: the core tree, once it exists. */
export interface TreeFollower {
  added(node: DevfsNode): void;
  removed(node: DevfsNode): void;
}

/** Gives a host its /dev. */
export function installDevfs(kernel: Kernel): void {
  const devfs = new Devfs(kernel);
  kernel.services.set(SERVICE, devfs);
  registerFileSystem(kernel, "dev", devfs);
}

/** The devfs of a host. @throws UsageError when it has none */
export function devfsOf(kernel: Kernel): Devfs {
  const devfs = kernel.services.get(SERVICE);
  if (!(devfs instanceof Devfs))
    throw new UsageError(`host "${kernel.name}" has no devfs: installDevfs was not called`);
  return devfs;
}

export class Devfs extends ContendedCells implements FileSystem {
  readonly root: DirectoryNode;
  follower: TreeFollower | null = null;

  constructor(kernel: Kernel) {
    super(kernel, "devfs", "/dev", NAME_CELLS + LIST_CELLS + FILE_CELLS);
    this.root = new DirectoryNode(kernel, null, "");
  }

  // --- what the vfs asks ---

  *open(names: readonly string[], flags: number): Steps<OpenFile | Status> {
    const path = names.join("/");
    let node = yield* this.#find(names, path);
    // A name that was made may be gone again before it is found: its first user came and left.
    for (let asked = 0; node === B_ENTRY_NOT_FOUND; asked++) {
      if (asked === DEMANDS_MOST) throw unpublished(path);
      const status = yield* this.#demand(names, path);
      if (status !== B_OK) return status;
      node = yield* this.#find(names, path);
    }
    if (typeof node === "number") return node;
    if (node instanceof DeviceNode) return yield* openDevice(this, node, flags);
    return openDirectory(`/dev/${path}`, flags);
  }

  stat(names: readonly string[]): FileStatus | Status {
    const node = this.walk(names);
    return typeof node === "number" ? node : node.status(this.kernel.simulation.now());
  }

  readDirectory(names: readonly string[]): readonly string[] | Status {
    const node = this.walk(names);
    if (typeof node === "number") return node;
    if (!(node instanceof DirectoryNode)) return B_NOT_A_DIRECTORY;
    this.counts(listCell(node));
    return [...node.children.keys()].sort();
  }

  /** The node that these names lead to from /dev on; B_ENTRY_NOT_FOUND or B_NOT_A_DIRECTORY. */
  walk(names: readonly string[]): DevfsNode | Status {
    let node: DevfsNode = this.root;
    let path = "";
    for (const name of names) {
      if (!(node instanceof DirectoryNode)) return B_NOT_A_DIRECTORY;
      path = path === "" ? name : `${path}/${name}`;
      this.looks(nameCell(path));
      const child = node.children.get(name);
      if (child === undefined) return B_ENTRY_NOT_FOUND;
      node = child;
    }
    return node;
  }

  // --- what drivers ask, through devfs/publish.ts ---

  /** The point before changing or looking up a name that threads contend for. */
  *arrive(path: string): Steps<void> {
    const cell = nameCell(path);
    if (this.isContended(cell)) yield* this.point(cell);
  }

  /** devfs_publish_device. */
  publish(path: string, hooks: DeviceHooks, driver: string | null): Status {
    const parts = checkedParts(path);
    if (typeof parts === "number") return parts;
    if (this.kernel.simulation.closed) return B_ERROR;
    const parent = this.makeDirectories(parts.slice(0, -1));
    if (typeof parent === "number") return parent;
    const name = parts.at(-1) ?? "";
    this.looks(nameCell(path));
    if (parent.children.has(name)) return B_FILE_EXISTS;
    this.#add(parent, new DeviceNode(this.kernel, parent, name, hooks, driver));
    return B_OK;
  }

  /** Takes the name away. The node, to disconnect what is open on it; or B_ENTRY_NOT_FOUND, B_BAD_TYPE. */
  unpublish(path: string): DeviceNode | Status {
    if (this.kernel.simulation.closed) return B_ERROR;
    const node = this.walk(path.split("/"));
    if (typeof node === "number") return node === B_NOT_A_DIRECTORY ? B_ENTRY_NOT_FOUND : node;
    if (!(node instanceof DeviceNode) || node.parent === null) return B_BAD_TYPE;
    this.passes(listCell(node.parent));
    this.empties(nameCell(path));
    node.parent.children.delete(node.name);
    node.parent.modifyTime = this.kernel.simulation.now();
    this.follower?.removed(node);
    return node;
  }

  /** Every descriptor on the device, whoever's, in an order that does not depend on who came first. */
  descriptorsOf(node: DeviceNode): readonly Descriptor[] {
    this.counts(fileCell(node));
    return [...node.descriptors].sort((a, b) => a.number - b.number);
  }

  addDescriptor(node: DeviceNode, descriptor: Descriptor): void {
    this.passes(fileCell(node));
    node.descriptors.add(descriptor);
  }

  removeDescriptor(node: DeviceNode, descriptor: Descriptor): void {
    this.passes(fileCell(node));
    node.descriptors.delete(descriptor);
  }

  /** The directory with these names, made as far as it is missing, mode 0755; B_FILE_EXISTS if one is a device. */
  makeDirectories(names: readonly string[]): DirectoryNode | Status {
    let directory = this.root;
    let path = "";
    for (const name of names) {
      path = path === "" ? name : `${path}/${name}`;
      this.looks(nameCell(path));
      let child = directory.children.get(name);
      if (child === undefined) {
        child = new DirectoryNode(this.kernel, directory, name);
        this.#add(directory, child);
      }
      if (!(child instanceof DirectoryNode)) return B_FILE_EXISTS;
      directory = child;
    }
    return directory;
  }

  /** From now on names in that directory may come into being when they are opened. While the host boots. */
  addNamesOnDemand(names: NamesOnDemand): Status {
    const parts = checkedParts(names.directory);
    if (typeof parts === "number") return parts;
    const directory = this.makeDirectories(parts);
    if (typeof directory === "number") return directory;
    directory.onDemand.push(names);
    return B_OK;
  }

  /** mkdir, for the fs view: `directory` has no such name. */
  makeDirectory(directory: DirectoryNode, name: string, permissions: number): void {
    this.#add(directory, new DirectoryNode(this.kernel, directory, name, permissions));
  }

  #add(parent: DirectoryNode, node: DevfsNode): void {
    this.passes(listCell(parent));
    this.fills(nameCell(node.path));
    this.kernel.simulation.changed = true;
    parent.children.set(node.name, node);
    parent.modifyTime = node.createTime;
    this.follower?.added(node);
  }

  *#find(names: readonly string[], path: string): Steps<DevfsNode | Status> {
    yield* this.arrive(path);
    return this.walk(names);
  }

  // Asks those who make names in this directory, until one does not say that there is no such name.
  *#demand(names: readonly string[], path: string): Steps<Status> {
    const directory = this.walk(names.slice(0, -1));
    if (!(directory instanceof DirectoryNode)) return B_ENTRY_NOT_FOUND;
    for (const makers of directory.onDemand) {
      const status = checkDemand(path, yield* demandSteps(path, makers.create(path)));
      // Another open may have been faster.
      if (status === B_OK || status === B_FILE_EXISTS) return B_OK;
      if (status !== B_ENTRY_NOT_FOUND) return status;
    }
    return B_ENTRY_NOT_FOUND;
  }
}

/** For a driver's author: why a name could not be published. */
export function publishProblem(driver: string, path: string, status: Status): UsageError {
  const slash = path.startsWith("/")
    ? `; names begin below /dev, without a slash: "${path.replace(/^\/+(dev\/+)?/, "")}"`
    : "";
  return new UsageError(`driver "${driver}": "${path}" cannot be published below /dev: ${statusName(status)}${slash}`);
}

function unpublished(path: string): Error {
  return new Error(
    `name on demand /dev/${path}: create returned B_OK ${DEMANDS_MOST} times, and nothing was published`,
  );
}

/** The names in a path to publish; B_BAD_VALUE or B_NAME_TOO_LONG when it is none. */
function checkedParts(path: string): readonly string[] | Status {
  if (typeof path !== "string" || path === "") return B_BAD_VALUE;
  const parts = path.split("/");
  if (parts.some((part) => part === "" || part === "." || part === "..")) return B_BAD_VALUE;
  return parts.some((part) => part.length > NAME_LENGTH_MOST) ? B_NAME_TOO_LONG : parts;
}

function nameCell(path: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < path.length; i++) hash = Math.imul(hash ^ path.charCodeAt(i), 0x01000193);
  return (hash >>> 8) % NAME_CELLS;
}

function listCell(directory: DirectoryNode): number {
  return NAME_CELLS + (directory.inode % LIST_CELLS);
}

function fileCell(node: DeviceNode): number {
  return NAME_CELLS + LIST_CELLS + (node.inode % FILE_CELLS);
}
