// The stacks of a long execution, taken only around where somebody looks.
//
// A stretch of the execution is made again with a recorder that takes stacks, and its events are laid beside those of the
// trace: the same schedule gives the same events. The latest stretch is kept.

import { Collector } from "#kdl/collector";
import { Halt } from "#kdl/halt";
import { newRecorder, runTo, type Subject } from "#kdl/recording";
import type { Frame, TraceEvent } from "#trace/event";
import type { RecordedEvent } from "#trace/recorded-event";
import type { Choice } from "#trace/schedule";

/** Steps before and after the one that is looked at. */
const AROUND = 40;

const NO_FRAMES: readonly Frame[] = [];

export class Stacks {
  readonly #subject: Subject;
  readonly #choices: readonly Choice[];
  readonly #events: readonly TraceEvent[];
  /** The events with stacks, by their places in the trace. */
  #taken = new Map<number, TraceEvent>();
  #from = 0;
  #to = -1;

  /**
   * From now on the frames that the events have lost, or never had, are read when they are looked at.
   * @param taken the last step whose stacks were recorded
   */
  constructor(subject: Subject, choices: readonly Choice[], events: readonly RecordedEvent[], taken: number) {
    this.#subject = subject;
    this.#choices = choices;
    this.#events = events;
    const framesOf = (event: TraceEvent): readonly Frame[] => this.#framesOf(event);
    for (const event of events) event.lookUpFrames(framesOf, taken);
  }

  /** Takes the stacks of the steps from `from` to `to`. */
  take(from: number, to: number): void {
    if (from >= this.#from && to <= this.#to) return;
    const recorder = newRecorder();
    const begin = Math.max(0, from - 1);
    const watch =
      begin === 0
        ? null
        : {
            after: begin,
            begin: (simulation: Parameters<typeof recorder.watch>[0] & { recorder: unknown }): void => {
              simulation.recorder = recorder;
              recorder.watch(simulation);
            },
          };
    // A stretch that ends in the set-up takes the rest of that with it.
    const simulation = runTo(
      this.#subject,
      this.#choices,
      new Halt(to, false, watch),
      watch === null ? recorder : new Collector(),
    );
    if (simulation.steps <= to) recorder.ended(simulation.threads);
    this.#from = from;
    this.#to = to;
    this.#align(recorder.events);
  }

  #framesOf({ index, step }: TraceEvent): readonly Frame[] {
    if (step < this.#from || step > this.#to) this.take(Math.max(0, step - AROUND), step + AROUND);
    return withoutOutside(this.#taken.get(index)?.frames ?? NO_FRAMES);
  }

  // An event that only one of the two has (it began before the stretch) is passed over.
  #align(recorded: readonly TraceEvent[]): void {
    this.#taken = new Map();
    const [first] = recorded;
    if (first === undefined) return;
    let place = this.#events.findIndex(({ step }) => step === first.step);
    if (place < 0) return;
    for (const event of recorded) {
      let at = place;
      const isBefore = (other: TraceEvent | undefined): boolean => other !== undefined && other.step <= event.step;
      while (isBefore(this.#events[at]) && !isSame(event, this.#events[at])) at++;
      if (!isSame(event, this.#events[at])) continue;
      this.#taken.set(at, event);
      place = at + 1;
    }
  }
}

// What called the program from outside is no part of it.
function withoutOutside(frames: readonly Frame[]): readonly Frame[] {
  const end = frames.findIndex((frame) => frame.file.startsWith("src/kdl/"));
  return end < 0 ? frames : frames.slice(0, end);
}

function isSame(a: TraceEvent, b: TraceEvent | undefined): boolean {
  return (
    b !== undefined &&
    a.kind === b.kind &&
    a.step === b.step &&
    a.thread === b.thread &&
    a.objectNumber === b.objectNumber &&
    a.text === b.text
  );
}
