// Goal: a recorded stack is the simulated thread's own, with names as written and paths that no machine changes.
import { describe, expect, test } from "vitest";
import { execute } from "#explore/execution";
import { firstChooser } from "#kernel/chooser";
import { Kernel } from "#kernel/kernel";
import { operationVerb, type Steps } from "#kernel/operation";
import { watch } from "#explore/watch";
import { Mutex } from "#sync/mutex";
import { Shared } from "#sync/shared";
import type { TraceEvent } from "#trace/event";
import { Recorder } from "#trace/recorder";
import { parseStack } from "#trace/stack";

class Device {
  readonly #lock: Mutex;

  constructor(kernel: Kernel) {
    this.#lock = new Mutex(kernel, "lock");
  }

  *receiveData(): Steps<void> {
    yield* this.#lock.lock();
    this.#lock.unlock();
  }
}

function record(body: (kernel: Kernel) => () => Steps<void>): readonly TraceEvent[] {
  const recorder = new Recorder(operationVerb);
  const program = (simulation: ConstructorParameters<typeof Kernel>[0]): void => {
    const kernel = new Kernel(simulation);
    kernel.spawn("t", body(kernel));
  };
  execute(program, firstChooser, { time: "measured" }, recorder);
  return recorder.events;
}

function namesAt(events: readonly TraceEvent[], text: string): string[] {
  const event = events.find((each) => each.text === text && each.frames.length > 0);
  return event?.frames.map(({ name }) => name) ?? [];
}

describe("the stack of a simulated thread", () => {
  test("has functions, methods and hooks by the names they were written with", () => {
    const events = record((kernel) => {
      const device = new Device(kernel);
      const hooks = {
        *read(): Steps<void> {
          yield* device.receiveData();
        },
      };
      return function* main(): Steps<void> {
        yield* hooks.read();
      };
    });
    expect(namesAt(events, "lock")).toEqual(["Mutex.lock", "Device.receiveData", "read", "main"]);
  });

  test("is there for a thread that is made: its maker's", () => {
    const events = record((kernel) => {
      function* start_reader(): Steps<void> {
        yield* kernel.snooze(1);
        kernel.spawn("reader", function* () {});
      }
      return start_reader;
    });
    const made = events.find(({ kind, text }) => kind === "spawned" && text === "reader");
    expect(made?.frames.map(({ name }) => name)).toEqual(["Kernel.spawnSuspended", "Kernel.spawn", "start_reader"]);
  });

  test("keeps an anonymous body anonymous, and ends with it", () => {
    const events = record(
      (kernel) =>
        function* () {
          yield* kernel.yieldThread();
        },
    );
    expect(namesAt(events, "yield")).toEqual(["Kernel.yieldThread", "(anonymous)"]);
  });

  test("has the lines of the sources, relative to the project", () => {
    const events = record(
      (kernel) =>
        function* here(): Steps<void> {
          yield* kernel.yieldThread();
        },
    );
    const frame = events.find((event) => event.text === "yield")?.frames.at(-1);
    expect(frame).toMatchObject({ name: "here", file: "test/trace/stack.test.ts" });
  });

  test("is there for each thread that is not done at the end", () => {
    const events = record((kernel) => {
      const lock = new Mutex(kernel, "lock");
      return function* twice(): Steps<void> {
        yield* lock.lock();
        kernel.spawn("other", function* wants() {
          yield* lock.lock();
        });
      };
    });
    const waiting = events.filter((event) => event.kind === "waiting");
    expect(waiting).toMatchObject([{ threadName: "other", object: "lock", other: 1 }]);
    expect(waiting[0]?.frames.at(-1)?.name).toBe("wants");
  });
});

describe("a path outside the project", () => {
  const fileOf = (path: string): string | undefined => parseStack(`Error\n    at tun_read (${path}:12:3)`)[0]?.file;

  test("begins at the folder that says what it holds", () => {
    expect(fileOf("file:///somewhere/src/mine/drivers/echo.ts")).toBe("drivers/echo.ts");
    expect(fileOf("C:\\mine\\scenarios\\close.ts")).toBe("scenarios/close.ts");
  });

  test("is the file's own name where no folder is known", () => {
    expect(fileOf("/somewhere/echo.ts")).toBe("echo.ts");
  });

  test("is left out when it leads into a package or into Node", () => {
    expect(fileOf("/somewhere/node_modules/memfs/lib/node.js")).toBeUndefined();
    expect(fileOf("node:internal/modules/run_main")).toBeUndefined();
  });
});

test("a lock that a `using` gives back is given back at the last line of its block", () => {
  // The test runner compiles `using` to a `try` ... `finally`, for which no line of this file stands.
  const events = record((kernel) => {
    const lock = new Mutex(kernel, "lock");
    return function* hold(): Steps<void> {
      using _ = yield* lock.guard();
      yield* kernel.yieldThread();
    };
  });
  const lineOf = (is: (event: TraceEvent) => boolean): number | undefined =>
    events.find(is)?.frames.find(({ name }) => name === "hold")?.line;
  const last = lineOf(({ text }) => text === "yield");
  expect(last).toBeGreaterThan(0);
  expect(lineOf(({ kind }) => kind === "unlocked")).toBe(last);
});

test("a `using` in a user's file leaves no frames of the helper that it was compiled to", () => {
  const lines = ["Error", "[nodejs.dispose] (/a/echo.ts:2:4)", "next (/a/echo.ts:1:12)", "Object.d (/a/echo.ts:1:15)"];
  const frames = parseStack([...lines, "Object.read (/a/echo.ts:7:8)"].join("\n    at "));
  expect(frames.map(({ name, line }) => `${name}:${line}`)).toEqual(["[nodejs.dispose]:2", "read:7"]);
});

describe("stacks that are left out", () => {
  const program = (simulation: ConstructorParameters<typeof Kernel>[0]): void => {
    const kernel = new Kernel(simulation);
    const device = new Device(kernel);
    const count = new Shared(kernel, 0, "count");
    const deeper = function* (rounds: number): Steps<void> {
      count.value++;
      yield* device.receiveData();
      if (rounds > 0) yield* deeper(rounds - 1);
    };
    for (const name of ["one", "two"]) kernel.spawn(name, () => deeper(9));
  };
  const all = watch(program, { time: "measured" }).events;

  test("are there when somebody looks at them, and every other one is as it was", () => {
    const spared = watch(program, { time: "measured", asideSteps: 5 }).events;
    expect(spared.length).toBe(all.length);
    expect(spared.map(({ frames }) => frames)).toEqual(all.map(({ frames }) => frames));
    expect(all.filter(({ kind, frames }) => kind === "access" && frames.length > 0).length).toBeGreaterThan(10);
  });

  test("are the same where each is read when it is taken", () => {
    const read = watch(program, { time: "measured", readsStacks: true }).events;
    expect(read.map(({ frames }) => frames)).toEqual(all.map(({ frames }) => frames));
  });

  // A stack is taken as deep as was enough where the thread came from the same place before; here the next one is deeper, or shallower.
  test("of a thread that goes in and out of functions are whole, however deep", () => {
    const winding = (simulation: ConstructorParameters<typeof Kernel>[0]): void => {
      const kernel = new Kernel(simulation);
      function* down(depth: number): Steps<void> {
        yield* kernel.snooze(1);
        if (depth > 0) yield* down(depth - 1);
      }
      for (const name of ["one", "other"]) {
        kernel.spawn(name, function* wander() {
          for (const depth of [0, 5, 1, 9, 0, 0, 9, 2]) yield* down(depth);
        });
      }
    };
    const depthsOf = (options: object): number[] =>
      watch(winding, { time: "measured", ...options })
        .events.filter(({ kind, text }) => kind === "step" && text === "snooze")
        .map(({ frames }) => frames.filter(({ name }) => name === "down").length);
    const [first = 0, second = 0, ...deeper] = depthsOf({ asideSteps: 0 });
    expect([first, second, Math.max(...deeper)]).toEqual([1, 1, 10]);
    expect(depthsOf({ asideSteps: 0 })).toEqual(depthsOf({}));
    expect(depthsOf({ readsStacks: true })).toEqual(depthsOf({}));
  });

  test("are taken by running again, once", () => {
    let runs = 0;
    const counted: typeof program = (simulation) => {
      runs++;
      program(simulation);
    };
    const { events } = watch(counted, { time: "measured", asideSteps: 5 });
    for (const event of events) if (event.kind === "step") expect(event.frames).toBeDefined();
    expect(runs).toBe(1);
    for (const event of events) if (event.kind === "access") expect(event.frames).not.toHaveLength(0);
    expect(runs).toBe(2);
  });
});
