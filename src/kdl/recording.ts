// What is debugged, and its execution with a trace, from beginning to end.

import { firstChooser } from "#kernel/chooser";
import { DEFAULT_COSTS, type Costs } from "#kernel/costs";
import { operationVerb, type OperationKind } from "#kernel/operation";
import { DEFAULT_OPTIONS, type SimulationOptions } from "#kernel/options";
import { Simulation } from "#kernel/simulation";
import { execute, type Execution, type Program } from "#explore/execution";
import { checkUse } from "#explore/misuse";
import { timed } from "#explore/punctual";
import { hasExpired } from "#explore/watch";
import type { Judge } from "#judges/judge";
import { Follower, Halt, haltingScheduler, type Turn } from "#kdl/halt";
import type { RecordedEvent } from "#trace/recorded-event";
import { Recorder } from "#trace/recorder";
import type { Choice, Schedule } from "#trace/schedule";

/** What is debugged: a program, and what decides how it goes. */
export interface Subject {
  readonly program: Program;
  /** Everything but the choices. */
  readonly schedule: Schedule;
  readonly simulation?: Partial<SimulationOptions>;
  /** For measured time. */
  readonly costs?: Costs;
  readonly judges: readonly Judge[];
}

export interface Recording {
  readonly execution: Execution;
  readonly events: readonly RecordedEvent[];
  readonly follower: Follower;
}

/** Records the whole execution, with the stacks of its first `stackSteps` steps. @throws UsageError when it misuses the library */
export function record(subject: Subject, choices: readonly Choice[], turn: Turn | null, stackSteps: number): Recording {
  const recorder = newRecorder();
  recorder.stackSteps = stackSteps;
  const follower = new Follower(choices, new Halt(Number.POSITIVE_INFINITY), turn, true);
  const { time } = subject.schedule;
  const execution = execute(
    subject.program,
    time === "measured" ? firstChooser : follower,
    { time, simulation: optionsOf(subject), costs: subject.costs ?? DEFAULT_COSTS },
    recorder,
  );
  checkUse(execution.outcome);
  const { events } = recorder;
  return { execution: timed(subject.program, execution, hasExpired(events)), events, follower };
}

/** Runs up to the halt with this recorder. @throws what the program itself throws, when it could not be built */
export function runTo(subject: Subject, choices: readonly Choice[], halt: Halt, recorder: Recorder): Simulation {
  const { program } = subject;
  const { time } = subject.schedule;
  const simulation = new Simulation(
    haltingScheduler(time, subject.costs ?? DEFAULT_COSTS, halt),
    time === "measured" ? firstChooser : new Follower(choices, halt),
    optionsOf(subject),
    recorder,
  );
  try {
    program(simulation);
  } catch (error) {
    if (!simulation.failed && halt.threads === null) throw error;
  }
  simulation.run();
  return simulation;
}

export function newRecorder(): Recorder {
  return new Recorder((kind) => operationVerb(kind as OperationKind));
}

function optionsOf(subject: Subject): SimulationOptions {
  return { ...DEFAULT_OPTIONS, ...subject.simulation, marks: new Set(subject.schedule.marks) };
}
