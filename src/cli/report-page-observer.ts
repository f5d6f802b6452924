// Watches a live simulation for what no event of a trace says: semaphores' counts, descriptors, and who is on which CPU.
//
// Looks once a step, before the step takes effect, and touches nothing that leaves a footprint.

import { HaikuScheduler } from "#kernel/haiku-scheduler";
import type { Simulation } from "#kernel/simulation";
import type { Observed } from "#page/changes";
import type { Program } from "#explore/execution";
import type { ObjectFacts, PendingThread } from "#trace/facts";
import { IoContext } from "#vfs/io-context";

type Changes = Observed["changes"][number];

/** Looks at each step of one execution. */
export class Observer {
  /** That of the step before: what the step has made of it is seen at the next. */
  #semaphore: ObjectFacts | null = null;
  readonly #texts = new Map<string, string>();
  readonly #changes: Changes[] = [];
  readonly #cpuOf = new Map<number, number>();
  #simulation: Simulation | null = null;

  /** The program, seen by this observer. */
  around(program: Program): Program {
    return (simulation) => {
      this.#simulation = simulation;
      return program(simulation);
    };
  }

  /** A step is about to take effect. */
  step({ pendingObject }: PendingThread): void {
    const simulation = this.#simulation;
    if (simulation === null) return;
    this.#look(simulation);
    this.#semaphore = pendingObject?.type === "semaphore" ? pendingObject : null;
    if (this.#semaphore !== null && !this.#texts.has(keyOf(this.#semaphore))) this.#look(simulation);
    if (!simulation.inSetup) this.#cpuOf.set(simulation.steps, cpuOf(simulation));
  }

  /** The execution is over. */
  ended(): void {
    if (this.#simulation !== null) this.#look(this.#simulation, 1);
  }

  get observed(): Observed {
    const { kernels } = this.#simulation ?? { kernels: [] };
    const cpus = kernels.flatMap(({ name, cpuCount }) =>
      Array.from({ length: cpuCount }, (_, cpu) => ({ name: kernels.length === 1 ? `${cpu}` : `${name} ${cpu}` })),
    );
    const isKnown = [...this.#cpuOf.values()].some((cpu) => cpu >= 0);
    return { cpus: isKnown ? cpus : [], cpuOf: this.#cpuOf, changes: this.#changes };
  }

  #look({ kernels, steps }: Simulation, later = 0): void {
    const step = steps + later;
    if (this.#semaphore !== null) {
      const { title, name } = this.#semaphore;
      this.#say(
        step,
        "semaphores",
        keyOf(this.#semaphore),
        `${title ?? name}: ${this.#semaphore.stateWords?.() ?? ""}`,
      );
    }
    for (const { teams } of kernels) {
      for (const { ioContext, name, id } of teams) {
        if (ioContext instanceof IoContext) this.#lookAtTable(step, ioContext, `${name} ${id}`, name);
      }
    }
  }

  #lookAtTable(step: number, { table, kernel }: IoContext, key: string, name: string): void {
    for (let fd = 0; fd < table.shownEnd; fd++) {
      const descriptor = table.shown(fd);
      const slot = `descriptor ${kernel.prefix}${key} ${fd}`;
      if (descriptor === null) {
        if (this.#texts.has(slot)) this.#say(step, "descriptors", slot, "");
        continue;
      }
      const { file, openCount, referenceCount } = descriptor;
      const counts = `open count ${openCount}, references ${referenceCount}`;
      this.#say(step, "descriptors", slot, `${kernel.prefix}${name} ${fd}: ${file.name} (${counts})`);
    }
  }

  #say(step: number, group: Changes["group"], key: string, text: string): void {
    if (this.#texts.get(key) === text) return;
    if (text === "") this.#texts.delete(key);
    else this.#texts.set(key, text);
    this.#changes.push({ step, group, key, text });
  }
}

function keyOf({ number }: ObjectFacts): string {
  return `semaphore ${number}`;
}

// In measured time the scheduler knows; while exploring it is known where there is only one.
function cpuOf({ scheduler, kernels, current }: Simulation): number {
  const running = scheduler instanceof HaikuScheduler ? scheduler.runningCpu : null;
  const kernel = current?.kernel;
  let first = 0;
  for (const each of kernels) {
    if (running !== null && each.name === running.host) return first + running.cpu;
    if (running === null && each === kernel) return each.cpuCount === 1 ? first : -1;
    first += each.cpuCount;
  }
  return -1;
}
