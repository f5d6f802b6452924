import { everySchedule, findsWithin } from "lockstep/vitest";
import { locked, unlocked } from "./counter.js";

everySchedule("two threads count to two", locked);
findsWithin(100, "without the lock one of them is lost", unlocked, { kind: "assertion", message: /the counter is 1/ });
