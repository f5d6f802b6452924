// Goal: whatever a driver or a program of a user's does wrong, it is told in words that name the hook or the thread and what
// was expected; nothing of ours throws, hangs or runs out of memory over it.
// Method: each mistake is one small scenario, explored as a test would; looked at is what the failure, or the error, says.
import { describe, expect, test } from "vitest";
import { defineDriver, Mutex, O_RDWR, struct, uint32, type Host, type Kernel } from "lockstep";
import { failureOfSome } from "#vitest/check";

/** What types forbid and users of JavaScript do. */
type Anything = never;

const Block = struct("block", { number: uint32() });

/** A program that opens, reads, writes and controls a device with these hooks. */
function hooked(hooks: object): object {
  const opens = {
    *open() {
      return {};
    },
  };
  const load = () => ({ devices: ["misc/bad"], hooks: { ...opens, ...hooks } });
  return {
    drivers: [defineDriver({ name: "bad", load: load as Anything })],
    *run({ host }: { host: Host }) {
      const team = host.team("app");
      team.spawn("user", function* () {
        const descriptor = yield* team.open("/dev/misc/bad", O_RDWR);
        yield* team.read(descriptor, new Uint8Array(8));
        yield* team.write(descriptor, new Uint8Array(8));
        yield* team.ioctl(descriptor, 1, 0);
      });
    },
  };
}

function loaded(load: (kernel: Kernel) => unknown): object {
  return { drivers: [{ name: "bad", load }], *run() {} };
}

function threaded(body: (kernel: Kernel) => unknown): object {
  return {
    *run({ kernel }: { kernel: Kernel }) {
      kernel.spawn("worker", (() => (body(kernel) as () => unknown)()) as Anything);
    },
  };
}

/** What a test says of this subject. @param maxStepSeconds how long code may take that reaches no operation */
function told(subject: unknown, maxStepSeconds = 20): string {
  try {
    const failure = failureOfSome("bad", subject as Anything, { maxSeconds: 20, maxStepSeconds, judges: "none" });
    return (failure ?? "nothing").replace(/\s+/g, " ");
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return `thrown ${error.name}: ${error.message}`.replace(/\s+/g, " ");
  }
}

const hostile = {
  toString(): string {
    throw new Error("not even a text");
  },
};

describe("a hook", () => {
  test.each([
    ["throws an error", { *read() { throw new RangeError("mine"); } }, /^assertion: RangeError: mine/],
    ["throws a word", { *read() { throw "mine"; } }, /^assertion: mine/],
    ["throws nothing", { *read() { throw undefined; } }, /^assertion: undefined/],
    ["throws what has no text", { *read() { throw hostile; } }, /cannot be shown as text/],
    ["throws what has no prototype", { *read() { throw Object.create(null); } }, /cannot be shown as text/],
    ["recurses for ever", { *read() { const again = (): number => again() + 1; return again(); } }, /Maximum call stack/],
  ])("that %s", (_name, hooks, words) => expect(told(hooked(hooks))).toMatch(words)); // prettier-ignore

  const wanted =
    /driver "bad", \/dev\/misc\/bad: its read hook must return a number of bytes \(0 to 8\) or a negative status, and returned/;
  test.each([undefined, null, Number.NaN, 1.5, 9, Infinity, "5", 5n, Symbol("x"), {}, [], Object.create(null)])(
    "that returns nonsense from read",
    (value) => expect(told(hooked({ *read() { return value; } }))).toMatch(wanted), // prettier-ignore
  );
  test.each([undefined, {}, "B_OK"])("that returns no status from ioctl", (value) => {
    const good = { *read() { return 0; }, *write() { return 0; } }; // prettier-ignore
    const hooks = { ...good, *ioctl() { return value; } }; // prettier-ignore
    expect(told(hooked(hooks))).toMatch(/its ioctl hook must return a status, and returned/);
  });
  test.each([0, undefined, "cookie"])("that opens without a cookie", (value) => {
    expect(told(hooked({ *open() { return value; } }))).toMatch(/its open hook must return a cookie/); // prettier-ignore
  });
  test.each([() => 1, async () => 1, async function* () {}])("that is no generator function", (read) => {
    expect(told(hooked({ read }))).toMatch(/its read hook must be a generator function \(\*read\), and gave/);
  });
  test.each([5, undefined, Promise.resolve(), {}])("that yields something else than an operation", (value) => {
    expect(told(hooked({ *read() { yield value; return 1; } }))).toMatch(/"user" yielded by itself: only yield\* operations/); // prettier-ignore
  });
});

describe("a thread", () => {
  test.each([() => 5, async () => 5, async function* () {}])("whose body is no generator function", (body) => {
    expect(told(threaded(() => body))).toMatch(/the body of thread "worker" must be a generator function/);
  });

  test("that forgets the star of yield, or yield", () => {
    const forgets = (lock: (mutex: Mutex) => Generator): string =>
      told(threaded((kernel) => () => lock(new Mutex(kernel, "lock"))));
    expect(forgets(function* (mutex) { yield mutex.lock(); })).toMatch(/yielded by itself/); // prettier-ignore
    expect(forgets(function* (mutex) { mutex.lock(); yield* mutex.lock(); })).toMatch(/"lock lock" was not awaited/); // prettier-ignore
  });

  test("that sleeps for no number", () => {
    const sleeper = (time: unknown) => threaded((kernel) => function* () { yield* kernel.snooze(time as number); }); // prettier-ignore
    expect(told(sleeper(Number.NaN))).toMatch(/snooze\(\) takes a number of microseconds, not NaN/);
    expect(told(sleeper("soon"))).toMatch(/snooze\(\) takes a number of microseconds, not "soon"/);
  });

  test("that keeps a reference after it was freed, or frees what was never allocated", () => {
    const uses = threaded((kernel) => function* () {
      const block = kernel.heap.new(Block);
      kernel.heap.delete(block);
      block.number++;
    }); // prettier-ignore
    expect(told({ ...uses, heap: "guarded" })).toMatch(/^panic: use after free of block.number/);
    expect(told(threaded((kernel) => function* () { kernel.heap.delete({} as never); }))).toMatch(/takes what heap.new\(\) gave/); // prettier-ignore
  });

  test("that spawns a million threads, or allocates for ever", () => {
    const spawns = threaded((kernel) => function* () {
      for (let count = 0; count < 1e6; count++) kernel.spawn(`thread ${count}`, function* () {});
    }); // prettier-ignore
    expect(told(spawns)).toMatch(/more than 4096 threads: "thread 409\d" is one too many/);
    const allocates = threaded((kernel) => function* () { for (;;) kernel.heap.new(Block); }); // prettier-ignore
    expect(told(allocates)).toMatch(/more than 20000 blocks of memory in one execution/);
  });

  test("that goes round for ever, with operations", () => {
    const polls = threaded((kernel) => function* () { for (;;) yield* kernel.snooze(1); }); // prettier-ignore
    expect(told(polls)).toMatch(/^livelock: "worker" wakes and sleeps again, and nothing changes/);
  });
});

describe("code that never comes back", () => {
  const soon = 0.3;

  test("is named by its thread and its last operation, with the trace up to there", () => {
    const said = told(threaded((kernel) => function* spins() { yield* kernel.snooze(1); for (;;); }), soon); // prettier-ignore
    expect(said).toMatch(
      /^thrown InputError: thread "worker" did not come back within 0.3\d* s: it never reached another/,
    );
    expect(said).toMatch(/after its operation at test\/reliability\/user-code.long.test.ts:\d+/);
    expect(said).toMatch(/step worker where .* sleep is over/);
  });

  test("is named in a hook, in a driver's load and in a judge", () => {
    expect(told(hooked({ *read() { for (;;); } }), soon)).toMatch(/thread "user" did not come back/); // prettier-ignore
    expect(told(loaded(() => { for (;;); }), soon)).toMatch(/code that ran while the host was built did not come back/); // prettier-ignore
    const judged = { *run({ judge }: { judge: { atEnd(check: () => void): void } }) { judge.atEnd(() => { for (;;); }); } }; // prettier-ignore
    expect(told(judged, soon)).toMatch(/code that ran after the threads had ended \(in a judge of the scenario\)/);
  });
});

describe("a driver", () => {
  test.each([undefined, 5, [], Promise.resolve({})])("whose load gives nonsense", (value) => {
    expect(told(loaded(() => value))).toMatch(/driver "bad": load must return an object, \{ devices, hooks, ... \}/);
  });
  test.each([{ devices: "misc/bad" }, { devices: [5] }])("whose devices are no names", (value) => {
    expect(told(loaded(() => value))).toMatch(/driver "bad": devices must be a list of names below \/dev/);
  });
  test("whose names on demand are no list", () => {
    expect(told(loaded(() => ({ onDemand: 5 })))).toMatch(/driver "bad": onDemand must be a list/);
  });
  test("whose load operates", () => {
    const operates = loaded((kernel) => (kernel.snooze(1), {}));
    expect(told(operates)).toMatch(/an operation was performed outside a simulated thread/);
  });
});

describe("a scenario", () => {
  const empty = function* () {};
  const judging = (check: unknown) => ({ *run({ judge }: { judge: { atEnd(given: unknown): void } }) { judge.atEnd(check); } }); // prettier-ignore

  test("whose set-up gives no object", () => {
    const subject = { *setup() { return 5; }, run: empty }; // prettier-ignore
    expect(told(subject)).toMatch(/setup must return an object, whose fields run is given, or nothing; it returned 5/);
  });
  test("whose judge is async, and would be heard too late, or is no function", () => {
    const late = judging(async () => { throw new Error("too late"); }); // prettier-ignore
    expect(told(late)).toMatch(/a check of judge.atEnd\(\) must be done when it returns; this one is async/);
    expect(told(judging(5))).toMatch(/judge.atEnd\(\) takes a function, not 5/);
  });
  test("that is none", () => {
    expect(told(5)).toMatch(/it is the number 5, no scenario/);
    expect(told({})).toMatch(/has no "run": the generator function that is explored/);
    expect(told({ run: async () => {} })).toMatch(/"run" should be a generator function/);
    expect(told(() => 5)).toMatch(/a program returns nothing, or a function that judges the end, not 5/);
  });
});
