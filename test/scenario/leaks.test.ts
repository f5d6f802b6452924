// Goal: memory that nobody can free any more is a leak, and nothing else is. Method: a driver that keeps or frees its
// cookie, opened and closed, or left open.
import { describe, expect, test } from "vitest";
import {
  B_OK,
  compile,
  defineDriver,
  explore,
  NetBuffer,
  O_RDWR,
  scenario,
  struct,
  uint32,
  type ScenarioDefinition,
} from "lockstep";

const Cookie = struct("Cookie", { flags: uint32() });
const Globals = struct("Globals", { opens: uint32() });

const keeping = (frees: boolean) =>
  defineDriver({
    name: "keeper",
    load(kernel) {
      kernel.heap.new(Globals);
      return {
        devices: ["misc/keeper"],
        hooks: {
          *open() {
            return kernel.heap.new(Cookie);
          },
          *free(cookie) {
            if (frees) kernel.heap.delete(cookie as never);
            return B_OK;
          },
        },
      };
    },
  });

function outcomeOf(definition: ScenarioDefinition): { kind: string; message: string } {
  const result = explore(compile(scenario("leaks", definition)));
  return { kind: result.outcome, message: result.findings[0]?.outcome.message ?? "" };
}

function openAndClose(frees: boolean, closes = true): ScenarioDefinition {
  return {
    drivers: [keeping(frees)],
    *run({ host }) {
      const app = host.team("app");
      app.spawn("app", function* () {
        const fd = yield* app.open("/dev/misc/keeper", O_RDWR);
        if (closes) yield* app.close(fd);
      });
    },
  };
}

describe("memory", () => {
  test("that a driver does not free in its free hook is a leak, named by what it is and whose it was", () => {
    expect(outcomeOf(openAndClose(false))).toEqual({
      kind: "leak",
      message: 'never freed, though nothing is open any more: Cookie, allocated by "app"',
    });
  });

  test("that is freed is none, nor what the driver allocated when it was loaded", () => {
    expect(outcomeOf(openAndClose(true)).kind).toBe("finished");
  });

  test("of a descriptor that the team's end closes is looked at too", () => {
    expect(outcomeOf(openAndClose(false, false)).kind).toBe("leak");
    expect(outcomeOf(openAndClose(true, false)).kind).toBe("finished");
  });

  test("is nobody's business while a descriptor is open", () => {
    const left: ScenarioDefinition = {
      drivers: [keeping(false)],
      *setup({ host }) {
        const app = host.team("app");
        yield* app.open("/dev/misc/keeper", O_RDWR);
        return {};
      },
      *run() {},
    };
    expect(outcomeOf(left).kind).toBe("finished");
  });

  test("may stay where the scenario says so", () => {
    const { drivers = [], run } = openAndClose(false);
    const allowed: ScenarioDefinition = {
      drivers,
      *run(context) {
        context.judge.allowLeaks();
        yield* run(context);
      },
    };
    expect(outcomeOf(allowed).kind).toBe("finished");
  });

  test("of a packet is told by number", () => {
    const lost: ScenarioDefinition = {
      *run({ kernel }) {
        for (let i = 0; i < 2; i++) new NetBuffer(kernel, new Uint8Array(60));
      },
    };
    expect(outcomeOf(lost).message).toBe("never freed, though nothing is open any more: 2 times net buffer");
  });
});
