// What a driver is: a name, and what it becomes when it is loaded into a kernel.

import type { DeviceHooks, NamesOnDemand } from "#devfs/hooks";
import type { Kernel } from "#kernel/kernel";
import type { NetworkDeviceModule } from "#net/device-module";

/** A driver that has been loaded into one kernel: its globals live in this closure. */
export interface LoadedDriver {
  /** Names below /dev that are published when the driver is loaded. */
  readonly devices?: readonly string[];
  /** The hooks of those names. */
  readonly hooks?: DeviceHooks;
  readonly onDemand?: readonly NamesOnDemand[];
  readonly networkModules?: readonly NetworkDeviceModule[];
}

/** A driver: `load` is called once for each kernel, as init_driver is. */
export interface Driver {
  readonly name: string;
  load(kernel: Kernel): LoadedDriver;
}

/** Declares a driver. */
export function defineDriver(driver: Driver): Driver {
  return driver;
}
