// The CPUs of all hosts that wait for their turn, the one furthest behind first; of equals the one that was made first.
//
// Invariants:
//   - a binary heap by the time at which each was put in, or looked at last; a CPU's own clock may have gone on since, and
//     never goes back: so whoever is first is looked at again before it is given;
//   - a CPU that has nothing to run is taken out when it comes to the front, and put in again when it gets something.

/** What the queue sees of a CPU. */
export interface Queued {
  /** Of all CPUs, in the order in which they were made. */
  readonly place: number;
  /** Nanoseconds. */
  readonly now: number;
  /** Owned by the queue: the time by which it lies here; -1 when it does not. */
  queuedAt: number;
}

export class CpuQueue<C extends Queued> {
  readonly #heap: C[] = [];
  readonly #hasWork: (cpu: C) => boolean;

  constructor(hasWork: (cpu: C) => boolean) {
    this.#hasWork = hasWork;
  }

  /** Puts it in, unless it is there. */
  add(cpu: C): void {
    if (cpu.queuedAt >= 0) return;
    cpu.queuedAt = cpu.now;
    this.#heap.push(cpu);
    this.#rise(this.#heap.length - 1);
  }

  /** Of those that have something to run the one furthest behind; null when there is none. */
  first(): C | null {
    for (;;) {
      if (this.#heap.length === 0) return null;
      const cpu = this.#heap[0]!;
      if (!this.#hasWork(cpu)) this.takeFirst();
      else if (cpu.queuedAt === cpu.now) return cpu;
      else {
        cpu.queuedAt = cpu.now;
        this.#sink();
      }
    }
  }

  /** Puts one in that is not there, for what `first` has just given, which is taken out. */
  exchangeFirst(cpu: C): void {
    const first = this.#heap[0];
    if (first !== undefined) first.queuedAt = -1;
    cpu.queuedAt = cpu.now;
    this.#heap[0] = cpu;
    this.#sink();
  }

  /** Takes out what is at the front: after `first`, what that gave. */
  takeFirst(): void {
    const last = this.#heap.pop();
    if (last === undefined) return;
    const first = this.#heap.length === 0 ? last : this.#heap[0]!;
    first.queuedAt = -1;
    if (first === last) return;
    this.#heap[0] = last;
    this.#sink();
  }

  #rise(from: number): void {
    const heap = this.#heap;
    const cpu = heap[from]!;
    let place = from;
    while (place > 0) {
      const above = (place - 1) >> 1;
      if (!liesBefore(cpu, heap[above]!)) break;
      heap[place] = heap[above]!;
      place = above;
    }
    heap[place] = cpu;
  }

  #sink(): void {
    const heap = this.#heap;
    const cpu = heap[0]!;
    let place = 0;
    for (;;) {
      let below = 2 * place + 1;
      if (below >= heap.length) break;
      if (below + 1 < heap.length && liesBefore(heap[below + 1]!, heap[below]!)) below++;
      if (!liesBefore(heap[below]!, cpu)) break;
      heap[place] = heap[below]!;
      place = below;
    }
    heap[place] = cpu;
  }
}

/** Of two CPUs that wait: which one's turn it is. */
export function isBefore(a: Queued, b: Queued): boolean {
  return a.now < b.now || (a.now === b.now && a.place < b.place);
}

function liesBefore(a: Queued, b: Queued): boolean {
  return a.queuedAt < b.queuedAt || (a.queuedAt === b.queuedAt && a.place < b.place);
}
