// What `run` shows besides the outcome: the packets as a capture file, and where the time went.

import { basename, resolve } from "node:path";
import { InputError } from "#base/assert";
import type { OptionText } from "#cli/command";
import { version } from "#load/installation";
import { isSet, single, type RawOptions } from "#cli/options";
import { writeWhole } from "#load/whole-file";
import type { Program } from "#explore/execution";
import { startMeasuring, type Use } from "#kernel/cpu-use";
import type { Simulation } from "#kernel/simulation";
import type { Capture } from "#net/capture";
import { IFT_ETHER } from "#net/device-module";
import type { Measured } from "#report/measured";
import { PcapngWriter } from "#report/pcapng";
import { measurementsOf } from "#vfs/measurements";

export const LOOKING_OPTIONS: readonly OptionText[] = [
  {
    usage: "--capture <file>",
    about: "write the packets that crossed any interface to a file, as pcapng (one scenario)",
  },
  { usage: "--stats", about: "show who used the CPUs, how long woken threads waited, and histograms of round trips" },
];

/** What somebody wants to see of a run. */
export interface Looking {
  /** A file's absolute path. */
  readonly capture?: string | undefined;
  readonly hasStats: boolean;
}

/** @throws InputError when several scenarios would be captured to one file */
export function readLooking(options: RawOptions, scenarios: number, folder: string): Looking {
  const capture = single(options, "capture", "the name of a file");
  if (capture !== undefined && scenarios !== 1) {
    throw new InputError(`--capture writes the packets of one scenario; ${scenarios} are to be run`);
  }
  return { capture: capture === undefined ? undefined : resolve(folder, capture), hasStats: isSet(options, "stats") };
}

/** Looks at one run; a program that is run again is looked at anew. */
export class Looker {
  readonly #looking: Looking;
  readonly #name: string;
  #writer: PcapngWriter | null = null;
  #use: (() => Use) | null = null;

  constructor(looking: Looking, name: string) {
    this.#looking = looking;
    this.#name = name;
  }

  /** For the program's compilation; undefined when nobody wants packets. */
  get capture(): Capture | undefined {
    if (this.#looking.capture === undefined) return undefined;
    return ({ hardwareType, ...packet }) => this.#writer?.add({ ...packet, isEthernet: hardwareType === IFT_ETHER });
  }

  /** The program, and what is begun with it: a new file, and measuring from the end of the set-up on. */
  around(program: Program): Program {
    if (this.#looking.capture === undefined && !this.#looking.hasStats) return program;
    return (simulation) => {
      this.#writer = new PcapngWriter(`lockstep ${version}`, `${this.#name}, virtual time from 0`);
      const judges = program(simulation);
      this.#use = startMeasuring(simulation);
      return judges;
    };
  }

  /**
   * Writes the file. Gives how many packets are in it; undefined when nobody wants one.
   * @throws InputError when it cannot be written
   */
  write(): number | undefined {
    const { capture } = this.#looking;
    if (capture === undefined || this.#writer === null) return undefined;
    writeWhole(capture, this.#writer.bytes(), `--capture: ${basename(capture)}`);
    return this.#writer.packets;
  }

  /** What was measured; null when nobody asked. */
  measured({ kernels }: Simulation): Measured | null {
    if (!this.#looking.hasStats || this.#use === null) return null;
    const times = kernels.flatMap((kernel) =>
      [...measurementsOf(kernel).times].map(([name, histogram]) => ({ host: kernel.name, name, histogram })),
    );
    return { use: this.#use(), times };
  }
}

/** The numbers that the run told, by name; null when it told none. */
export function figuresOf({ kernels }: Simulation): Readonly<Record<string, number>> | null {
  const figures = kernels.flatMap((kernel) => [...measurementsOf(kernel).figures]);
  return figures.length === 0 ? null : Object.fromEntries(figures);
}
