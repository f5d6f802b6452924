// Names come and go below /dev: the calls that drivers make, and the one that the boot makes for a driver.

import { UsageError } from "#base/assert";
import { B_NO_MEMORY, B_OK, type Status } from "#base/status";
import { devfsOf, publishProblem } from "#devfs/devfs";
import { checkHooks } from "#devfs/hook-calls";
import type { DeviceHooks, NamesOnDemand } from "#devfs/hooks";
import type { Kernel } from "#kernel/kernel";
import { allocationFails } from "#kernel/mishaps";
import type { Steps } from "#kernel/operation";

/**
 * devfs_publish_device: a device at /dev/`path`, directories made as needed. B_BAD_VALUE for an empty path or
 * one that begins with a slash, B_FILE_EXISTS when the name is taken or something on the way is a device, B_NO_MEMORY
 * where a scenario asks for failures.
 */
export function* publishDevice(kernel: Kernel, path: string, hooks: DeviceHooks): Steps<Status> {
  checkHooks(hooks, `/dev/${path}`);
  const devfs = devfsOf(kernel);
  yield* devfs.arrive(path);
  if (allocationFails(kernel, `the node of /dev/${path}`)) return B_NO_MEMORY;
  return devfs.publish(path, hooks, null);
}

/**
 * devfs_unpublish_device: the name goes now; hooks and open descriptors live on until the last reference goes.
 * With `disconnect` nobody finds those descriptors any more, and a device that nobody is inside of is closed and
 * freed at once. B_ENTRY_NOT_FOUND when there is no such name, B_BAD_TYPE when it is a directory.
 */
export function* unpublishDevice(kernel: Kernel, path: string, disconnect: boolean): Steps<Status> {
  const devfs = devfsOf(kernel);
  yield* devfs.arrive(path);
  const node = devfs.unpublish(path);
  if (typeof node === "number") return node;
  if (disconnect) for (const descriptor of devfs.descriptorsOf(node)) yield* descriptor.disconnect();
  return B_OK;
}

/** What a driver brings to devfs when it is loaded. */
export interface DriverDevices {
  readonly devices?: readonly string[] | Readonly<Record<string, DeviceHooks>>;
  readonly hooks?: DeviceHooks;
  readonly onDemand?: readonly NamesOnDemand[];
}

/** Publishes what a loaded driver brings. @throws UsageError when it cannot be published */
export function publishDriver(kernel: Kernel, name: string, driver: DriverDevices): void {
  const devfs = devfsOf(kernel);
  const { devices = [], hooks, onDemand = [] } = driver;
  if (!isListOf(devices, "string") && !isHooksByName(devices)) {
    throw new UsageError(
      `driver "${name}": devices must be a list of names below /dev, ["misc/echo"], or hooks by name, { "misc/echo": hooks }`,
    );
  }
  if (!isListOf(onDemand, "object")) {
    throw new UsageError(`driver "${name}": onDemand must be a list of { directory, create }`);
  }
  if (hooks !== undefined) checkHooks(hooks, `driver "${name}"`);
  for (const [path, own] of hooksByName(name, devices, hooks)) {
    const status = devfs.publish(path, own, name);
    if (status !== B_OK) throw publishProblem(name, path, status);
  }
  for (const names of onDemand) {
    const status = devfs.addNamesOnDemand(names);
    if (status !== B_OK) throw publishProblem(name, names.directory, status);
  }
}

// Which hooks each name gets: those of all, or its own.
function hooksByName(
  name: string,
  devices: NonNullable<DriverDevices["devices"]>,
  hooks: DeviceHooks | undefined,
): (readonly [string, DeviceHooks])[] {
  if (!isList(devices)) {
    const own = Object.entries(devices);
    for (const [path, each] of own) checkHooks(each, `driver "${name}", "${path}"`);
    return own;
  }
  if (devices.length > 0 && hooks === undefined) throw new UsageError(`driver "${name}" has devices and no hooks`);
  return hooks === undefined ? [] : devices.map((path) => [path, hooks] as const);
}

function isList(devices: NonNullable<DriverDevices["devices"]>): devices is readonly string[] {
  return Array.isArray(devices);
}

function isHooksByName(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isListOf(value: unknown, type: "string" | "object"): boolean {
  return Array.isArray(value) && value.every((each) => typeof each === type && each !== null);
}
