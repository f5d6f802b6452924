// The kernel debugger: where one is in which execution, its breakpoints, and the carrying out of lines.
//
// Lines in, text out: reading them, and where the text goes, is the caller's business.

import { InputError } from "#base/assert";
import { suggestion } from "#base/nearest";
import type { Breakpoint } from "#kdl/breakpoints";
import { COMMANDS } from "#kdl/commands";
import type { KdlCommand } from "#kdl/command";
import { filtered } from "#kdl/filters";
import { parseLine, type Pipeline } from "#kdl/line";
import type { Moment } from "#kdl/moment";
import type { Subject } from "#kdl/recording";
import { describeStep } from "#kdl/standing";
import { Timeline } from "#kdl/timeline";
import type { Turn } from "#kdl/halt";
import type { Paint } from "#report/paint";
import { plainPaint } from "#report/paint";
import { formatSchedule } from "#trace/schedule";

/** The last steps, whose stacks are at hand in a long execution, too. */
const PREPARED_STEPS = 1_100;

export interface DebuggerOptions {
  /** Characters in a line. Default 100. */
  readonly width?: number;
  readonly paint?: Paint;
}

/** What a command came to. */
export interface Answer {
  /** Whole lines. */
  readonly text: string;
  /** It was not understood, or could not be done. */
  readonly isError: boolean;
}

export class Debugger {
  readonly subject: Subject;
  readonly original: Timeline;
  readonly width: number;
  readonly paint: Paint;
  /** The execution that is looked at: the original, or one that was turned from it. */
  timeline: Timeline;
  /** Where it was turned: "switch-at 9 reader"; empty for the original. */
  turned = "";
  readonly breakpoints: Breakpoint[] = [];
  hasQuit = false;
  #step: number;
  #lastLine = "";

  /** @throws UsageError for what the program itself throws */
  constructor(subject: Subject, options: DebuggerOptions = {}) {
    this.subject = subject;
    this.width = options.width ?? 100;
    this.paint = options.paint ?? plainPaint;
    this.original = new Timeline(subject, subject.schedule.choices);
    this.timeline = this.original;
    this.#step = this.timeline.last;
  }

  /** The step after which one stands. */
  get step(): number {
    return this.#step;
  }

  get moment(): Moment {
    return this.timeline.at(this.#step);
  }

  /** The schedule of what is looked at, as a token. */
  get schedule(): string {
    return formatSchedule({ ...this.subject.schedule, choices: this.timeline.choices });
  }

  goTo(step: number): void {
    this.#step = Math.min(Math.max(0, step), this.timeline.last);
  }

  /** Makes the moments that somebody is likely to ask for next, before he does; the engine then knows its way, too. */
  prepare(): void {
    const { last } = this.timeline;
    for (const before of [1_000, 100, 2, 1]) if (last > before) this.timeline.at(last - before);
    if (last > PREPARED_STEPS) this.timeline.takeStacks(last - PREPARED_STEPS, last);
    describeStep(this, Math.max(1, last - 1));
  }

  /** Looks at the execution in which another thread takes a step. @throws InputError when it cannot */
  turn(turn: Turn, words: string): void {
    const made = new Timeline(this.subject, this.timeline.choices, turn);
    if (made.refused !== null) {
      const names = made.refused.map((name) => `"${name}"`).join(", ");
      throw new InputError(`at step ${turn.step} that thread cannot go; these can: ${names}`);
    }
    this.timeline = made;
    this.turned = this.turned === "" ? words : `${this.turned}; ${words}`;
    this.goTo(turn.step);
  }

  /** Goes back to the execution that the debugger was opened on, at its end. */
  returnToOriginal(): void {
    this.timeline = this.original;
    this.turned = "";
    this.#step = this.timeline.last;
  }

  /** Carries out a line, each of its commands, whatever the one before said. An empty one repeats going: step, back, next. */
  perform(line: string): readonly Answer[] {
    const wanted = line.trim() === "" ? repeatable(this.#lastLine) : line;
    this.#lastLine = wanted;
    const answers: Answer[] = [];
    const pipelines = attempt(() => parseLine(wanted));
    if (!Array.isArray(pipelines)) return [pipelines];
    for (const pipeline of pipelines) {
      const done = attempt(() => this.#performOne(pipeline));
      if (typeof done !== "string") answers.push(done);
      else if (done !== "") answers.push({ text: `${done}\n`, isError: false });
      if (this.hasQuit) break;
    }
    return answers;
  }

  #performOne({ words, filters }: Pipeline): string {
    const [name = "", ...rest] = words;
    const command = findCommand(name);
    const most = command.most ?? 1;
    if (rest.length > most) {
      const isName = most === 1 && rest.some((word) => !/^\d+$/.test(word));
      const quotes = isName ? `; a name with blanks stands in quotes: ${name} "${rest.join(" ")}"` : "";
      throw new InputError(
        `${name} takes ${command.usage || "no words"}, not "${rest.join(" ")}"${quotes}; "help ${name}" says more`,
      );
    }
    return filters.reduce(filtered, command.perform(this, rest).trimEnd());
  }
}

/** The command of this name. @throws InputError when there is none; the message names the nearest */
export function findCommand(name: string): KdlCommand {
  const command = COMMANDS.find((each) => each.names.includes(name));
  if (command !== undefined) return command;
  const names = COMMANDS.flatMap((each) => each.names);
  throw new InputError(`there is no command "${name}"${suggestion(name, names) || "."} "help" lists them`);
}

// What it gives, or the answer to a word that was wrong.
function attempt<T>(act: () => T): T | Answer {
  try {
    return act();
  } catch (error) {
    if (error instanceof InputError) return { text: `${error.message}\n`, isError: true };
    throw error;
  }
}

function repeatable(line: string): string {
  const [name = ""] = line.trim().split(/\s+/);
  return ["step", "s", "back", "b", "next", "n", "continue", "c", "reverse-continue", "rc"].includes(name) ? line : "";
}
