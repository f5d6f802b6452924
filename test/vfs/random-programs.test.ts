// Goal: what is recorded of descriptors, tables, names and teams is enough: sleep sets see every end that plain
// depth-first search sees. Method: small random programs on shared descriptors; the end is all results and the
// order of the driver's closes and frees.
import { describe, expect, test } from "vitest";
import { Prng } from "#base/prng";
import {
  B_OK,
  defineDriver,
  Mutex,
  notifySelectEvent,
  publishDevice,
  shared,
  unpublishDevice,
  type Driver,
  type Shared,
  type Steps,
} from "#kernel-export";
import { O_RDWR, POLLIN } from "#vfs/file-calls";
import type { UserTeam } from "#vfs/user-team";
import { everyEnd, type World } from "./host.js";

/** A device with a lock, which tells who closed and freed which of its opens. */
function telling(): { driver: Driver; story: () => Shared<string> } {
  const stories: Shared<string>[] = [];
  const driver = defineDriver({
    name: "telling",
    load: (kernel) => {
      const lock = new Mutex(kernel, "telling");
      const story = shared(kernel, "", "story");
      stories.push(story);
      const tell = (what: string): void => void (story.value += `${what} by ${kernel.currentThread?.name},`);
      return {
        devices: ["telling"],
        hooks: {
          isStream: true,
          *open() {
            return {};
          },
          *read() {
            using _ = yield* lock.guard();
            return story.value.includes("close") ? 2 : 1;
          },
          *select(_cookie, event, sync) {
            using _ = yield* lock.guard();
            if (story.value !== "") yield* notifySelectEvent(sync, event);
            return B_OK;
          },
          *close() {
            using _ = yield* lock.guard();
            tell("close");
            return B_OK;
          },
          *free() {
            tell("free");
            return B_OK;
          },
        },
      };
    },
  });
  return { driver, story: () => stories.at(-1) as Shared<string> };
}

/** Larger programs are left out. */
const EXECUTIONS_MOST = 3_000;

type Act = (world: World, team: UserTeam) => Steps<number>;

const hooks = {
  *open() {
    return {};
  },
};

const ACTS: readonly Act[] = [
  (_world, team) => team.read(0, new Uint8Array(4)),
  (_world, team) => team.read(1, new Uint8Array(4)),
  (_world, team) => team.close(0),
  (_world, team) => team.close(1),
  (_world, team) => team.dup(0),
  (_world, team) => team.open("/dev/telling", O_RDWR),
  ({ kernel }) => unpublishDevice(kernel, "telling", true),
  ({ kernel }) => publishDevice(kernel, "telling", hooks),
  function* (_world, team) {
    const names = yield* team.readDirectory("/dev");
    return typeof names === "number" ? names : names.length;
  },
  function* (_world, team) {
    const asked = { fd: 0, events: POLLIN, revents: 0 };
    return 10 * (yield* team.poll([asked], 0)) + asked.revents;
  },
  function* (_world, team) {
    team.fork("child", (child) => child.close(0));
    return 0;
  },
];

function randomBody(seed: number, story: () => Shared<string>): (world: World) => Steps<string> {
  const random = new Prng(seed);
  // Two threads of two calls each, or three of one.
  const threadCount = 2 + (seed % 2);
  const plans = Array.from({ length: threadCount }, () =>
    Array.from({ length: 4 - threadCount }, () => random.below(ACTS.length)),
  );
  return function* (world) {
    const { host, kernel } = world;
    const team = host.team("app");
    yield* team.open("/dev/telling", O_RDWR);
    const threads = plans.map((plan, place) =>
      kernel.spawn(`t${place}`, function* () {
        const results: number[] = [];
        for (const act of plan) results.push(yield* (ACTS[act] as Act)(world, team));
        return results.join();
      }),
    );
    for (const thread of threads) yield* kernel.waitForThread(thread);
    return `${threads.map((thread) => thread.result).join(" | ")} | ${story().value}`;
  };
}

describe("random programs on shared descriptors", () => {
  // Two of them once told of a record that was missing.
  const seeds = [1036, 1120, ...Array.from({ length: 20 }, (_, place) => place + 1)];

  test.each(seeds)("sleep sets see what depth-first sees: %i", (seed) => {
    const { driver, story } = telling();
    const body = randomBody(seed, story);
    const dfs = everyEnd(() => [driver], body, "dfs", EXECUTIONS_MOST);
    const sleep = everyEnd(() => [driver], body, "sleep", EXECUTIONS_MOST);
    if (!dfs.result.exhausted) return; // too large to be told
    expect(sleep.result.exhausted).toBe(true);
    expect(sleep.ends).toEqual(dfs.ends);
  });
});
