// The verbs for threads: starting them, waiting, signals, sleeping, and locks of the kernel to make threads meet.

import { isMap, isNode, isScalar, type Node } from "yaml";
import { B_OK } from "#base/status";
import { SIGKILL } from "#kernel/thread";
import type { Reader } from "#script/reader";
import type { Act } from "#script/running";
import { optional, required } from "#script/collections";
import { readNode, whole, yesOrNo, type Shape } from "#script/shape";
import { verb, type Verb } from "#script/step";
import { DEFAULT_TEAM, isKernelTeam } from "#script/teams";
import { amount, duration, given, name, teamName, used } from "#script/values";
import { Mutex } from "#sync/mutex";
import { Semaphore } from "#sync/semaphore";

const PRIORITY = optional(whole(1, 120), "Haiku's priority. Default 10; 100 and above is real time.");

/** A thread's steps, and whose thread it is; null: that of whoever starts it. */
interface ThreadBody {
  readonly acts: readonly Act[];
  readonly team: string | null;
}

export function threadVerbs(steps: Shape<readonly Act[]>): readonly Verb[] {
  return [spawnVerb(steps), forkVerb(steps), wait, kill, snooze, ...LOCK_VERBS];
}

function spawnVerb(steps: Shape<readonly Act[]>): Verb {
  return withSteps(steps, (body) =>
    verb("spawn", {
      about: "Starts a thread, and goes on at once. What the thread's last step gives is what it ends with.",
      fields: {
        spawn: required(name, "The thread's name."),
        as: optional(name, "By which other steps know it. Default: its name."),
        team: optional(
          teamName,
          `Whose thread it is; "kernel" for a kernel thread. Default: that of whoever starts it, else ${DEFAULT_TEAM}.`,
        ),
        priority: PRIORITY,
        daemon: optional(yesOrNo(), "A service thread: when it alone waits, that is no deadlock. Default false."),
        steps: required(body, "What it does."),
      },
      givesNothing: true,
      note({ spawn, as = spawn }, node, reader) {
        reader.names.give("thread", as, node);
      },
      *perform({ spawn, as = spawn, priority, daemon, steps: { acts, team: key } }, { running }) {
        const options = {
          ...(priority === undefined ? {} : { priority }),
          ...(daemon === undefined ? {} : { daemon }),
        };
        const isKernels = key === null ? running.team === null : isKernelTeam(key);
        const team = isKernels ? null : running.teamFor(key);
        const start = running.bodyOf(acts, team, key);
        const { execution, kernel } = running;
        const thread =
          team === null
            ? (key === null ? kernel : execution.kernelOf(key)).spawn(spawn, start, options)
            : team.spawn(spawn, start, options);
        running.set("thread", as, thread);
        return B_OK;
      },
    }),
  );
}

function forkVerb(steps: Shape<readonly Act[]>): Verb {
  return withSteps(steps, (body) =>
    verb("fork", {
      about:
        "A new team that shares every descriptor with this one; its first thread, of the same name, takes the steps.",
      fields: {
        fork: required(given("thread"), "The name of the team and of its thread."),
        priority: PRIORITY,
        steps: required(body, "What it does."),
      },
      isCall: true,
      givesNothing: true,
      *perform({ fork, priority, steps: { acts } }, { running, team }) {
        const options = priority === undefined ? {} : { priority };
        const { thread } = team.fork(fork, (child) => running.bodyOf(acts, child, null)(), options);
        running.set("thread", fork, thread);
        return B_OK;
      },
    }),
  );
}

/** A verb whose field "steps" is read as those of a new thread. */
function withSteps(steps: Shape<readonly Act[]>, make: (body: Shape<ThreadBody>) => Verb): Verb {
  // Whose the thread is, while its step is being read; steps lie in steps.
  let whose: { readonly key: string; readonly isInherited: boolean } = { key: DEFAULT_TEAM, isInherited: true };
  const made = make({
    wanted: steps.wanted,
    accepts: (node) => steps.accepts(node),
    read(node, what, reader) {
      const { key, isInherited } = whose;
      const read = (): readonly Act[] | undefined => readNode(node, what, steps, reader);
      const acts = reader.names.within(null, () => reader.teams.within(key, read));
      return acts === undefined ? undefined : { acts, team: isInherited ? null : key };
    },
    schema: () => steps.schema(),
  });
  return {
    ...made,
    read(node, reader) {
      const outer = whose;
      whose = made.name === "fork" ? { key: "the fork", isInherited: true } : teamOf(node, reader);
      const act = made.read(node, reader);
      whose = outer;
      return act;
    },
  };
}

/** The team that a step "spawn" names, or else that of the thread it stands in. */
function teamOf(node: Node, reader: Reader): { readonly key: string; readonly isInherited: boolean } {
  const field = isMap(node) ? node.get("team", true) : undefined;
  const named = isNode(field) ? reader.resolve(field) : null;
  const own = reader.teams.current;
  if (isScalar(named) && typeof named.value === "string") {
    if (!isKernelTeam(named.value)) reader.teams.mention(named.value, named);
    return { key: named.value, isInherited: false };
  }
  if (own === null) reader.teams.mention(DEFAULT_TEAM, node);
  return { key: own ?? DEFAULT_TEAM, isInherited: own !== null };
}

const wait = verb("wait", {
  about: "Waits until a thread has ended; gives what its last step gave.",
  fields: { wait: required(used("thread", "the name of a thread"), "The thread.") },
  *perform(step, { running }) {
    const thread = running.thread(step.wait);
    yield* running.kernel.waitForThread(thread);
    return typeof thread.result === "number" ? thread.result : thread.exitStatus;
  },
});

const kill = verb("kill", {
  about: "Sends a thread a signal: 9 ends it, others interrupt its waits.",
  fields: {
    kill: required(used("thread", "the name of a thread"), "The thread."),
    signal: optional(whole(1, 31), "Default 9."),
  },
  isCall: true,
  *perform(step, { running, team }) {
    return yield* team.kill(running.thread(step.kill), step.signal ?? SIGKILL);
  },
});

const snooze = verb("snooze", {
  about: "Sleeps. While exploring, for as long as it likes.",
  fields: { snooze: required(duration, "How long.") },
  *perform(step, { running }) {
    return yield* running.kernel.snooze(step.snooze(running.parameters));
  },
});

const LOCK_VERBS: readonly Verb[] = [
  verb("mutex", {
    about: "Makes a lock of the kernel.",
    fields: { mutex: required(given("mutex"), "Its name.") },
    givesNothing: true,
    *perform(step, { running }) {
      running.set("mutex", step.mutex, new Mutex(running.kernel, step.mutex));
      return B_OK;
    },
  }),
  verb("lock", {
    about: "Takes a mutex.",
    fields: { lock: required(used("mutex", "the name of a mutex"), "The mutex.") },
    *perform(step, { running }) {
      return yield* (running.get("mutex", step.lock) as Mutex).lock();
    },
  }),
  verb("unlock", {
    about: "Gives a mutex back.",
    fields: { unlock: required(used("mutex", "the name of a mutex"), "The mutex.") },
    givesNothing: true,
    *perform(step, { running }) {
      (running.get("mutex", step.unlock) as Mutex).unlock();
      return B_OK;
    },
  }),
  verb("semaphore", {
    about: "Makes a semaphore.",
    fields: {
      semaphore: required(given("semaphore"), "Its name."),
      count: optional(amount(0, 1_000_000), "How many can be acquired at once. Default 0."),
    },
    givesNothing: true,
    *perform(step, { running }) {
      const count = step.count?.(running.parameters) ?? 0;
      running.set("semaphore", step.semaphore, new Semaphore(running.kernel, count, step.semaphore));
      return B_OK;
    },
  }),
  verb("acquire", {
    about: "Takes from a semaphore, and waits until there is enough.",
    fields: {
      acquire: required(used("semaphore", "the name of a semaphore"), "The semaphore."),
      count: optional(amount(1, 1_000_000), "How many. Default 1."),
    },
    *perform(step, { running }) {
      const count = step.count?.(running.parameters) ?? 1;
      return yield* (running.get("semaphore", step.acquire) as Semaphore).acquire(count);
    },
  }),
  verb("release", {
    about: "Gives to a semaphore.",
    fields: {
      release: required(used("semaphore", "the name of a semaphore"), "The semaphore."),
      count: optional(amount(1, 1_000_000), "How many. Default 1."),
    },
    *perform(step, { running }) {
      const count = step.count?.(running.parameters) ?? 1;
      return yield* (running.get("semaphore", step.release) as Semaphore).release(count);
    },
  }),
];
