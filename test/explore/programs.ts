// The programs of the literature whose interleavings and traces are counted (facts: explorer.md, D.2, D.3, D.6), as the
// literature has them: their threads are there from the start, and no other. As scenarios they ship in scenarios/classic/.

import { Kernel } from "#kernel/kernel";
import { boundedBuffer } from "#scenarios/classic/buffer";
import { twoLocks } from "#scenarios/classic/deadlock01";
import { philosophers } from "#scenarios/classic/dining";
import { increments } from "#scenarios/classic/inc";
import { lastZero } from "#scenarios/classic/lastzero";
import { additions } from "#scenarios/classic/lazy01";
import { phases } from "#scenarios/classic/phase01";
import type { Threads } from "#scenarios/classic/program";
import { readersOf } from "#scenarios/classic/readers";
import { reorder as setAndCheck } from "#scenarios/classic/reorder";
import { producerAndConsumer } from "#scenarios/classic/sync01";
import { tokenRing as passToken } from "#scenarios/classic/token-ring";
import { writersOf } from "#scenarios/classic/writers";
import type { Program } from "#explore/execution";

function program(make: (kernel: Kernel) => Threads): Program {
  return (simulation) => {
    const kernel = new Kernel(simulation);
    for (const [name, body] of Object.entries(make(kernel))) kernel.spawn(name, body);
  };
}

/** Two threads, each locking and unlocking one mutex n times. */
export const inc = (n: number): Program => program((kernel) => increments(kernel, 2, n));
/** n philosophers, own fork first. */
export const dining = (n: number): Program => program((kernel) => philosophers(kernel, n, "own"));
/** n readers of x, one writer. */
export const readers = (n: number): Program => program((kernel) => readersOf(kernel, n));
/** n writers of x. */
export const writers = (n: number): Program => program((kernel) => writersOf(kernel, n));
/** A reader looks for the last zero from the right, n writers set a[j] = a[j-1] + 1. */
export const lastzero = (n: number): Program => program((kernel) => lastZero(kernel, n));
export const deadlock01 = (): Program => program((kernel) => twoLocks(kernel, "crossed"));
export const phase01 = (): Program => program((kernel) => phases(kernel, false));
export const lazy01 = (): Program => program((kernel) => additions(kernel, false));
export const tokenRing = (): Program => program((kernel) => passToken(kernel, false));
export const sync01 = (): Program => program((kernel) => producerAndConsumer(kernel, false));
/** `setters` threads write a then b; `checkers` assert that they see both or none. */
export const reorder = (setters: number, checkers: number): Program =>
  program((kernel) => setAndCheck(kernel, setters, checkers, false));
/** A bounded buffer of capacity 1; `one` uses a single condition variable for both directions. */
export const buffer = (producers: number, consumers: number, items: number, one: boolean): Program =>
  program((kernel) => boundedBuffer(kernel, { producers, consumers, items, conditions: one ? 1 : 2 }));
