// The command that runs one schedule of one test again, to be copied into a shell.

import { relative } from "node:path";

/** Set to a schedule, only that is run, and only in the tests that it belongs to. */
export const SCHEDULE_VARIABLE = "LOCKSTEP_SCHEDULE";

/** Where a test stands. */
export interface TestPlace {
  /** Absolute. */
  readonly file: string;
  /** As vitest's `-t` matches it: the suites' names and the test's, separated by blanks. */
  readonly fullName: string;
  /** The project's name; empty for the only one. */
  readonly project: string;
  /** The project's root, absolute. */
  readonly root: string;
}

/** Without a place the schedule alone says what is run. */
export function replayCommand(token: string, place: TestPlace | null): string {
  const words = [`${SCHEDULE_VARIABLE}=${token}`, "npx", "vitest", "run"];
  if (place !== null) {
    words.push(quoted(relative(process.cwd(), place.file).replaceAll("\\", "/")));
    if (place.project !== "") words.push("--project", quoted(place.project));
    words.push("-t", quoted(`^${escaped(place.fullName)}$`));
  }
  return words.join(" ");
}

/** What a task of vitest's says of its place. */
export interface TaskLike {
  readonly name: string;
  readonly fullTestName?: string;
  readonly suite?: TaskLike | undefined;
  readonly file: { readonly filepath: string; readonly name: string; readonly projectName?: string | undefined };
}

export function placeOfTask(task: TaskLike): TestPlace {
  const { filepath, name, projectName = "" } = task.file;
  const root = filepath.endsWith(name) ? filepath.slice(0, -name.length) : process.cwd();
  const names: string[] = [];
  for (let each: TaskLike | undefined = task; each !== undefined; each = each.suite) names.unshift(each.name);
  return { file: filepath, fullName: names.join(" "), project: projectName, root };
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

function quoted(word: string): string {
  return /^[\w./@:=-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
