// The first screen: Haiku's own after a panic, and one in its manner after any other end.

import type { Debugger } from "#kdl/debugger";
import { headlineOf, explain } from "#report/explain";
import type { Explanation } from "#report/explanation";
import { panicScreen, stackLines } from "#report/panic-screen";
import { wrap } from "#report/text";
import type { Timeline } from "#kdl/timeline";

const WELCOME = "Welcome to Kernel Debugging Land...";

/** What `message` repeats: the text of the panic, or how the execution ended. */
export function messageOf(kdl: Debugger): string {
  const { outcome } = kdl.timeline;
  const [message = ""] = outcome.message.trimEnd().split(" @! ");
  if (outcome.kind === "panic") return kdl.paint.red(kdl.paint.bold(`PANIC: ${message}`));
  const judge = judgeOf(kdl.timeline);
  if (judge !== "") return kdl.paint.bold(kdl.paint.red(wrap(`${judge.toUpperCase()}: ${message}`, kdl.width)));
  const text = `${outcome.kind.toUpperCase()}${message === "" ? "" : `: ${message}`}`;
  const wrapped = wrap(text, kdl.width);
  return kdl.paint.bold(outcome.kind === "finished" ? wrapped : kdl.paint.red(wrapped));
}

/** The screen with which the debugger opens, at the end of the execution. */
export function bannerOf(kdl: Debugger): string {
  const { timeline, paint } = kdl;
  const { outcome, events } = timeline;
  if (outcome.kind === "panic") {
    const [kernel] = kdl.moment.kernels;
    const era = kernel === undefined ? {} : { era: kernel.era };
    const screen = panicScreen(events, outcome, { ...era, paint }).replace(/kdebug> $/, "");
    return `${screen}${placeOf(kdl)}`;
  }
  const thread = kdl.moment.thread(outcome.thread);
  const frames = thread === null ? [] : kdl.moment.stackOf(thread);
  const named = thread === null ? [] : [`Thread ${thread.id} "${thread.title}" running on CPU 0`];
  const stack =
    thread === null || frames.length === 0
      ? []
      : [`stack trace for thread ${thread.id} "${thread.title}"`, ...stackLines(frames, thread.id)];
  return [messageOf(kdl), WELCOME, ...named, ...stack, placeOf(kdl)].join("\n");
}

function placeOf({ timeline, subject, width }: Debugger): string {
  const { scenario } = subject.schedule;
  const setup = timeline.setup === 0 ? "" : `, of which ${timeline.setup} are the set-up`;
  return wrap(
    `Step ${timeline.last} of ${timeline.last}${setup}, in ${scenario}. "help" lists the commands, "explain" says why, "back" goes back in time.`,
    width,
  );
}

/** The explanation of how the execution ended. */
export function explanationOf(timeline: Timeline): Explanation {
  const { events, outcome, verdicts } = timeline;
  const time = timeline.subject.schedule.time;
  timeline.takeAllStacks();
  return explain(events, outcome, { time, rulings: verdicts });
}

/** The judge that made the outcome of an execution which else finished; empty when none did. */
export function judgeOf(timeline: Timeline): string {
  // Judges read all stacks, so nobody asks them where it does not matter.
  if (timeline.ownOutcome.kind !== "finished" || timeline.outcome.kind === "finished") return "";
  return headlineOf(timeline.verdicts, timeline.outcome)?.judge ?? "";
}
