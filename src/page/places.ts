// Frames by number, so that each is written once, however often threads come by.

import type { Place } from "#page/data";
import type { Frame } from "#trace/event";

export class Places {
  readonly all: Place[] = [];
  readonly #numbers = new Map<string, number>();

  /** The number of this frame; -1 for none. */
  numberOf(frame: Frame | null): number {
    if (frame === null) return -1;
    const key = `${frame.line} ${frame.file} ${frame.name}`;
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    this.#numbers.set(key, this.all.length);
    this.all.push({ file: frame.file, line: frame.line, name: frame.name });
    return this.all.length - 1;
  }
}
