// The composition root: boots a host, layer by layer, and loads the drivers it is given.

import { installDevfs } from "#devfs/devfs";
import { publishDriver } from "#devfs/publish";
import { UsageError } from "#base/assert";
import { suggestion } from "#base/nearest";
import type { Driver, LoadedDriver } from "#driver";
import { Kernel } from "#kernel/kernel";
import type { KernelOptions } from "#kernel/kernel-options";
import type { Simulation } from "#kernel/simulation";
import { installCapture, type Capture } from "#net/capture";
import { installInternet } from "#net/internet";
import { installNetwork, registerNetworkModule } from "#net/network";
import { installFiles } from "#vfs/files";
import { UserTeam } from "#vfs/user-team";

export interface BootOptions extends KernelOptions {
  readonly drivers?: readonly Driver[];
  /** Packets for others are sent on: the host is a router. */
  readonly forwards?: boolean;
  /** Sees every packet that crosses an interface. */
  readonly capture?: Capture;
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
  if (options.capture !== undefined) installCapture(kernel, options.capture);
  for (const driver of options.drivers ?? []) load(kernel, driver);
  // Last, so that the numbers of the drivers' own objects do not depend on it.
  installInternet(kernel, { forwards: options.forwards ?? false });
  return { kernel, team: (name) => new UserTeam(kernel, name) };
}

function load(kernel: Kernel, driver: Driver): void {
  const loaded: unknown = driver.load(kernel);
  if (!isLoaded(loaded)) {
    const isObject = typeof loaded === "object" && loaded !== null;
    const given = isObject ? "a list, a promise or a generator: it is a plain function" : String(loaded);
    throw new UsageError(
      `driver "${driver.name}": load must return an object, { devices, hooks, ... }, and returned ${given}`,
    );
  }
  checkFields(driver.name, loaded);
  publishDriver(kernel, driver.name, loaded);
  for (const module of loaded.networkModules ?? []) registerNetworkModule(kernel, module);
}

// What the type says, for users of JavaScript; a load that is async would be loaded after everything has run.
function isLoaded(value: unknown): value is LoadedDriver {
  return typeof value === "object" && value !== null && !(Symbol.iterator in value) && !("then" in value);
}

const LOADED = ["devices", "hooks", "onDemand", "networkModules"];

// TypeScript does not see a misspelt field in what an arrow function returns.
function checkFields(driver: string, loaded: LoadedDriver): void {
  for (const field of Object.keys(loaded)) {
    if (LOADED.includes(field)) continue;
    const meant = suggestion(field, LOADED);
    throw new UsageError(
      `driver "${driver}": what load returns has a field "${field}", which means nothing${meant || ";"} fields are ${LOADED.join(", ")}`,
    );
  }
}
