// `lockstep/devfs`: the device tree, for code outside drivers: to boot a kernel with one, and to look at it.

export { Devfs, devfsOf, installDevfs, type TreeFollower } from "#devfs/devfs";
export type { DeviceHooks, NamesOnDemand } from "#devfs/hooks";
export { publishDevice, publishDriver, unpublishDevice, type DriverDevices } from "#devfs/publish";
export { DeviceNode, DevfsNode, DirectoryNode } from "#devfs/tree";
