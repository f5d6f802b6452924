// The composition root: boots a host, layer by layer, and loads the drivers it is given.

import type { Driver } from "#devfs/hooks";
import { loadDriver } from "#devfs/load";
import { Kernel, type KernelOptions } from "#kernel/kernel";
import type { Simulation } from "#kernel/simulation";
import { installDevfs } from "#devfs/devfs";
import { installNetwork } from "#net/network";
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
  for (const driver of options.drivers ?? []) loadDriver(kernel, driver);
  return { kernel, team: (name) => new UserTeam(kernel, name) };
}
