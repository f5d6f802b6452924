// Vector clocks: what each thread knows of the doings of the others.

/** For each thread how much of it is known, in releases. */
export type Clock = Map<number, number>;

/** `into` knows what `from` knows. */
export function join(into: Clock, from: Clock | undefined): void {
  if (from === undefined) return;
  for (const [thread, time] of from) if (time > (into.get(thread) ?? 0)) into.set(thread, time);
}

/** The clocks of threads, and of the objects over which they hand on what they know. */
export class Clocks {
  readonly #threads = new Map<number, Clock>();
  readonly #objects = new Map<string, Clock>();

  of(thread: number): Clock {
    let clock = this.#threads.get(thread);
    if (clock === undefined) {
      clock = new Map([[thread, 1]]);
      this.#threads.set(thread, clock);
    }
    return clock;
  }

  /** The thread's own time. */
  time(thread: number): number {
    return this.of(thread).get(thread) ?? 1;
  }

  /** The thread hands on what it has done to whoever comes to the object later. */
  give(thread: number, object: string): void {
    const known = this.#objects.get(object) ?? new Map<number, number>();
    this.#objects.set(object, known);
    join(known, this.of(thread));
    this.#tick(thread);
  }

  /** The thread comes to the object. */
  take(thread: number, object: string): void {
    join(this.of(thread), this.#objects.get(object));
  }

  /** What `from` has done comes before what `to` does from now on. */
  pass(from: number, to: number): void {
    join(this.of(to), this.of(from));
    this.#tick(from);
  }

  /** Whether `thread` does what it does now after what `other` did at that time of its own. */
  isAfter(thread: number, other: number, time: number): boolean {
    return thread === other || (this.of(thread).get(other) ?? 0) >= time;
  }

  #tick(thread: number): void {
    this.of(thread).set(thread, this.time(thread) + 1);
  }
}
