// What a driver is: a name, and what it becomes when it is loaded into a kernel.

import { UsageError } from "#base/assert";
import type { DeviceHooks, NamesOnDemand } from "#devfs/hooks";
import type { Kernel } from "#kernel/kernel";
import type { NetworkDeviceModule } from "#net/device-module";

/** A driver that has been loaded into one kernel: its globals live in this closure. */
export interface LoadedDriver {
  /**
   * Names below /dev that are published when the driver is loaded: a list, all of them with `hooks`, or an object that gives
   * each name hooks of its own, as find_device does: `{ "ports/line1": lineHooks, "ports/control": controlHooks }`.
   */
  readonly devices?: readonly string[] | Readonly<Record<string, DeviceHooks>>;
  /** The hooks of the names in a list. */
  readonly hooks?: DeviceHooks;
  readonly onDemand?: readonly NamesOnDemand[];
  readonly networkModules?: readonly NetworkDeviceModule[];
}

/** A driver: `load` is called once for each kernel, as init_driver is. */
export interface Driver {
  readonly name: string;
  load(kernel: Kernel): LoadedDriver;
}

/** Declares a driver. @throws UsageError when it has no name, or no `load` */
export function defineDriver(driver: Driver): Driver {
  if (typeof driver?.name !== "string" || typeof driver.load !== "function") {
    throw new UsageError(`defineDriver() takes { name, load }: a string, and a function that is given the kernel`);
  }
  return driver;
}
