// Exploring on all cores, `lockstep/workers`: the same searches as `explore`, by as many threads as there are.

export {
  exploreOnCores,
  type CoresOptions,
  type CoresProgress,
  type CoresResult,
  type OneCore,
  type SavedSearch,
} from "#workers/on-cores";
export type { ProgramSource } from "#workers/program-source";
