// Polling that burns a CPU: a thread wakes by itself again and again, finds nothing changed, and sleeps for a moment; or
// goes round without sleeping at all.
//
// A round goes from one sleep, yield, timed wait, vain try or look at an atomic to the next at the same place. It is fruitless when the thread has written
// nothing, woken nobody and allocated nothing. Sleeps of a millisecond and more are no burning: a thread that looks a few
// times a second costs next to nothing. Only in measured time, where others run meanwhile; while exploring a thread may be
// delayed for as long as one likes, and whoever waits for it in a loop goes round as often. A loop that nobody ever ends is
// the outcome livelock there.

import type { Judge, Verdict } from "#judges/judge";
import { at, isEndOfSleep, isSystems } from "#judges/places";
import { stepWords } from "#report/lines";
import { quoted, type Story } from "#report/story";
import { counted, thousands } from "#report/text";
import type { TraceEvent } from "#trace/event";

/** Microseconds: a thread that sleeps for this long is not busy. */
const SLEEP_LEAST = 1_000;
/** Fruitless rounds in a row that make a poller; of a loop that only reads an atomic, which others may read as often. */
const ROUNDS_LEAST = 10;
const READS_LEAST = 100;
/** Places in the code that one round passes with one object. */
const PLACES_MOST = 2;

const PAUSES = new Set(["snooze", "yield", "trylock", "try spinlock", "wait", "acquire", "lock with timeout"]);
const LOOK = "atomic get";
const WAITED_FOR = new Set(["condition variable", "semaphore"]);
const DOINGS = new Set<TraceEvent["kind"]>(["access", "allocated", "freed", "spawned", "output", "choice"]);

/** A thread's rounds so far with one thing. */
interface Rounds {
  readonly first: TraceEvent;
  last: TraceEvent;
  count: number;
  /** Microseconds of each sleep; 0 where it does not sleep. */
  sleep: number;
  /** The first of them, until it is known whether they come by the same place. */
  looked: TraceEvent[];
}

export const polling: Judge = {
  name: "polling",
  about: "a loop that looks again and again, with little or no sleep, while nothing changes",

  judge({ story, events, isMeasured }) {
    if (!isMeasured) return [];
    /** For each thread its rounds since it did something of use. */
    const threads = new Map<number, Map<string, Rounds>>();
    const found = new Set<Rounds>();
    for (const event of events) {
      const own = threads.get(event.thread);
      if (own !== undefined && isFruit(event, own)) own.clear();
      if (own !== undefined && event.kind === "blocked") sleeps(story, event, own);
      const isRound = event.kind === "step" && (PAUSES.has(event.text) || event.text === LOOK);
      if (!isRound || event.inSetup || isEndOfSleep(story, event)) continue;
      const next = nextRound(threads, event);
      if (next.looked.length > 0 && isPolling(story, next, threads.get(event.thread))) found.add(next);
    }
    const verdicts = new Map([...found].map((rounds) => [placeOf(story, rounds.first), rounds]));
    return [...verdicts.values()].map((rounds) => verdict(story, rounds));
  },
};

// Asked once there are enough rounds: places are dear to read. Where it pauses tells a loop better than where it looks.
function isPolling(story: Story, rounds: Rounds, own: ReadonlyMap<string, Rounds> | undefined): boolean {
  const { first, looked, sleep } = rounds;
  const isLook = first.text === LOOK;
  if (looked.length <= (isLook ? READS_LEAST : ROUNDS_LEAST)) return false;
  rounds.looked = [];
  const places = new Set(looked.map((step) => placeOf(story, step)));
  if (places.size > PLACES_MOST || sleep >= SLEEP_LEAST || isSystems(story, first)) return false;
  return !isLook || [...(own?.values() ?? [])].every((each) => each.first.text === LOOK);
}

// A wait without a limit is none of a poller.
function sleeps(story: Story, blocked: TraceEvent, own: ReadonlyMap<string, Rounds>): void {
  if (!PAUSES.has(story.stepOf(blocked)?.text ?? "")) return;
  for (const rounds of own.values()) rounds.sleep = blocked.value < 0 ? SLEEP_LEAST : blocked.value - blocked.time;
}

// What makes a round worth its while; what was got at last ends the trying, too, and so does somebody who wakes.
function isFruit(event: TraceEvent, own: ReadonlyMap<string, Rounds>): boolean {
  if (DOINGS.has(event.kind)) return true;
  if (event.kind === "notified") return event.value > 0;
  if (event.kind === "woken") return event.other !== 0 && WAITED_FOR.has(event.objectType);
  if (event.kind === "acquired")
    return [...own.values()].some(({ last }) => last.text !== LOOK && last.step === event.step);
  return (
    event.kind === "step" && (event.text === "release" || event.text === "atomic set" || event.text === "atomic update")
  );
}

function nextRound(threads: Map<number, Map<string, Rounds>>, step: TraceEvent): Rounds {
  const own = threads.get(step.thread) ?? new Map<string, Rounds>();
  threads.set(step.thread, own);
  const key = `${step.text} ${step.objectNumber}`;
  const before = own.get(key);
  if (before === undefined) {
    const rounds = { first: step, last: step, count: 0, sleep: 0, looked: [step] };
    own.set(key, rounds);
    return rounds;
  }
  before.last = step;
  before.count++;
  if (before.looked.length > 0) before.looked.push(step);
  return before;
}

function placeOf(story: Story, step: TraceEvent): string {
  return `${step.text} ${step.object}${at(story, step)}`;
}

function verdict(story: Story, rounds: Rounds): Verdict {
  const { first, last, count, sleep } = rounds;
  const what = stepWords(story, first);
  const time = last.time - first.time;
  const share = time > 0 ? Math.round((100 * (time - count * sleep)) / time) : 0;
  const pause = sleep === 0 ? "without sleeping" : `sleeping ${thousands(sleep)} us each time`;
  return {
    judge: polling.name,
    subject: placeOf(story, first),
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
