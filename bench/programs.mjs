// What is measured: programs of the literature, taken from scenarios/classic as the command itself compiles them, so that a
// host is booted for each execution; and two that are smaller than any scenario, threads and mutexes and nothing else.

import { compile, Mutex } from "lockstep";
import { Kernel } from "lockstep/explore";
import { simulationOf } from "#scenario/compile";

/** The setting in which unlocks are steps and starting a thread is none: what the literature counts. */
const EVERY_UNLOCK = { pointsBefore: "every", startIsStep: false };

const THREADS = 3;
const LOCKS_OF_EACH = 12;
const ROUNDS = 3;

/** By its name a program without a host, and how its universe behaves. */
const BARE = {
  "three-times-twelve": { program: threeTimesTwelve, simulation: {} },
  "three-philosophers": { program: threePhilosophers, simulation: EVERY_UNLOCK },
};

/**
 * The program called `name`: one of the above, or the scenario `classic/NAME` with these parameters.
 * @returns what `explore` takes
 */
export async function programCalled(name, parameters) {
  if (name in BARE) return BARE[name];
  const { default: scenario } = await import(`#scenarios/classic/${name}`);
  return { program: compile(scenario, { parameters }), simulation: simulationOf(scenario, parameters) };
}

/** Three threads of twelve lock operations each, over three mutexes. */
function threeTimesTwelve(simulation) {
  const kernel = new Kernel(simulation);
  const mutexes = Array.from({ length: THREADS }, (_, i) => new Mutex(kernel, `mutex ${i}`));
  for (let i = 0; i < THREADS; i++) kernel.spawn(`thread ${i}`, () => locksInTurn(mutexes, i));
}

function* locksInTurn(mutexes, first) {
  for (let i = 0; i < LOCKS_OF_EACH; i++) {
    const mutex = mutexes[(first + i) % mutexes.length];
    yield* mutex.lock();
    mutex.unlock();
  }
}

/** Three philosophers, three rounds: 36 steps, since every unlock is one. */
function threePhilosophers(simulation) {
  const kernel = new Kernel(simulation);
  const forks = Array.from({ length: THREADS }, (_, i) => new Mutex(kernel, `fork ${i}`));
  forks.forEach((own, i) => kernel.spawn(`philosopher ${i}`, () => philosopher(own, forks[(i + 1) % THREADS])));
}

function* philosopher(own, other) {
  for (let round = 0; round < ROUNDS; round++) {
    yield* own.lock();
    yield* other.lock();
    other.unlock();
    own.unlock();
  }
}
