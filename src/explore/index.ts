// The explorer alone, `lockstep/explore`: what runs programs on every schedule, without drivers or files.

export {
  execute,
  type Execution,
  type ExecutionOptions,
  type Judges,
  type Program,
  type Verdict,
} from "#explore/execution";
export {
  explore,
  type Bound,
  type ExploredFinding,
  type ExploreOptions,
  type ExploreResult,
  type Progress,
} from "#explore/explorer";
export { NotDeterministic } from "#explore/confirm";
export { identityOf } from "#explore/identity";
export { Replay, type Divergence } from "#explore/strategies/replay";
export {
  STRATEGIES,
  type Guarantee,
  type Part,
  type Strategy,
  type StrategyName,
  type Within,
} from "#explore/strategy";
export { watch, type Watched, type WatchOptions } from "#explore/watch";
export { firstChooser, type Chooser } from "#kernel/chooser";
export { DEFAULT_COSTS, scaleCosts, type Costs } from "#kernel/costs";
export { Kernel } from "#kernel/kernel";
export type { KernelOptions } from "#kernel/kernel-options";
export type { Operation, Steps } from "#kernel/operation";
export { gravity, OUTCOMES, type Outcome, type OutcomeKind, type Waiting } from "#kernel/outcome";
export { DEFAULT_OPTIONS, type SimulationOptions } from "#kernel/options";
export { Simulation } from "#kernel/simulation";
export type { EventKind, Frame, TraceEvent } from "#trace/event";
export { formatSchedule, parseSchedule, type Choice, type Schedule } from "#trace/schedule";
