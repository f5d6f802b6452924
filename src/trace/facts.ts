// What a recorder needs to know of threads, objects, blocks and the moment: plain facts, which the kernel's own classes have.

export interface ThreadFacts {
  readonly id: number;
  readonly name: string;
  /** The name with its host before it, where there are several. */
  readonly title?: string;
}
export interface ObjectFacts {
  readonly name: string;
  readonly title?: string;
  readonly type: string;
  readonly number: number;
  /** Its state in a word or two; empty when there is nothing to say. */
  stateWords?(): string;
}
export interface LiveObject extends ObjectFacts {
  readonly memory: { readonly number: number; readonly raw?: ReadonlySet<number> | null } | null;
  holder(): ThreadFacts | null;
}
export interface PendingThread extends ThreadFacts {
  readonly pendingKind: number;
  readonly pendingObject: LiveObject | null;
  readonly deferred: { readonly name: string } | null;
  readonly waitObject: LiveObject | null;
  readonly deadline: number;
  readonly waitStatus: number;
  readonly exitStatus: number;
  /** The numbers of what its loop looks at, if it polls or spins. */
  readonly watched: readonly number[];
  /** Calls `stop` where this suspended thread's stack can be taken. */
  probe(stop: () => void): void;
}
export interface BlockFacts {
  readonly type: { readonly name: string };
  readonly number: number;
}
/** Where a recorder reads the moment from. */
export interface Moment {
  readonly steps: number;
  readonly inSetup: boolean;
  readonly current: ThreadFacts | null;
  now(): number;
  /** What calls a recorder at each step: stacks of steps begin with its caller. */
  readonly beginStep?: Function;
}

/** The block of the object that this thread is about to use as it lies there, never initialised; 0 for none. */
export function rawMemoryOf({ deferred, pendingObject }: PendingThread): number {
  const memory = deferred === null ? pendingObject?.memory : null;
  return memory?.raw?.has(pendingObject?.number ?? 0) === true ? memory.number : 0;
}
