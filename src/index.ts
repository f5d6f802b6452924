// The public entry point, `lockstep`: what a driver and a scenario import, and what runs them.

// What a driver may see: statuses, locks, condition variables, structs, hooks (docs: the driver author's guide).
export * from "#kernel-export";

// Scenarios.
export { compile, type CompileOptions } from "#scenario/compile";
export { scenario } from "#scenario/types";
export type {
  DeclaredParameters,
  Expectation,
  Judge,
  Parameter,
  ParameterValues,
  Scenario,
  ScenarioContext,
  ScenarioDefinition,
  ValuesOf,
} from "#scenario/types";
export { boot, type BootOptions, type Host } from "#system";
export type { UserTeam } from "#vfs/user-team";
export { SIGKILL } from "#kernel/thread";

// Programs and the network inside the simulation.
export { ifconfig } from "#apps/ifconfig";
export { interfaceState, sendFrame, type InterfaceState } from "#net/network";
export { ping, newPingStatistics, type PingStatistics } from "#apps/ping";
export { route } from "#apps/route";
export { openvpn, newTunnelCounters, type TunnelCounters } from "#apps/openvpn";
export {
  AF_INET,
  bind,
  connect,
  getpeername,
  getsockname,
  INADDR_ANY,
  recvfrom,
  sendto,
  SOCK_DGRAM,
  SOCK_RAW,
  socket,
} from "#net/socket-calls";
export { MSG_TRUNC, type SocketAddress } from "#net/datagram-socket";
export type { Capture, CapturedPacket } from "#net/capture";
export type { LinkCounters, LinkOptions } from "#net/link";
export type { HostOptions, LinkDefinition, LinkEnd, World } from "#world/world";

// Measuring.
export { Histogram } from "#base/histogram";
export { startMeasuring, type CpuUse, type TeamUse, type ThreadUse, type Use } from "#kernel/cpu-use";

// Exploring and judging.
export { execute, type Execution, type Judges, type Program, type Verdict } from "#explore/execution";
export {
  explore,
  type Bound,
  type ExploredFinding,
  type ExploreOptions,
  type ExploreResult,
  type Progress,
} from "#explore/explorer";
export type { Guarantee, Part, StrategyName, Within } from "#explore/strategy";
export { watch, type Watched, type WatchOptions } from "#explore/watch";
export type { Costs } from "#kernel/costs";
export type { SimulationOptions } from "#kernel/options";
export { OUTCOMES, type Outcome, type OutcomeKind, type Waiting } from "#kernel/outcome";
export type { Simulation } from "#kernel/simulation";
export { formatSchedule, parseSchedule, type Choice, type Schedule } from "#trace/schedule";

// Reports.
export { columns, type ColumnsOptions } from "#report/columns";
export { explain } from "#report/explain";
export type { Explanation } from "#report/explanation";
export { findingReport, type ReportOptions } from "#report/finding-report";
export type { Frame, TraceEvent } from "#trace/event";
export { InputError, UsageError } from "#base/assert";
