// Ends what never comes back: a driver or a program that loops without an operation cannot be interrupted from within.
//
// The engine itself ends it (node:vm's time limit, which throws past every catch and finally); then what was running is
// told: the thread, the operation after which it was never seen again, and the trace up to there. It costs a tenth of a
// millisecond for each stretch of work that is watched, and nothing for each execution.

import { Script } from "node:vm";
import { InputError } from "#base/assert";
import { execute, type Program } from "#explore/execution";
import { Replay } from "#explore/strategies/replay";
import { firstChooser } from "#kernel/chooser";
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
/** Milliseconds for running once more, with a recorder, what never came back. */
const LOOK = 2_000;

/** Watches over the executions of one program. */
export class Watchdog {
  /** The program; it notes which universe is the running one. */
  readonly program: Program;
  readonly #original: Program;
  #simulation: Simulation | null = null;

  constructor(program: Program) {
    this.#original = program;
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
    throw this.#explain(milliseconds);
  }

  #explain(milliseconds: number): NeverReturned {
    const simulation = this.#simulation;
    const time = `${milliseconds < 1000 ? milliseconds / 1000 : Math.floor(milliseconds / 1000)} s`;
    const thread = simulation?.current ?? null;
    if (simulation === null || thread === null) {
      const isBuilt = simulation !== null && simulation.threads.length > 0;
      const where = isBuilt ? "after the threads had ended (in a judge of the scenario)" : "while the host was built";
      return new NeverReturned(`code that ran ${where} did not come back within ${time}`, []);
    }
    const seen = this.#look(simulation);
    if (seen.simulation.steps !== simulation.steps) {
      const size = `${simulation.threads.length} threads, ${simulation.steps} steps so far`;
      return new NeverReturned(
        `a few executions took longer than ${time} (${size}): make the scenario smaller, or allow more time`,
        [],
      );
    }
    const place = seen.recorder.lastPlaceOf(thread.id).replace(/^, at /, "");
    const since = place === "" ? "" : ` after its operation at ${place}`;
    const setup = simulation.inSetup ? " of the set-up" : "";
    return new NeverReturned(
      `thread "${thread.title}"${setup} did not come back within ${time}: it never reached another operation${since}. ` +
        "Code between two operations cannot be interrupted: a loop that waits for something has to yield* " +
        "(a wait, a snooze, kernel.yieldThread())",
      seen.recorder.events,
    );
  }

  // The same execution once more, with a recorder: one that hangs hangs in the same step again, one that is slow does not
  // even get there. What is recorded already is a first execution.
  #look(simulation: Simulation): { readonly simulation: Simulation; readonly recorder: Recorder } {
    const recorder = new Recorder((kind) => operationVerb(kind as OperationKind));
    const choices = simulation.recorder === null ? choicesOf(simulation) : null;
    let again = simulation;
    const program: Program = (made) => this.#original((again = made));
    const options = { time: "adversarial", simulation: simulation.options } as const;
    const chooser = choices === null ? firstChooser : new Replay(choices);
    limited(() => execute(program, chooser, options, recorder), LOOK);
    return { simulation: again, recorder };
  }
}

type Done<T> = { readonly isDone: true; readonly value: T } | { readonly isDone: false };

function limited<T>(work: () => T, milliseconds: number): Done<T> {
  let done: Done<T> = { isDone: false };
  let thrown: { readonly error: unknown } | null = null;
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
    Reflect.deleteProperty(globalThis, WORK);
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
