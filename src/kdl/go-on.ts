// Going on to the next breakpoint, in either direction of time.

import { nextStop, type Stop } from "#kdl/breakpoints";
import type { Debugger } from "#kdl/debugger";
import { describeStanding } from "#kdl/standing";
import { stepWords } from "#report/lines";

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

function stopWords({ timeline, paint }: Debugger, { breakpoint, event, after }: Stop): string {
  const what = `breakpoint ${breakpoint.number} (${breakpoint.kind} ${breakpoint.target})`;
  const who = `"${event.threadName}"`;
  const plan = `is about to ${stepWords(timeline.story, event)}`;
  return `${paint.bold(what)}: ${who} ${after < event.step ? plan : pastWords(event)}\n`;
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
