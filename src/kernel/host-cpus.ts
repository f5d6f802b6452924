// The CPUs of all hosts in measured time, by their hosts. The scheduler, src/kernel/haiku-scheduler.ts, owns them.

import { newCpu, type Cpu, type HostCpus } from "#kernel/cpu";
import type { Kernel } from "#kernel/kernel";
import type { Thread } from "#kernel/thread";

export class Hosts {
  /** In the order in which they were made. */
  readonly cpus: Cpu[] = [];
  readonly #hosts = new Map<Kernel, HostCpus>();
  /** Each switch asks twice, and mostly for the host that was asked for last. */
  #latest: HostCpus | null = null;

  get count(): number {
    return this.#hosts.size;
  }

  /** Those of them that are new get idle CPUs, whose clocks say `now`, in nanoseconds. */
  add(kernels: readonly Kernel[], now: number): void {
    for (const kernel of kernels) {
      if (this.#hosts.has(kernel)) continue;
      const ready: Thread[] = [];
      const first = this.cpus.length;
      const cpus = Array.from({ length: kernel.cpuCount }, (_, number) =>
        newCpu(kernel, ready, number, first + number, now),
      );
      this.#hosts.set(kernel, { kernel, cpus, ready });
      this.cpus.push(...cpus);
    }
  }

  /** The host's; null when it was not added. */
  of(kernel: Kernel): HostCpus | null {
    if (this.#latest?.kernel !== kernel) this.#latest = this.#hosts.get(kernel) ?? null;
    return this.#latest;
  }
}
