// What a page of a trace holds, as plain data: what is drawn, and the state at every row.
//
// Invariants:
//   - nothing here refers to a class or a function: it is written into the page as JSON and read by the page's own script;
//   - rows are numbered from 0; spans hold the rows from `from` to `to`, both included;
//   - frames and files are told by their place in the tables, so that a place that comes again costs a number.

/** How much something matters. */
export type Tone = "plain" | "quiet" | "bad" | "wake";

/** What a row has to do with how it ended. "cause": somewhere in its causal past; "named": the explanation speaks of it. */
export type Weight = "apart" | "cause" | "named" | "failing";

/** Something that a step did, besides its operation. */
export interface Effect {
  /** The thread's lane. */
  readonly lane: number;
  readonly text: string;
  readonly tone: Tone;
  /** Where, -1 for nowhere in particular. */
  readonly frame: number;
}

/** One step; or what was before the first, or the end after the last. */
export interface Row {
  readonly kind: "before" | "step" | "end";
  /** The step's number; 0 for what is none. */
  readonly step: number;
  /** Microseconds of virtual time. */
  readonly time: number;
  /** -1 for what is no thread's. */
  readonly lane: number;
  /** The CPU in its list; -1 where it is not known. */
  readonly cpu: number;
  readonly text: string;
  /** The line of the driver, scenario or program; -1 for none. */
  readonly frame: number;
  /** The whole stack, innermost first. */
  readonly stack: readonly number[];
  /** The hook or syscall that the thread is in. */
  readonly inside: string;
  readonly weight: Weight;
  readonly effects: readonly Effect[];
}

/** A thread. */
export interface Lane {
  readonly thread: number;
  readonly name: string;
  readonly isDaemon: boolean;
  /** It takes no part in the story. */
  readonly isQuiet: boolean;
  /** The rows between its making and its end. */
  readonly from: number;
  readonly to: number;
}

export interface Cpu {
  readonly name: string;
}

/** A lock that a thread holds, from row to row. */
export interface Hold {
  readonly lane: number;
  readonly object: number;
  readonly name: string;
  readonly type: string;
  /** Others may hold it too: a reader's part. */
  readonly isShared: boolean;
  readonly from: number;
  readonly to: number;
}

/** A thread that cannot go on, from row to row. */
export interface Wait {
  readonly lane: number;
  readonly object: number;
  readonly name: string;
  readonly type: string;
  /** "wait", "lock", "acquire", ...: what it wants to do. */
  readonly verb: string;
  /** The lane of the thread that holds it, or must end; -1 for nobody. */
  readonly holder: number;
  readonly from: number;
  readonly to: number;
  /** Nothing ends it. */
  readonly isForEver: boolean;
}

/** From one thread to another, within a row. */
export interface Arrow {
  readonly row: number;
  readonly from: number;
  /** -1: nobody was there. */
  readonly to: number;
  readonly kind: "notify" | "nobody" | "hand-over" | "spawn" | "end";
  readonly text: string;
}

/** A value that is so from this row on, until another is told for the same key. */
export interface Change {
  readonly row: number;
  readonly group: "data" | "memory" | "packets" | "semaphores" | "descriptors";
  readonly key: string;
  /** Empty: it is gone. */
  readonly text: string;
  /** Something to look at: it was freed. */
  readonly isBad: boolean;
}

/** One execution. */
export interface Run {
  /** "fails", "passes". */
  readonly title: string;
  readonly schedule: string;
  readonly outcome: string;
  readonly isMeasured: boolean;
  readonly lanes: readonly Lane[];
  readonly cpus: readonly Cpu[];
  readonly rows: readonly Row[];
  readonly holds: readonly Hold[];
  readonly waits: readonly Wait[];
  readonly arrows: readonly Arrow[];
  readonly changes: readonly Change[];
  /** The row to begin with. */
  readonly start: number;
}

/** A place in code: the file's and the function's name, and the line. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly name: string;
}

export interface SourceFile {
  readonly name: string;
  readonly text: string;
}

/** All that the page's script gets. */
export interface PageData {
  readonly version: 1;
  /** The execution that the page is about, and beside it one that passes, where there is one. */
  readonly runs: readonly Run[];
  /** The first row in which the two differ; -1 where there is one execution, or no difference. */
  readonly difference: number;
  readonly places: readonly Place[];
  readonly files: readonly SourceFile[];
}
