// Depth-first search of the schedules with few preemptions and few switches: what proves a shrunk schedule the least.
//
// A preemption is a switch away from a thread that could go on; a switch is any change of the running thread. There are
// few schedules with few switches, so the bounds are raised one by one (facts: explorer.md, C.6 and C.11).

import { CUT, type Chooser } from "#kernel/chooser";
import type { Thread } from "#kernel/thread";
import type { Choice } from "#trace/schedule";

/** One digit of the odometer: what may be picked here within the bounds. */
interface Digit {
  readonly count: number;
  readonly places: readonly number[];
  /** The thread's id for each place; none for a value. */
  readonly threads: readonly number[];
  readonly preempts: boolean;
  turned: number;
}

export class FewSwitches implements Chooser {
  readonly #preemptionsMost: number;
  readonly #switchesMost: number;
  readonly #digits: Digit[] = [];
  #depth = 0;
  #last: number | null = null;
  #preemptions = 0;
  #switches = 0;
  #started = false;
  /** Whether the bound on switches, and not the one on preemptions, left something out. */
  leftSwitchesOut = false;

  constructor(preemptionsMost: number, switchesMost: number) {
    this.#preemptionsMost = preemptionsMost;
    this.#switchesMost = switchesMost;
  }

  /** Gets ready for the next execution; false when there is none. */
  begin(): boolean {
    if (this.#started && !this.#turn()) return false;
    this.#started = true;
    this.#depth = 0;
    this.#last = null;
    this.#preemptions = 0;
    this.#switches = 0;
    return true;
  }

  pickThread(candidates: readonly Thread[], count: number, carriesOn: boolean): number {
    const digit = this.#digits[this.#depth] ?? this.#newDigit(candidates, count, carriesOn);
    const place = digit.places[digit.turned];
    const thread = digit.threads[digit.turned];
    if (place === undefined || thread === undefined) return CUT;
    if (this.#digits.length === this.#depth) this.#digits.push(digit);
    this.#depth++;
    if (this.#last !== null && this.#last !== thread) this.#switches++;
    if (digit.preempts && place !== 0) this.#preemptions++;
    this.#last = thread;
    return place;
  }

  pickValue(count: number): number {
    const depth = this.#depth++;
    const known = this.#digits[depth];
    if (known !== undefined) return known.turned;
    const places = Array.from({ length: count }, (_, value) => value);
    this.#digits.push({ count, places, threads: [], preempts: false, turned: 0 });
    return 0;
  }

  /** The choices of the execution that has just ended. */
  choices(): Choice[] {
    return this.#digits
      .slice(0, this.#depth)
      .map(({ count, places, turned }) => ({ count, value: places[turned] ?? 0 }))
      .filter((choice) => choice.count > 1);
  }

  #newDigit(candidates: readonly Thread[], count: number, carriesOn: boolean): Digit {
    const places: number[] = [];
    const threads: number[] = [];
    for (let place = 0; place < count; place++) {
      const thread = candidates[place]?.id ?? 0;
      if (carriesOn && place > 0 && this.#preemptions >= this.#preemptionsMost) break;
      if (this.#last !== null && this.#last !== thread && this.#switches >= this.#switchesMost) {
        this.leftSwitchesOut = true;
        continue;
      }
      places.push(place);
      threads.push(thread);
    }
    return { count, places, threads, preempts: carriesOn, turned: 0 };
  }

  #turn(): boolean {
    for (let digit = this.#digits.at(-1); digit !== undefined; digit = this.#digits.at(-1)) {
      if (++digit.turned < digit.places.length) return true;
      this.#digits.pop();
    }
    return false;
  }
}
