import { loadScript } from "lockstep/script";
import { everySchedule } from "lockstep/vitest";
import { bellDriver } from "./bell.js";

// The driver is loaded by the script itself.
everySchedule("the sleeper hears the bell", await loadScript(new URL("bell.yaml", import.meta.url)));

// Or the suite hands over the one that it imports, whose lines vitest then counts in its coverage.
const drivers = { "./bell.ts": bellDriver };
everySchedule("so it does with this driver", await loadScript("bell.yaml", { drivers }));
