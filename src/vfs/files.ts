// The files of a host: its root directory, the file systems mounted there, and the kernel's own descriptors.
//
// devfs registers itself here when it is installed; the vfs does not know it.

import { UsageError } from "#base/assert";
import { B_ENTRY_NOT_FOUND, type Status } from "#base/status";
import type { Kernel } from "#kernel/kernel";
import type { Steps } from "#kernel/operation";
import type { Descriptor } from "#vfs/descriptor";
import { IoContext } from "#vfs/io-context";
import {
  directoryStatus,
  openDirectory,
  S_IFDIR,
  S_IFMT,
  type FileStatus,
  type FileSystem,
  type OpenFile,
} from "#vfs/open-file";
import { resolvePath } from "#vfs/path";

const SERVICE = "files";

/** Gives a host its root directory, and the kernel team its descriptors. */
export function installFiles(kernel: Kernel): void {
  const files = new Files(kernel);
  kernel.services.set(SERVICE, files);
  kernel.kernelTeam.ioContext = new IoContext(kernel, files, kernel.kernelTeam.name);
}

/** The files of a host. @throws UsageError when it has none */
export function filesOf(kernel: Kernel): Files {
  const files = kernel.services.get(SERVICE);
  if (!(files instanceof Files))
    throw new UsageError(`host "${kernel.name}" has no files: installFiles was not called`);
  return files;
}

/** Mounts a file system as the directory `name` of the root; done once, while the host boots. */
export function registerFileSystem(kernel: Kernel, name: string, fileSystem: FileSystem): void {
  filesOf(kernel).mount(name, fileSystem);
}

export class Files {
  readonly #kernel: Kernel;
  readonly #mounts = new Map<string, FileSystem>();
  readonly #descriptors = new Set<Descriptor>();

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  mount(name: string, fileSystem: FileSystem): void {
    this.#mounts.set(name, fileSystem);
  }

  /** Looks the path up and opens what is there; what exists only on demand may come into being. */
  *open(path: string, flags: number): Steps<OpenFile | Status> {
    const names = this.#resolve(path);
    if (typeof names === "number") return names;
    const [first, ...rest] = names;
    if (first === undefined) return openDirectory("/", flags);
    const fileSystem = this.#mounts.get(first);
    if (fileSystem === undefined) return B_ENTRY_NOT_FOUND;
    return yield* fileSystem.open(rest, flags);
  }

  stat(path: string): FileStatus | Status {
    const names = this.#resolve(path);
    return typeof names === "number" ? names : this.#statOf(names);
  }

  /** The names in a directory, in alphabetical order. */
  readDirectory(path: string): readonly string[] | Status {
    const names = this.#resolve(path);
    if (typeof names === "number") return names;
    const [first, ...rest] = names;
    if (first === undefined) return [...this.#mounts.keys()].sort();
    return this.#mounts.get(first)?.readDirectory(rest) ?? B_ENTRY_NOT_FOUND;
  }

  /** A descriptor is made or freed. */
  count(descriptor: Descriptor, isLive: boolean): void {
    if (isLive) this.#descriptors.add(descriptor);
    else this.#descriptors.delete(descriptor);
  }

  /** Descriptors that nobody has freed, for judges and debuggers: recorded nowhere. */
  get liveDescriptors(): readonly Descriptor[] {
    return [...this.#descriptors];
  }

  #resolve(path: string): readonly string[] | Status {
    return resolvePath(path, (names) => {
      const status = this.#statOf(names);
      if (typeof status === "number") return status;
      return (status.mode & S_IFMT) === S_IFDIR ? "directory" : "other";
    });
  }

  #statOf(names: readonly string[]): FileStatus | Status {
    const [first, ...rest] = names;
    if (first === undefined) return directoryStatus(1, this.#kernel.simulation.now());
    return this.#mounts.get(first)?.stat(rest) ?? B_ENTRY_NOT_FOUND;
  }
}
