// A view's own tree: which paths are the kernel's business, which descriptors are devices', and events that
// are told when the caller's code has returned.

import { File, filenameToSteps, Link, type FsEvent, type Node } from "@jsonjoy.com/fs-core";
import { CoreTree } from "#devfs/core-tree";
import { DirectoryNode } from "#devfs/tree";
import { S_IFCHR } from "#vfs/open-file";

/** Symbolic links on the way at most, as in memfs. */
const HOPS_MOST = 40;

/** Where a path leads below /dev. */
export interface DevicePath {
  /** The one that the kernel knows, without links: "/dev/tap/tap0". */
  readonly path: string;
  /** Null when there is no such name yet. */
  readonly node: Node | null;
}

/** An open device: a number of the view's that stands for one of its team's. */
export class DeviceDescriptor extends File {
  readonly path: string;
  readonly teamDescriptor: number;
  readonly isStream: boolean;

  constructor(link: Link, flags: number, fd: number, path: string, teamDescriptor: number, isStream: boolean) {
    super(link, link.getNode(), flags, fd);
    this.path = path;
    this.teamDescriptor = teamDescriptor;
    this.isStream = isStream;
  }
}

/** A second number for an open file of the tree itself: they share the position, as dup has it. */
export class SecondDescriptor extends File {
  constructor(first: File, fd: number) {
    super(first.link, first.node, first.flags, fd);
    // The core has a plain field there, which a class cannot turn into an accessor.
    Object.defineProperty(this, "position", {
      get: () => first.position,
      set: (position: number) => {
        first.position = position;
      },
    });
  }
}

export class ViewTree extends CoreTree {
  /**
   * Where opening `filename` leads, when that is the kernel's business: to a device, or to a name below /dev that
   * there is not. Null for everything else, which is the tree's own.
   */
  devicePath(filename: string, follow: boolean): DevicePath | null {
    if (filename.endsWith("/")) return null;
    let steps = filenameToSteps(filename, "/");
    for (let hops = 0; hops <= HOPS_MOST; hops++) {
      const name = steps.at(-1);
      const parent = this.walk(steps.slice(0, -1), true, true, true, "open");
      if (name === undefined || !parent.ok || parent.value === null) return null;
      const kernelParent = this.kernelNode(parent.value);
      const node = parent.value.getChild(name)?.getNode() ?? null;
      if (node !== null && node.isSymlink() && follow) {
        steps = filenameToSteps(node.symlink ?? "", `/${parent.value.steps.slice(1).join("/")}`);
        continue;
      }
      const isOurs = node === null || node.isCharacterDevice();
      if (!isOurs || !(kernelParent instanceof DirectoryNode)) return null;
      return { path: ["/dev", kernelParent.path, name].filter((part) => part !== "").join("/"), node };
    }
    return null;
  }

  /** The link of a device that was opened; its name may be gone. */
  deviceLink(path: string): Link {
    return this.getResolvedLink(path) ?? this.detachedLink(path.slice(path.lastIndexOf("/") + 1), S_IFCHR);
  }

  /** A view's open device with this number; null for whatever else, or nothing, has it. */
  device(fd: number): DeviceDescriptor | null {
    const file = this.fds[fd];
    return file instanceof DeviceDescriptor ? file : null;
  }

  /** Tells watchers, as a change of the tree does. */
  tell(event: FsEvent): void {
    this.emit(event);
  }

  // Whoever watches at this moment is told when no simulated thread runs and the caller's code has returned.
  protected override emit(event: FsEvent): void {
    for (const listener of this.changes.listeners) {
      queueMicrotask(() => {
        if (this.changes.listeners.has(listener)) listener(event);
      });
    }
  }
}
