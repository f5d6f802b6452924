// One event as a recorder writes it: plain data, but for its stack, which is read when somebody first looks at it.
//
// A trace has tens of thousands of them, and all who judge or draw it read each many times. So they are all of one shape:
// a getter of each one's own would cost more than the rest of the event, to make and to read.

import type { EventKind, Frame, TraceEvent } from "#trace/event";

/** Where an event's frames come from. */
interface FrameSource {
  readonly frames: readonly Frame[];
}

const NO_FRAMES: readonly Frame[] = [];
/** An event's own property, so that a copy of the event has it; with one getter for all. */
const FRAMES: PropertyDescriptor = { enumerable: true };

export class RecordedEvent implements TraceEvent {
  readonly kind: EventKind;
  readonly index: number;
  readonly step: number;
  readonly time: number;
  readonly thread: number;
  readonly threadName: string;
  readonly text: string;
  readonly object: string;
  readonly objectType: string;
  readonly objectNumber: number;
  readonly value: number;
  readonly other: number;
  /** Read when they are first looked at. Declared only, as what follows it: an event's properties stand in this order. */
  declare readonly frames: readonly Frame[];
  declare readonly inSetup: boolean;
  readonly #stack: FrameSource | null;
  #late: ((event: RecordedEvent) => readonly Frame[]) | null = null;
  #taken = Number.POSITIVE_INFINITY;

  constructor(facts: Omit<TraceEvent, "frames">, stack: FrameSource | null) {
    this.kind = facts.kind;
    this.index = facts.index;
    this.step = facts.step;
    this.time = facts.time;
    this.thread = facts.thread;
    this.threadName = facts.threadName;
    this.text = facts.text;
    this.object = facts.object;
    this.objectType = facts.objectType;
    this.objectNumber = facts.objectNumber;
    this.value = facts.value;
    this.other = facts.other;
    Object.defineProperty(this, "frames", FRAMES);
    this.inSetup = facts.inSetup;
    this.#stack = stack;
  }

  /**
   * From now on `source` says the frames where the recording does not have them any more, each time they are looked at.
   * @param taken the last step whose stacks were recorded at all
   */
  lookUpFrames(source: (event: RecordedEvent) => readonly Frame[], taken: number): void {
    this.#late = source;
    this.#taken = taken;
  }

  static #framesOf(event: RecordedEvent): readonly Frame[] {
    const frames = event.#stack === null ? NO_FRAMES : event.#stack.frames;
    if (event.#late === null || frames.length > 0) return frames;
    return event.#stack === null && event.step <= event.#taken ? NO_FRAMES : event.#late(event);
  }

  static {
    FRAMES.get = function frames(this: RecordedEvent) {
      return RecordedEvent.#framesOf(this);
    };
  }
}
