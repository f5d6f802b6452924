// One call on the view: begun when it was made, ended now or later, and answered in Node's three manners.
//
// Invariants:
//   - a call ends once; what comes after that is ignored;
//   - a callback is never called before the caller's own code has returned, and callbacks are called in the order
//     in which their calls ended.

/** What `fs.read(..., callback)` takes last. */
export type Callback<T> = (error: unknown, value?: T) => void;

/** Calls that have ended and wait to be answered, in that order. A synchronous caller takes his away at once. */
const ended: Call<unknown>[] = [];
let isAnswering = false;

type End = { readonly value: unknown } | { readonly error: unknown };

export class Call<T> {
  #end: End | null = null;
  #callback: Callback<unknown> | null = null;
  readonly #giveUp: (() => unknown) | null;

  /** @param giveUp takes back a call that will never end, and says why it did not */
  constructor(giveUp: (() => unknown) | null = null) {
    this.#giveUp = giveUp;
  }

  /** A call that cannot be made. */
  static failed<T>(error: unknown): Call<T> {
    const call = new Call<T>();
    call.fail(error);
    return call;
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
    ended.push(this);
    if (isAnswering) return;
    isAnswering = true;
    queueMicrotask(Call.#answerAll);
  }

  fail(error: unknown): void {
    this.settle(() => {
      throw error;
    });
  }

  /** The synchronous manner. */
  now(): T {
    if (this.#end === null) this.fail(this.#giveUp?.());
    if (ended.at(-1) === this) ended.pop();
    const end = this.#end as End | null;
    if (end !== null && "value" in end) return end.value as T;
    throw end?.error;
  }

  /** The manner of callbacks. */
  later(callback: Callback<T>): void {
    this.#callback = callback as Callback<unknown>;
  }

  promise(): Promise<T> {
    return new Promise((resolve, reject) => {
      this.later((error, value) => (error === null ? resolve(value as T) : reject(error)));
    });
  }

  // Each by itself: what one callback throws is no business of the next.
  static #answerAll(this: void): void {
    isAnswering = false;
    for (const call of ended.splice(0)) queueMicrotask(() => call.#answer());
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
  throw wrongType('The "cb" argument must be of type function.');
}

/** What Node throws for an argument of the wrong type. */
export function wrongType(message: string): TypeError {
  return Object.assign(new TypeError(message), { code: "ERR_INVALID_ARG_TYPE" });
}
