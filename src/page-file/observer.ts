// Watches a live simulation for what no event of a trace says: semaphores' counts, descriptors, the packets in queues, and who
// is on which CPU.
//
// Looks once a step, before the step takes effect, and touches nothing that leaves a footprint.
// While exploring, threads are on no particular CPU: shown is one way in which they could have shared them out, with each
// thread where it was before as long as nobody keeps that CPU by having interrupts off.

import { HaikuScheduler } from "#kernel/haiku-scheduler";
import type { KernelObject } from "#kernel/kernel-object";
import type { Simulation } from "#kernel/simulation";
import type { Team } from "#kernel/team";
import type { Thread } from "#kernel/thread";
import type { Watcher } from "#kernel/watcher";
import type { NetBuffer } from "#net/net-buffer";
import { NetBufferList } from "#net/net-buffer-list";
import { NetFifo } from "#net/net-fifo";
import type { Observed } from "#page/changes";
import type { Program } from "#explore/execution";
import { timed } from "#explore/punctual";
import { hasExpired, watch, type Watched, type WatchOptions } from "#explore/watch";
import { counted } from "#report/text";
import type { ObjectFacts, PendingThread } from "#trace/facts";
import type { Descriptor } from "#vfs/descriptor";
import { IoContext } from "#vfs/io-context";

/** Of a queue so many packets are shown, and so many bytes of each. */
const PACKETS_SHOWN = 8;
const BYTES_SHOWN = 20;

/** After so many steps the stacks that a long page does not tell are left out; where they are wanted, the execution is run again. */
const ASIDE_STEPS = 300;

type Changes = Observed["changes"][number];

/**
 * Runs a program once, recorded and observed.
 * @param readsAll whether all stacks will be read; else those that a page does not tell are taken when they are
 */
export function observe(
  program: Program,
  options: WatchOptions,
  readsAll = false,
): { readonly watched: Watched; readonly observed: Observed } {
  const observer = new Observer();
  const watched = watch(observer.around(program), {
    ...options,
    ...(readsAll ? { readsStacks: true } : { asideSteps: ASIDE_STEPS }),
    onStep: (thread) => observer.step(thread),
  });
  observer.ended();
  const execution = timed(program, watched.execution, hasExpired(watched.events));
  return { watched: { ...watched, execution }, observed: observer.observed };
}

/** Looks at each step of one execution. */
class Observer implements Watcher {
  /** That of the step before: what the step has made of it is seen at the next. */
  #semaphore: ObjectFacts | null = null;
  readonly #texts = new Map<string, string>();
  /** The descriptors of each team as they were last told, by their numbers. */
  readonly #told = new Map<Team, (ToldDescriptor | null)[]>();
  readonly #changes: Changes[] = [];
  readonly #cpuOf = new Map<number, number>();
  /** While exploring: the CPU that each thread was on last, by its id. */
  readonly #placed = new Map<number, number>();
  /** Queues that the running step changes. */
  readonly #queues = new Set<NetFifo | NetBufferList>();
  #simulation: Simulation | null = null;

  /** The program, seen by this observer. */
  around(program: Program): Program {
    return (simulation) => {
      this.#simulation = simulation;
      simulation.watcher = this;
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
    if (!simulation.inSetup) this.#cpuOf.set(simulation.steps, this.#cpuNow(simulation));
  }

  taken(object: KernelObject): void {
    if (object instanceof NetFifo || object instanceof NetBufferList) this.#queues.add(object);
  }

  refused(): void {}
  woken(): void {}

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

  // In measured time the scheduler knows.
  #cpuNow({ scheduler, kernels, current }: Simulation): number {
    const running = scheduler instanceof HaikuScheduler ? scheduler.runningCpu : null;
    let first = 0;
    for (const kernel of kernels) {
      if (running !== null && kernel.name === running.host) return first + running.cpu;
      if (running === null && kernel === current?.kernel) return first + this.#place(current, kernel.cpuCount);
      first += kernel.cpuCount;
    }
    return -1;
  }

  #place(thread: Thread, cpuCount: number): number {
    if (cpuCount === 1) return 0;
    const { threads } = thread.kernel.simulation;
    const others = threads.filter((each) => each.interruptsOff && each !== thread && each.kernel === thread.kernel);
    const kept = new Set(others.map(({ id }) => this.#placed.get(id)));
    const wanted = this.#placed.get(thread.id) ?? this.#placed.size;
    const ways = Array.from({ length: cpuCount }, (_, by) => (wanted + by) % cpuCount);
    const cpu = ways.find((each) => !kept.has(each)) ?? wanted % cpuCount;
    this.#placed.set(thread.id, cpu);
    return cpu;
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
    for (const queue of this.#queues) this.#say(step, "packets", `queue ${queue.number}`, queueWords(queue));
    this.#queues.clear();
    for (const { teams } of kernels) {
      for (const team of teams) {
        if (team.ioContext instanceof IoContext) this.#lookAtTable(step, team, team.ioContext);
      }
    }
  }

  // Looked at before each step, and hardly ever another one than before.
  #lookAtTable(step: number, team: Team, { table, kernel }: IoContext): void {
    const told = this.#told.get(team) ?? [];
    this.#told.set(team, told);
    for (let fd = 0; fd < table.shownEnd; fd++) {
      const descriptor = table.shown(fd);
      const before = told[fd] ?? null;
      if (descriptor === null ? before === null : before !== null && isAsTold(before, descriptor)) continue;
      const slot = `descriptor ${kernel.prefix}${team.name} ${team.id} ${fd}`;
      if (descriptor === null) {
        told[fd] = null;
        this.#say(step, "descriptors", slot, "");
        continue;
      }
      const { file, openCount, referenceCount } = descriptor;
      told[fd] = { file, openCount, referenceCount };
      const counts = `open count ${openCount}, references ${referenceCount}`;
      this.#say(step, "descriptors", slot, `${kernel.prefix}${team.name} ${fd}: ${file.name} (${counts})`);
    }
  }

  #say(step: number, group: Changes["group"], key: string, text: string): void {
    if (this.#texts.get(key) === text) return;
    if (text === "") this.#texts.delete(key);
    else this.#texts.set(key, text);
    this.#changes.push({ step, group, key, text });
  }
}

type ToldDescriptor = Pick<Descriptor, "file" | "openCount" | "referenceCount">;

function isAsTold({ file, openCount, referenceCount }: ToldDescriptor, now: Descriptor): boolean {
  return file === now.file && openCount === now.openCount && referenceCount === now.referenceCount;
}

function keyOf({ number }: ObjectFacts): string {
  return `semaphore ${number}`;
}

// The name of an empty queue stays: that there is nothing in it is worth knowing, once there was.
function queueWords({ title, shown }: NetFifo | NetBufferList): string {
  if (shown.length === 0) return `${title}: empty`;
  const bytes = shown.reduce((sum, { size }) => sum + size, 0);
  const packets = shown.slice(0, PACKETS_SHOWN).map(packetWords);
  const more = shown.length > PACKETS_SHOWN ? `; and ${shown.length - PACKETS_SHOWN} more` : "";
  return `${title}: ${counted(shown.length, "packet")}, ${counted(bytes, "byte")}: ${packets.join("; ")}${more}`;
}

function packetWords({ bytes }: NetBuffer): string {
  const begin = [...bytes.subarray(0, BYTES_SHOWN)].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
  return `${bytes.length}: ${begin}${bytes.length > BYTES_SHOWN ? " ..." : ""}`;
}
