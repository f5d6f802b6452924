// What is done with a universe that nobody looks at any more.
//
// The garbage collector would find it by itself, but late. A generator function that an execution made for itself, as scenarios do
// with their threads' bodies, has a hidden class of its own once it is called, and the engine puts those among the old objects: what
// such a function can reach outlives its execution until old objects are collected, and is copied on the way. Usually
// that is the whole universe. Taken apart it is little: exploring such a scenario takes a tenth to a third less time.

import type { Simulation } from "#kernel/simulation";

/** The parts of this universe no longer hold each other. It cannot be run, nor looked at, after this. */
export function letGo(simulation: Simulation): void {
  const { threads, kernels } = simulation;
  // Threads and locks without the files of a host are too little to be worth it.
  if ((kernels[0]?.kernelTeam.ioContext ?? null) === null) return;
  // Popped, because to set the length of an array the engine leaves the compiled code.
  for (let thread = threads.pop(); thread !== undefined; thread = threads.pop()) thread.generator = null;
  for (let kernel = kernels.pop(); kernel !== undefined; kernel = kernels.pop()) kernel.letGo();
}
