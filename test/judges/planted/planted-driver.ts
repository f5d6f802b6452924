// What a planted driver is: a driver with one fault, its corrected twin, and who is to name the fault.
//
// In each file the comment "named" ends the lines that the verdict must speak of.

import {
  defineDriver,
  O_RDWR,
  scenario,
  type DeviceHooks,
  type Driver,
  type Kernel,
  type Scenario,
  type ScenarioDefinition,
  type UserTeam,
} from "lockstep";
import type { Steps } from "#kernel/operation";

export interface PlantedDriver {
  /** The fault in a few words. */
  readonly fault: string;
  /** The judge that names it. */
  readonly judge: string;
  /** Judges who have a word to say about it, too. */
  readonly beside?: readonly string[];
  /** A scenario with the driver, mended or not. */
  readonly make: (isFixed: boolean) => Scenario;
}

/** A driver of one device, /dev/misc/device. */
export function deviceDriver<Cookie extends object>(hooks: (kernel: Kernel) => DeviceHooks<Cookie>): Driver {
  return defineDriver({
    name: "device",
    load: (kernel) => ({ devices: ["misc/device"], hooks: hooks(kernel) as unknown as DeviceHooks }),
  });
}

type Body = () => Steps<unknown>;

interface Thread {
  readonly body: Body;
  readonly priority: number | undefined;
}

/** Threads by their names. */
type Bodies = Readonly<Record<string, Body | Thread>>;

/** A program opens the device, and its threads use it at once. */
export function program(
  driver: Driver,
  bodies: (app: UserTeam, fd: number, kernel: Kernel) => Bodies,
  more: Pick<ScenarioDefinition, "debug" | "cpus"> = {},
): Scenario {
  const definition: ScenarioDefinition<{ readonly app: UserTeam; readonly fd: number }> = {
    drivers: [driver],
    ...more,
    *setup({ host }) {
      const app = host.team("app");
      return { app, fd: yield* app.open("/dev/misc/device", O_RDWR) };
    },
    *run({ app, fd, kernel }) {
      for (const [name, { body, priority }] of threadsOf(bodies(app, fd, kernel)))
        app.spawn(name, body, priority === undefined ? {} : { priority });
    },
  };
  return scenario("planted", definition);
}

function threadsOf(bodies: Bodies): (readonly [string, Thread])[] {
  return Object.entries(bodies).map(([name, thread]) => [
    name,
    typeof thread === "function" ? { body: thread, priority: undefined } : thread,
  ]);
}
