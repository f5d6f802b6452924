// Polling that burns a CPU: a thread wakes by itself again and again, finds nothing changed, and sleeps for a moment; or
// goes round without sleeping at all.
//
// A round goes from one sleep, yield or vain try to the next at the same place. It is fruitless when the thread has written
// nothing, woken nobody and allocated nothing. Sleeps of a millisecond and more are no burning: a thread that looks a few
// times a second costs next to nothing. Only in measured time, where others run meanwhile; while exploring a thread may be
// delayed for as long as one likes, and whoever waits for it in a loop goes round as often. A loop that nobody ever ends is
// the outcome livelock there.

import type { Judge, Verdict } from "#judges/judge";
import { at, isSystems } from "#judges/places";
import { stepWords } from "#report/lines";
import { quoted, type Story } from "#report/story";
import { counted, thousands } from "#report/text";
import type { TraceEvent } from "#trace/event";

/** Microseconds: a thread that sleeps for this long is not busy. */
const SLEEP_LEAST = 1_000;
/** Fruitless rounds in a row that make a poller. */
const ROUNDS_LEAST = 10;

const PAUSES = new Set(["snooze", "yield", "trylock", "try spinlock"]);
const DOINGS = new Set<TraceEvent["kind"]>(["access", "allocated", "freed", "spawned", "output", "choice"]);

/** A thread's rounds so far at one place. */
interface Rounds {
  readonly place: string;
  readonly first: TraceEvent;
  last: TraceEvent;
  count: number;
  /** Microseconds of each sleep; 0 where it does not sleep. */
  sleep: number;
  isFruitless: boolean;
}

export const polling: Judge = {
  name: "polling",
  about: "a loop that looks again and again, with little or no sleep, while nothing changes",

  judge({ story, events, isMeasured }) {
    if (!isMeasured) return [];
    const threads = new Map<number, Rounds>();
    const verdicts = new Map<string, Verdict>();
    for (const event of events) {
      const rounds = threads.get(event.thread);
      if (rounds !== undefined && isFruit(event, rounds)) rounds.isFruitless = false;
      if (event.kind === "blocked" && rounds?.last.step === event.step)
        rounds.sleep = event.value < 0 ? SLEEP_LEAST : event.value - event.time;
      if (event.kind !== "step" || !PAUSES.has(event.text) || event.inSetup || isEndOfSleep(story, event)) continue;
      const next = nextRound(story, rounds, event);
      threads.set(event.thread, next);
      if (next.count < ROUNDS_LEAST || next.sleep >= SLEEP_LEAST || isSystems(story, event)) continue;
      const found = verdict(story, next);
      verdicts.set(found.subject, found);
    }
    return [...verdicts.values()];
  },
};

// What makes a round worth its while; a lock that was got at last ends the trying, too.
function isFruit(event: TraceEvent, { last }: Rounds): boolean {
  if (DOINGS.has(event.kind)) return true;
  if (event.kind === "notified") return event.value > 0;
  if (event.kind === "acquired") return last.text.startsWith("try") && last.step === event.step;
  return (
    event.kind === "step" && (event.text === "release" || event.text === "atomic set" || event.text === "atomic update")
  );
}

function isEndOfSleep(story: Story, step: TraceEvent): boolean {
  return story.events[step.index + 1]?.kind === "expired";
}

function nextRound(story: Story, before: Rounds | undefined, step: TraceEvent): Rounds {
  const place = `${step.text}${at(story, step)}`;
  if (before === undefined || before.place !== place || !before.isFruitless)
    return { place, first: step, last: step, count: 0, sleep: 0, isFruitless: true };
  before.last = step;
  before.count++;
  return before;
}

function verdict(story: Story, rounds: Rounds): Verdict {
  const { first, last, count, sleep } = rounds;
  const what = stepWords(story, first);
  const time = last.time - first.time;
  const share = time > 0 ? Math.round((100 * (time - count * sleep)) / time) : 0;
  const pause = sleep === 0 ? "without sleeping" : `sleeping ${thousands(sleep)} us each time`;
  return {
    judge: polling.name,
    subject: rounds.place,
    kind: "assertion",
    hasHappened: true,
    message: `${quoted(first)} polls, ${pause}: ${what}${at(story, first)}`,
    evidence: [
      `From step ${first.step} to step ${last.step} it went round ${counted(count, "time")} and changed nothing${share > 0 ? `, in ${thousands(time)} us, ${share} % of them busy` : ""}.`,
      "It goes on for as long as nobody changes what it looks at.",
    ],
    hint: "Wait on a condition variable, or a semaphore, and let whoever changes the condition notify it.",
  };
}
