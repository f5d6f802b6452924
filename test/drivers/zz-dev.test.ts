import { test } from "vitest";
import { explore } from "#explore/explorer";
import ioctlMode from "#scenarios/ioctl-mode";
import nodesOnDemand from "#scenarios/nodes-on-demand";
import tunClose from "#scenarios/tun-close";
import tunCloseTraffic from "#scenarios/tun-close-traffic";
import { compile } from "#scenario/compile";
test("x", () => {
  for (const s of [ioctlMode, tunClose, nodesOnDemand, tunCloseTraffic]) {
    const t = performance.now();
    const r = explore(compile(s), { maxMilliseconds: 40000, now: () => performance.now(), stopAtFirst: true });
    console.log(s.name, r.outcome, r.executions, r.blocked, r.steps, r.exhausted, r.bound, Math.round(performance.now() - t), JSON.stringify(r.findings.map(f => [f.outcome.kind, f.outcome.message, f.outcome.stack.slice(0,600), f.firstExecution])), r.findings[0]?.marks);
  }
}, 400000);
