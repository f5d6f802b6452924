// One call on the view: begun when it was made, ended now or later, and answered in Node's three manners.
//
// Invariants:
//   - a call ends once; what comes after that is ignored;
//   - a callback is never called before the caller's own code has returned, and callbacks are called in the order
//     in which their calls ended.

import { TypeErrorWithCode } from "#fs-view/type-error";

/** What `fs.read(..., callback)` takes last. */
export type Callback<T> = (error: unknown, value?: T) => void;

type End<T> = { readonly value: T } | { readonly error: unknown };

export class Call<T> {
  #end: End<T> | null = null;
  #callback: Callback<T> | null = null;
  readonly #giveUp: (() => unknown) | null;

  /** @param giveUp takes back a call that will never end, and says why it did not */
  constructor(giveUp: (() => unknown) | null = null) {
    this.#giveUp = giveUp;
  }

  /** A call that needs nobody else. */
  static of<T>(work: () => T): Call<T> {
    const call = new Call<T>();
    call.settle(work);
    return call;
  }

  get isDone(): boolean {
    return this.#end !== null;
  }

  /** Ends with what `work` gives or throws. */
  settle(work: () => T): void {
    if (this.#end !== null) return;
    try {
      this.#end = { value: work() };
    } catch (error) {
      this.#end = { error };
    }
    queueMicrotask(() => this.#answer());
  }

  /** The synchronous manner. */
  now(): T {
    if (this.#end === null) {
      const error = this.#giveUp?.();
      this.settle(() => {
        throw error;
      });
    }
    const end = this.#end as End<T> | null;
    if (end !== null && "value" in end) return end.value;
    throw end?.error;
  }

  /** The manner of callbacks. */
  later(callback: Callback<T>): void {
    this.#callback = callback;
  }

  promise(): Promise<T> {
    return new Promise((resolve, reject) => {
      this.later((error, value) => (error === null ? resolve(value as T) : reject(error)));
    });
  }

  #answer(): void {
    const [end, callback] = [this.#end, this.#callback];
    if (end === null || callback === null) return;
    if ("value" in end) callback(null, end.value);
    else callback(end.error);
  }
}

/** A value that must be a callback. @throws TypeError, as Node's */
export function checkCallback<T>(value: unknown): Callback<T> {
  if (typeof value === "function") return value as Callback<T>;
  throw new TypeErrorWithCode('The "cb" argument must be of type function.');
}
