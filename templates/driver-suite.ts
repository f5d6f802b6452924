// The driver of /dev/misc/NAME on every schedule: a test passes when none of them fails, and all were explored.

import { B_FILE_ERROR, B_OK, O_RDWR, scenario, type ScenarioContext, type Steps, type UserTeam } from "lockstep";
import { everySchedule } from "lockstep/vitest";
import { describe, expect } from "vitest";
import { camelName } from "./NAME.js";

interface Opened {
  readonly app: UserTeam;
  readonly descriptor: number;
}

// Not explored: a program opens the device.
function* opened({ host }: ScenarioContext): Steps<Opened> {
  const app = host.team("app");
  return { app, descriptor: yield* app.openOrThrow("/dev/misc/NAME", O_RDWR) };
}

describe("/dev/misc/NAME", () => {
  everySchedule(
    "a blocked read leaves when the file is closed",
    scenario("close while reading", {
      drivers: [camelName],
      setup: opened,
      *run({ judge, app, descriptor }: ScenarioContext & Opened) {
        const reader = app.spawn("reader", () => app.read(descriptor, new Uint8Array(1)));
        const closer = app.spawn("closer", () => app.close(descriptor));
        judge.atEnd(() => {
          expect(reader.result).toBe(B_FILE_ERROR);
          expect(closer.result).toBe(B_OK);
        });
      },
    }),
  );

  everySchedule(
    "a byte that is written is read",
    scenario("write while reading", {
      drivers: [camelName],
      setup: opened,
      *run({ judge, app, descriptor }: ScenarioContext & Opened) {
        const buffer = new Uint8Array(1);
        const reader = app.spawn("reader", () => app.read(descriptor, buffer));
        app.spawn("writer", () => app.write(descriptor, Uint8Array.of(42)));
        judge.atEnd(() => {
          expect(reader.result).toBe(1);
          expect(buffer[0]).toBe(42);
        });
      },
    }),
  );
});
