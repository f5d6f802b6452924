// A universe as it is after one step: its threads, objects and memory, to be looked at and not touched.
//
// Invariant: nothing that is asked here changes anything: the universe is closed, and its recorder taken off.

import type { Block } from "#kernel/block";
import type { Kernel } from "#kernel/kernel";
import { KernelObject } from "#kernel/kernel-object";
import type { Simulation } from "#kernel/simulation";
import { ThreadState, type Thread } from "#kernel/thread";
import type { Collector } from "#kdl/collector";
import type { Halt } from "#kdl/halt";
import type { Timeline } from "#kdl/timeline";
import type { Frame } from "#trace/event";
import { TakenStack } from "#trace/stack";
import { StackReader } from "#trace/stack-reader";

export class Moment {
  readonly timeline: Timeline;
  readonly step: number;
  readonly simulation: Simulation;
  readonly threads: readonly Thread[];
  /** Who could take the next step; in measured time, and at the end, nobody is asked. */
  readonly candidates: readonly Thread[];
  /** Every block that was ever allocated, oldest first. */
  readonly blocks: readonly Block[];
  readonly #objects: Map<number, KernelObject>;
  #hasInner = false;

  constructor(timeline: Timeline, step: number, simulation: Simulation, halt: Halt, collector: Collector) {
    simulation.recorder = null;
    simulation.closed = true;
    this.timeline = timeline;
    this.step = step;
    this.simulation = simulation;
    this.threads = halt.threads ?? simulation.threads;
    this.candidates = halt.candidates;
    this.blocks = [...collector.blocks];
    this.#objects = collector.objects;
  }

  get kernels(): readonly Kernel[] {
    return this.simulation.kernels;
  }

  get isEnd(): boolean {
    return this.step >= this.timeline.last;
  }

  /** Those who have not come to their end. */
  get livingThreads(): readonly Thread[] {
    return this.threads.filter((thread) => thread.state !== ThreadState.dead);
  }

  /** Whose step it was; at the end, the thread that panicked or failed. */
  get current(): Thread | null {
    const { outcome } = this.timeline;
    const id = this.isEnd && outcome.thread !== 0 ? outcome.thread : this.timeline.stepEvent(this.step)?.thread;
    return this.thread(id ?? 0);
  }

  thread(id: number): Thread | null {
    return this.threads.find((thread) => thread.id === id) ?? null;
  }

  /** Every object that is known by now: those spoken of, those in blocks, and the threads. */
  get objects(): readonly KernelObject[] {
    if (!this.#hasInner) {
      for (const block of this.blocks) for (const inner of innerObjects(block)) this.#objects.set(inner.number, inner);
      for (const thread of this.threads) this.#objects.set(thread.number, thread);
      this.#hasInner = true;
    }
    return [...this.#objects.values()];
  }

  /** The block that lies at this address (its low 32 bits) or around it, or in which an object has it. */
  blockAt(address: number): Block | null {
    const isIn = (block: Block): boolean => address >= block.address && address < block.address + block.type.size;
    const holder = this.blocks.find((block) => innerObjects(block).some((inner) => inner.address === address));
    return holder ?? this.blocks.find(isIn) ?? null;
  }

  /** A thread's stack, innermost frame first. A thread that panicked has lost it: then it is the recorded one. */
  stackOf(thread: Thread): readonly Frame[] {
    let taken: TakenStack | null = null;
    if (!(this.isEnd && thread.id === this.timeline.outcome.thread)) {
      thread.probe(() => {
        taken = new TakenStack(new StackReader().read);
      });
    }
    const frames: readonly Frame[] = (taken as TakenStack | null)?.frames ?? [];
    if (frames.length > 0) return frames.filter((frame) => !frame.file.startsWith("src/kdl/"));
    if (thread.state === ThreadState.dead || thread.generator === null) return [];
    const { story, events } = this.timeline;
    const isLast = (kind: string): boolean => kind === "step" || kind === "panicked";
    const last = story.last(events.length, (event) => {
      return event.thread === thread.id && event.step <= this.step && isLast(event.kind) && event.frames.length > 0;
    });
    return last?.frames ?? [];
  }
}

/** The objects that lie inside a block. */
export function innerObjects(block: Block): KernelObject[] {
  return block.type.fieldNames.flatMap((name, place) => {
    if (block.type.fields[name]?.kind !== "embedded") return [];
    const value = block.get(place);
    return value instanceof KernelObject ? [value] : [];
  });
}
