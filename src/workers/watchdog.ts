// Ends what never comes back: a driver or a program that loops without an operation cannot be interrupted from within.
//
// The engine itself ends it (node:vm's time limit, which throws past every catch and finally); then what was running is
// told: the thread, the operation after which it was never seen again, and the trace up to there. It costs a tenth of a
// millisecond for each stretch of work that is watched, and nothing for each execution. It works in every thread of the
// process, each of which watches over itself.

import { Script } from "node:vm";
import { InputError } from "#base/assert";
import { execute, type Program } from "#explore/execution";
import { Replay } from "#explore/strategies/replay";
import { firstChooser } from "#kernel/chooser";
import type { Costs } from "#kernel/costs";
import { operationVerb, type OperationKind } from "#kernel/operation";
import type { Simulation } from "#kernel/simulation";
import type { TraceEvent } from "#trace/event";
import { Recorder } from "#trace/recorder";
import type { Choice } from "#trace/schedule";

/** Code of a user that reached no operation for too long. */
export class NeverReturned extends InputError {
  override name = "NeverReturned";
  // Private, or whoever prints the error prints them all.
  readonly #events: readonly TraceEvent[];

  constructor(message: string, events: readonly TraceEvent[]) {
    super(message);
    this.#events = events;
  }

  /** What happened up to there; empty when that is not known. */
  get events(): readonly TraceEvent[] {
    return this.#events;
  }
}

const WORK = Symbol.for("lockstep.watched");
const SCRIPT = new Script(`globalThis[Symbol.for("lockstep.watched")]()`, { filename: "watchdog" });
/** Milliseconds at most for running once more, with a recorder, what never came back. */
const LOOK = 2_000;
/** How many times as long work may take that is done again because it was only slow. */
const PATIENCE = 4;

/** Watches over the executions of one program. */
export class Watchdog {
  /** The program; it notes which universe is the running one. */
  readonly program: Program;
  readonly #original: Program;
  readonly #costs: Costs | undefined;
  #simulation: Simulation | null = null;

  /** @param costs with which the program is run in measured time, where they are its own */
  constructor(program: Program, costs?: Costs) {
    this.#original = program;
    this.#costs = costs;
    this.program = (simulation) => {
      this.#simulation = simulation;
      return program(simulation);
    };
  }

  /**
   * What `work` gives. It is synchronous, and may take so many milliseconds.
   * @throws NeverReturned when it takes longer; and whatever `work` throws
   */
  guard<T>(work: () => T, milliseconds: number): T {
    const done = limited(work, milliseconds);
    if (done.isDone) return done.value;
    throw this.#whatHangs(milliseconds) ?? this.#slow(milliseconds);
  }

  /**
   * What `work` gives. It is synchronous, may take long, and can be done again from its beginning; only one stretch of it
   * without an operation may not take longer than so many milliseconds. Work that was only slow is done again, with more time.
   * @throws NeverReturned when code in it reaches no operation for so long; and whatever `work` throws
   */
  guardLong<T>(work: () => T, milliseconds: number): T {
    for (let allowed = milliseconds; ; allowed *= PATIENCE) {
      const done = limited(work, allowed);
      if (done.isDone) return done.value;
      const hangs = this.#whatHangs(milliseconds);
      if (hangs !== null) throw hangs;
    }
  }

  #slow(milliseconds: number): NeverReturned {
    const size =
      this.#simulation === null
        ? ""
        : ` (${this.#simulation.threads.length} threads, ${this.#simulation.steps} steps so far)`;
    return new NeverReturned(
      `a few executions took longer than ${inSeconds(milliseconds)}${size}: make the scenario smaller, or allow more time`,
      [],
    );
  }

  // What does not come back, also when it is run once more; null when it only takes long.
  #whatHangs(milliseconds: number): NeverReturned | null {
    const simulation = this.#simulation;
    const time = inSeconds(milliseconds);
    if (simulation === null) return new NeverReturned(hangsOutside("while the host was built", time), []);
    const seen = this.#look(simulation, Math.min(LOOK, Math.max(500, milliseconds)));
    if (seen.isDone || seen.simulation.steps !== simulation.steps) return null;
    const thread = simulation.current;
    if (thread === null) {
      const isBuilt = simulation.threads.length > 0;
      const where = isBuilt ? "after the threads had ended (in a judge of the scenario)" : "while the host was built";
      return new NeverReturned(hangsOutside(where, time), []);
    }
    return new NeverReturned(hangs(simulation, time, seen.recorder.lastPlaceOf(thread.id)), seen.recorder.events);
  }

  // The same execution once more, with a recorder: one that hangs hangs in the same step again, one that is slow does not
  // even get there, or comes to its end.
  #look(simulation: Simulation, milliseconds: number): Look {
    const recorder = new Recorder((kind) => operationVerb(kind as OperationKind));
    const choices = choicesOf(simulation);
    let again = simulation;
    const program: Program = (made) => this.#original((again = made));
    const time = simulation.scheduler.adversarial ? "adversarial" : "measured";
    const costs = this.#costs === undefined ? {} : { costs: this.#costs };
    const options = { time, simulation: simulation.options, ...costs } as const;
    const chooser = choices === null ? firstChooser : new Replay(choices);
    const { isDone } = limited(() => execute(program, chooser, options, recorder), milliseconds);
    return { isDone, simulation: again, recorder };
  }
}

interface Look {
  readonly isDone: boolean;
  readonly simulation: Simulation;
  readonly recorder: Recorder;
}

/**
 * What `work` gives, which runs this universe and no other: nothing is run once more to see where it hangs.
 * @throws NeverReturned when it takes longer than so many milliseconds; and whatever `work` throws
 */
export function guardSimulation<T>(simulation: Simulation, work: () => T, milliseconds: number): T {
  const done = limited(work, milliseconds);
  if (done.isDone) return done.value;
  throw new NeverReturned(hangs(simulation, inSeconds(milliseconds), ""), []);
}

/** @param place of its last operation, as a recorder says it: `, at FILE:LINE`; empty when nobody knows */
function hangs(simulation: Simulation, time: string, place: string): string {
  const thread = simulation.current;
  if (thread === null) return hangsOutside("between the threads", time);
  const since = place === "" ? "" : ` after its operation at ${place.replace(/^, at /, "")}`;
  const setup = simulation.inSetup ? " of the set-up" : "";
  return (
    `thread "${thread.title}"${setup} did not come back within ${time}: it never reached another operation${since}. ` +
    "Code between two operations cannot be interrupted: a loop that waits for something has to yield* " +
    "(a wait, a snooze, kernel.yieldThread())"
  );
}

function hangsOutside(where: string, time: string): string {
  return `code that ran ${where} did not come back within ${time}`;
}

function inSeconds(milliseconds: number): string {
  return `${milliseconds < 1000 ? milliseconds / 1000 : Math.floor(milliseconds / 1000)} s`;
}

type Done<T> = { readonly isDone: true; readonly value: T } | { readonly isDone: false };

function limited<T>(work: () => T, milliseconds: number): Done<T> {
  let done: Done<T> = { isDone: false };
  let thrown: { readonly error: unknown } | null = null;
  const outer: unknown = Reflect.get(globalThis, WORK);
  Reflect.set(globalThis, WORK, () => {
    try {
      done = { isDone: true, value: work() };
    } catch (error) {
      thrown = { error };
    }
  });
  try {
    SCRIPT.runInThisContext({ timeout: Math.max(1, Math.ceil(milliseconds)), displayErrors: false });
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ERR_SCRIPT_EXECUTION_TIMEOUT")) throw error;
    return { isDone: false };
  } finally {
    Reflect.set(globalThis, WORK, outer);
  }
  rethrow(thrown);
  return done;
}

function rethrow(thrown: { readonly error: unknown } | null): void {
  if (thrown !== null) throw thrown.error;
}

// What the strategy has chosen in the execution that is running.
function choicesOf({ chooser }: Simulation): readonly Choice[] | null {
  if (!("choices" in chooser) || typeof chooser.choices !== "function") return null;
  return (chooser.choices as () => readonly Choice[]).call(chooser);
}
