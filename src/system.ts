// The composition root: boots a host, layer by layer, and loads the drivers it is given.

import { installDevfs } from "#devfs/devfs";
import { publishDriver } from "#devfs/publish";
import type { Driver } from "#driver";
import { Kernel } from "#kernel/kernel";
import type { KernelOptions } from "#kernel/kernel-options";
import type { Simulation } from "#kernel/simulation";
import { installNetwork, registerNetworkModule } from "#net/network";
import { installFiles } from "#vfs/files";
import { UserTeam } from "#vfs/user-team";

export interface BootOptions extends KernelOptions {
  readonly drivers?: readonly Driver[];
}

/** A booted host, as scenarios see it. */
export interface Host {
  readonly kernel: Kernel;
  /** A new team with no descriptors. */
  team(name: string): UserTeam;
}

/** Boots a host in `simulation`: kernel, files, devfs, network, drivers. */
export function boot(simulation: Simulation, options: BootOptions = {}): Host {
  const kernel = new Kernel(simulation, options);
  installFiles(kernel);
  installDevfs(kernel);
  installNetwork(kernel);
  for (const driver of options.drivers ?? []) load(kernel, driver);
  return { kernel, team: (name) => new UserTeam(kernel, name) };
}

function load(kernel: Kernel, driver: Driver): void {
  const loaded = driver.load(kernel);
  publishDriver(kernel, driver.name, loaded);
  for (const module of loaded.networkModules ?? []) registerNetworkModule(kernel, module);
}
