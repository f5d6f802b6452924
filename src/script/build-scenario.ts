// From a script to a scenario, as one in TypeScript is: what comes after this knows no difference.

import { assert } from "#base/assert";
import type { Driver } from "#driver";
import type { SimulationOptions } from "#kernel/options";
import type { Steps } from "#kernel/operation";
import type { Expectation } from "#script/expectation";
import type { Script } from "#script/read-script";
import { Running, ScriptExecution } from "#script/running";
import { scenario, type Scenario, type ScenarioContext, type ScenarioDefinition } from "#scenario/types";
import type { HostOptions, LinkDefinition } from "#world/world";

/** What the set-up hands over. */
interface State {
  readonly execution?: ScriptExecution;
}

/** @param drivers all that the script names, by the text that names them */
export function buildScenario(script: Script, drivers: ReadonlyMap<string, Driver>): Scenario {
  const { content } = script;
  const { hosts, links, parameters, setup, teams } = content;
  const hasSetup = setup !== undefined || teams !== undefined;
  const definition: ScenarioDefinition<State> = {
    ...plainFields(script),
    drivers: driversOf(content.drivers ?? [], drivers),
    ...(parameters === undefined ? {} : { parameters: Object.fromEntries(parameters) }),
    ...(links === undefined ? {} : { links: links.map(linkOf) }),
    ...(hosts === undefined
      ? {}
      : { hosts: Object.fromEntries([...hosts].map(([name, each]) => [name, hostOf(each, drivers)])) }),
    ...(hasSetup ? { setup: (context: ScenarioContext) => setUp(script, context) } : {}),
    run: (context) => explored(script, context),
  };
  return scenario(content.scenario, definition);
}

function plainFields({ content }: Script): Partial<ScenarioDefinition<State>> {
  const { about, expect, bounds, cpus, debug, heap, era, costs, simulation, runSteps } = content;
  const fields = { about, expect, cpus, debug, heap, era, costs, runSteps };
  return {
    ...given(fields),
    ...(bounds === undefined ? {} : { bounds: given(bounds) as { maxExecutions: number } }),
    ...(simulation === undefined ? {} : { simulation: given(simulation) as Partial<SimulationOptions> }),
  };
}

/** Without the fields that nobody has written. */
function given<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const written = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(written) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

function driversOf(names: readonly string[], drivers: ReadonlyMap<string, Driver>): Driver[] {
  return names.map((text) => {
    const driver = drivers.get(text);
    assert(driver !== undefined, "every driver that a script names was loaded");
    return driver;
  });
}

type ScriptHost = NonNullable<Script["content"]["hosts"]> extends ReadonlyMap<string, infer H> ? H : never;
type ScriptLink = NonNullable<Script["content"]["links"]>[number];

function hostOf({ drivers: names, ...options }: ScriptHost, drivers: ReadonlyMap<string, Driver>): HostOptions {
  return { ...given(options), ...(names === undefined ? {} : { drivers: driversOf(names, drivers) }) };
}

function linkOf({ latency, ends, ...options }: ScriptLink): LinkDefinition {
  const plain = ends.map(({ host, interface: port, address }) => ({
    host,
    interface: port,
    ...(address === undefined ? {} : { address }),
  }));
  const written = given(options) as Omit<LinkDefinition, "ends">;
  return { ...written, ends: plain, ...(latency === undefined ? {} : { latencyUs: latency }) };
}

function* setUp(script: Script, context: ScenarioContext): Steps<State> {
  const execution = new ScriptExecution(context, script.plan);
  for (const key of script.content.teams ?? []) execution.team(key);
  yield* new Running(execution, null, context.kernel).perform(script.content.setup ?? []);
  execution.begin();
  return { execution };
}

function* explored(script: Script, context: ScenarioContext & State): Steps<void> {
  const { run, threads, after, end, allowLeaks } = script.content;
  const execution = context.execution ?? new ScriptExecution(context, script.plan);
  if (context.execution === undefined) execution.begin();
  const main = new Running(execution, null, context.kernel);
  if (allowLeaks === true) context.judge.allowLeaks();
  if (end !== undefined) context.judge.atEnd(() => checkEnd(end, main, script.file));
  yield* main.perform(run ?? threads?.starts ?? []);
  if (after === undefined) return;
  yield* main.perform(threads?.waits ?? []);
  yield* main.perform(after);
}

function checkEnd(end: ReadonlyMap<string, Expectation>, main: Running, file: string): void {
  for (const [name, expected] of end) {
    const { result, exitStatus } = main.thread(name);
    const wrong = expected({ value: typeof result === "number" ? result : exitStatus });
    if (wrong !== null) throw new Error(`${file}: the thread "${name}" gave ${wrong}`);
  }
}
