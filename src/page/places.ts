// Frames by number, so that each is written once, however often threads come by.

import type { Place } from "#page/data";
import type { Frame } from "#trace/event";

export class Places {
  readonly all: Place[] = [];
  readonly #numbers = new Map<string, number>();
  /** The same frames come by again and again, and then cost no text. */
  readonly #met = new Map<Frame, number>();
  readonly #stacks = new Map<readonly Frame[], readonly number[]>();

  /** The number of this frame; -1 for none. */
  numberOf(frame: Frame | null): number {
    if (frame === null) return -1;
    const met = this.#met.get(frame) ?? this.#meet(frame);
    this.#met.set(frame, met);
    return met;
  }

  /** The numbers of a stack's frames. */
  numbersOf(frames: readonly Frame[]): readonly number[] {
    const known = this.#stacks.get(frames) ?? frames.map((frame) => this.numberOf(frame));
    this.#stacks.set(frames, known);
    return known;
  }

  #meet(frame: Frame): number {
    const key = `${frame.line} ${frame.file} ${frame.name}`;
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    this.#numbers.set(key, this.all.length);
    this.all.push({ file: frame.file, line: frame.line, name: frame.name });
    return this.all.length - 1;
  }
}
