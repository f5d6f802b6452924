// Going on to the next breakpoint, in either direction of time.

import { nextStop, type Stop } from "#kdl/breakpoints";
import type { Debugger } from "#kdl/debugger";
import { describeStanding } from "#kdl/standing";
import { stepWords } from "#report/lines";
import { wrap } from "#report/text";

/** Goes to the next breakpoint, or to the end (the beginning) when none comes. */
export function goOn(kdl: Debugger, direction: 1 | -1): string {
  const { timeline } = kdl;
  const end = direction === 1 ? timeline.last : 0;
  if (kdl.step === end) return direction === 1 ? "this is the end" : "this is the beginning";
  const stop = nextStop(timeline, kdl.breakpoints, kdl.step, direction);
  kdl.goTo(stop?.after ?? end);
  return `${stop === null ? noneWords(kdl) : stopWords(kdl, stop)}${describeStanding(kdl)}`;
}

function noneWords({ breakpoints }: Debugger): string {
  return breakpoints.length === 0 ? "" : "no breakpoint came\n";
}

function stopWords({ timeline, paint, width }: Debugger, { breakpoint, event, after }: Stop): string {
  const what = `breakpoint ${breakpoint.number} (${breakpoint.kind} ${breakpoint.target})`;
  const words = after < event.step ? planWords(stepWords(timeline.story, event)) : pastWords(event);
  const text = wrap(`${what}: "${event.threadName}" ${words}`, width);
  return `${text.replace(what, () => paint.bold(what))}\n`;
}

function planWords(step: string): string {
  return step === "sleep is over" ? "is about to end its sleep" : `is about to ${step}`;
}

function pastWords({ kind, text, object }: Stop["event"]): string {
  switch (kind) {
    case "enter":
      return `has entered the ${text}`;
    case "read":
      return `has read ${object}`;
    case "access":
      return `has set ${text}`;
    case "unlocked":
      return `has unlocked "${object}"`;
    case "allocated":
      return `has allocated ${object}`;
    case "freed":
      return `has freed ${object}`;
    default:
      return `${text} ${object}`.trim();
  }
}
