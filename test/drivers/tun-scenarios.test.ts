// Goal: our driver has no hang, no panic and no leak in the scenarios that show its promises.
// Method: each is explored to exhaustion with sleep sets, and run once under Haiku's scheduler in measured time.
import { describe, expect, test } from "vitest";
import { execute } from "#explore/execution";
import { explore } from "#explore/explorer";
import { firstChooser } from "#kernel/chooser";
import ioctlMode from "#scenarios/ioctl-mode";
import nodesOnDemand from "#scenarios/nodes-on-demand";
import tunClose from "#scenarios/tun-close";
import tunCloseTraffic from "#scenarios/tun-close-traffic";
import { compile } from "#scenario/compile";
import { expectProven } from "./on-host.js";

describe.each([ioctlMode, nodesOnDemand, tunClose, tunCloseTraffic].map((each) => [each.name, each] as const))(
  "%s",
  (_name, each) => {
    test("finishes under Haiku's scheduler", () => {
      const { outcome } = execute(compile(each), firstChooser, { time: "measured" });
      expect(outcome).toMatchObject({ kind: "finished", message: "" });
    });

    test("finishes on every schedule", () => {
      expectProven(explore(compile(each)));
    });
  },
);
