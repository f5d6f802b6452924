// What the hosts of a simulation have beside threads: the devices' tree and the network. Some have none of it.

import { UsageError } from "#base/assert";
import type { Kernel } from "#kernel/kernel";
import { devfsOf } from "#devfs/devfs";
import { DirectoryNode, type DevfsNode } from "#devfs/tree";
import type { Moment } from "#kdl/moment";
import type { DeviceInterface } from "#net/device-interface";
import type { Interface } from "#net/interface";
import { interfacesOf } from "#net/network";

/** Every node below /dev, directories before what is in them. */
export function nodesOf({ kernels }: Moment): readonly DevfsNode[] {
  return kernels.flatMap((kernel) => {
    const devfs = had(kernel, devfsOf);
    return devfs === null ? [] : below(devfs.root);
  });
}

export function deviceInterfacesOf({ kernels }: Moment): readonly DeviceInterface[] {
  return kernels.flatMap((kernel) => had(kernel, interfacesOf)?.devices.all ?? []);
}

export function networkInterfacesOf({ kernels }: Moment): readonly Interface[] {
  return kernels.flatMap((kernel) => had(kernel, interfacesOf)?.all ?? []);
}

/** The low 32 bits of a node's fake address: it is no kernel object, and has a number like one. */
export function nodeAddress(node: DevfsNode): number {
  return (0x8100_0000 + node.inode * 0x40) >>> 0;
}

/** An interface lies before the first of its locks. */
export function interfaceAddress(each: { readonly lock: { readonly address: number } }): number {
  return (each.lock.address - 0x20) >>> 0;
}

function below(node: DevfsNode): DevfsNode[] {
  return [node, ...(node instanceof DirectoryNode ? [...node.children.values()].flatMap(below) : [])];
}

function had<T>(kernel: Kernel, get: (kernel: Kernel) => T): T | null {
  try {
    return get(kernel);
  } catch (error) {
    if (error instanceof UsageError) return null;
    throw error;
  }
}
