// Which lines of drivers and scenarios were run: the engine's own exact counts, taken over the inspector's session with
// this very thread. Nothing is counted, and nothing costs anything, unless it was begun.

import { readFileSync } from "node:fs";
import { Session, type Debugger, type Profiler } from "node:inspector";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { SourceMapPayload } from "node:module";
import { assert } from "#base/assert";
import type { OptionText } from "#cli/command";
import { installationRoot, isOwnFile } from "#load/installation";
import { sourceLines } from "#cli/source-lines";
import type { FileCoverage } from "#report/coverage";

export const COVERAGE_OPTION: OptionText = {
  usage: "--coverage",
  about: "list the kernel operations carried out, and the driver's lines that were never run",
};

/** Begun before the code is loaded whose lines are wanted. */
export class LineCoverage {
  readonly #session = new Session();
  readonly #folder: string;
  #loaded: readonly Profiler.ScriptCoverage[] = [];

  /** @param folder the folder that printed paths are relative to */
  constructor(folder: string) {
    this.#folder = folder;
    this.#session.connect();
    this.#post("Profiler.enable");
    this.#post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
  }

  /** All is loaded: of our own drivers only those count that are called from now on. */
  loaded(): void {
    this.#loaded = this.#take();
  }

  /** The drivers and scenarios that were run since, by file; counting ends. */
  end(): FileCoverage[] {
    const called = this.#take();
    this.#post("Profiler.stopPreciseCoverage");
    this.#post("Profiler.disable");
    const scripts = this.#scripts();
    const files = [...new Set([...this.#loaded, ...called].map(({ scriptId }) => scriptId))].flatMap((id) => {
      const script = scripts.get(id);
      const counts = called.filter(({ scriptId }) => scriptId === id);
      if (script === undefined || !isDriverOrScenario(script.url, counts)) return [];
      return [this.#fileCoverage(script, [...this.#loaded.filter(({ scriptId }) => scriptId === id), ...counts])];
    });
    this.#post("Debugger.disable");
    this.#session.disconnect();
    return files.filter((file) => file.lines > 0).sort((a, b) => (a.file < b.file ? -1 : 1));
  }

  // Counts begin at zero again each time they are taken.
  #take(): readonly Profiler.ScriptCoverage[] {
    return this.#post<Profiler.TakePreciseCoverageReturnType>("Profiler.takePreciseCoverage").result;
  }

  #fileCoverage(
    { scriptId, url, sourceMapURL = "" }: Debugger.ScriptParsedEventDataType,
    counted: readonly Profiler.ScriptCoverage[],
  ): FileCoverage {
    const code = this.#post<Debugger.GetScriptSourceReturnType>("Debugger.getScriptSource", { scriptId }).scriptSource;
    const path = fileURLToPath(url);
    const map = readMap(sourceMapURL, path);
    const source = sourceOf(path, map);
    const written = readText(source)?.split("\n") ?? [];
    const counts = counted.map(({ functions }) => functions);
    return { file: this.#shown(source), ...sourceLines({ code, counts, map }, written) };
  }

  // A driver of ours by its place in the installation, a user's file by its path from here.
  #shown(path: string): string {
    return relative(isOwnFile(path) ? installationRoot : this.#folder, path).replaceAll("\\", "/");
  }

  // What the engine knows of all scripts: it tells as soon as it is asked.
  #scripts(): Map<string, Debugger.ScriptParsedEventDataType> {
    const scripts = new Map<string, Debugger.ScriptParsedEventDataType>();
    this.#session.on("Debugger.scriptParsed", ({ params }) => scripts.set(params.scriptId, params));
    this.#post("Debugger.enable");
    return scripts;
  }

  // The session answers before the call returns.
  #post<T>(method: string, parameters: object = {}): T {
    let answer: { failure: Error | null; result: unknown } | null = null;
    this.#session.post(method, parameters, (failure: Error | null, result: unknown) => (answer = { failure, result }));
    const { failure, result } = answer ?? { failure: null, result: null };
    assert(answer !== null && failure === null, `the engine answers to ${method} at once`);
    return result as T;
  }
}

// Ours only where functions of it were called: every driver is loaded for a user's file.
function isDriverOrScenario(url: string, counts: readonly Profiler.ScriptCoverage[]): boolean {
  if (!url.startsWith("file://")) return false;
  const path = fileURLToPath(url);
  if (!isOwnFile(path)) return !url.includes("/node_modules/");
  const isWanted = /^(dist[\\/])?(drivers|scenarios)[\\/]/.test(relative(installationRoot, path));
  const isCalled = ({ functionName, ranges }: Profiler.FunctionCoverage): boolean =>
    functionName !== "" && (ranges[0]?.count ?? 0) > 0;
  return isWanted && counts.some(({ functions }) => functions.some(isCalled));
}

function readMap(url: string, path: string): SourceMapPayload | null {
  if (url === "") return null;
  const inline = /^data:application\/json[^,]*;base64,(.*)$/.exec(url)?.[1];
  const text =
    inline === undefined ? readText(join(dirname(path), url)) : Buffer.from(inline, "base64").toString("utf8");
  return text === null ? null : (JSON.parse(text) as SourceMapPayload);
}

// A map of one source leads to it by a path from the code; a loader that has compiled in memory names the file itself.
function sourceOf(path: string, map: SourceMapPayload | null): string {
  const [source] = map?.sources ?? [];
  if (source === undefined || !/\.[cm]?[jt]s$/.test(path)) return path;
  return path.endsWith("ts") ? path : resolve(dirname(path), map?.sourceRoot ?? "", source);
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}
