// Goal: the rules that keep this project readable are executed, not remembered.
// Method: every source file is parsed once; each rule looks through the trees and lists what breaks it, by file and line.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { basename, dirname, join } from "node:path/posix";
import { describe, expect, test } from "vitest";
import { parseAst } from "vitest/node";

// --- The rules' tables -------------------------------------------------------------------------------------------

const core = ["base", "trace", "kernel", "sync", "vfs", "net"];
const through = (last: string): string[] => core.slice(0, core.indexOf(last) + 1);
const belowSystem = [...core, "devfs", "driver", "kernel-export", "apps"];
const toSystem = [...belowSystem, "system"];
const toScenario = [...toSystem, "world", "explore", "scenario"];
const toWorkers = [...toScenario, "script", "report", "judges", "page", "fs-view", "workers"];
const everything = [...toWorkers, "page-file", "kdl", "load", "cli", "vitest", "drivers", "scenarios", "index"];

/** What a layer may import beside itself: the table of docs/architecture.md. Only `system` and scenarios name concrete drivers. */
const layers: Record<string, string[]> = {
  base: [],
  trace: through("base"),
  kernel: through("trace"),
  sync: through("kernel"),
  vfs: through("sync"),
  net: through("vfs"),
  devfs: through("vfs"),
  driver: [...core, "devfs"],
  "kernel-export": [...core, "devfs", "driver"],
  drivers: ["kernel-export"],
  apps: ["base", "vfs", "net"],
  system: [...belowSystem, "drivers"],
  explore: ["base", "trace", "kernel"],
  world: toSystem,
  scenario: [...toSystem, "world"],
  script: toScenario,
  report: ["base", "trace"],
  judges: [...toScenario, "report"],
  page: ["base", "trace", "report"],
  "page-file": toWorkers,
  "fs-view": toSystem,
  workers: toScenario,
  kdl: toWorkers,
  index: [...toWorkers, "kdl"],
  load: [...toScenario, "script", "drivers", "index"],
  cli: [...toWorkers, "page-file", "kdl", "load", "index", "scenarios"],
  vitest: [...toWorkers, "page-file", "kdl", "load", "index", "scenarios"],
  scenarios: [...toScenario, "drivers", "index"],
  bench: everything,
  test: everything,
};
/** What a layer may import as types alone, beside the above: reports are written from the results of others, and a program's steps have the kernel's type. */
const typesOnly: Record<string, string[]> = {
  report: ["kernel", "explore", "scenario"],
  page: ["kernel"],
  apps: ["kernel"],
  scenario: ["explore"],
};

const withPromises = ["fs-view", "workers", "cli", "vitest", "load"];
const withNode = [...withPromises, "page-file", "test", "bench"];
const withoutPackages = ["base", "trace", "kernel", "sync", "explore", "drivers", "page"];
const packageUsers: Record<string, string[]> = {
  yaml: ["script", "test"],
  memfs: ["devfs", "fs-view", "test"],
  "@jsonjoy.com/fs-core": ["devfs", "fs-view", "test"],
  vitest: ["vitest", "test", "bench"],
};

/** Names through which time, chance and promises would enter the simulation. */
const timers = ["setTimeout", "setInterval", "setImmediate", "queueMicrotask"];
const outerWorld = ["Date", "Promise", "process", "performance", "crypto", ...timers];

const bannedSyntax: Record<string, string> = {
  TSAnyKeyword: "`any` (say `unknown`, or the type)",
  TSEnumDeclaration: "`enum` (use a union of words)",
  TSParameterProperty: "a parameter property (declare the field)",
};

/** Where a rule does not hold. Each exception names its rule, its place and its reason. */
const exceptions: { rule: string; path: RegExp; line: RegExp; reason: string }[] = [
  {
    rule: "determinism",
    path: /^devfs\//,
    line: /new Date\([^)]|: Date\b/,
    reason: "memfs keeps a node's times as Date objects; devfs makes them from the simulated clock",
  },
  {
    rule: "determinism",
    path: /^src\/trace\/written\.ts$/,
    line: /globalThis\.process\.getBuiltinModule\("node:fs"\)/,
    reason:
      "the files beside what was built say where a frame was written; no simulated thread sees frames, and they are the same each time",
  },
  {
    rule: "plain types",
    path: /^src\/vitest\//,
    line: /interface \w+<\w+ = any>/,
    reason: "an augmentation of vitest's interface must repeat its type parameters exactly",
  },
  {
    rule: "default export",
    path: /^src\/vitest\/reporter\.ts$/,
    line: /^export default LockstepReporter;/,
    reason: "vitest takes a reporter that is named in its configuration from the module's default export",
  },
  {
    rule: "mirror",
    path: /^test\/reliability\//,
    line: /./,
    reason: "what users' code may do wrong is met by all layers",
  },
  {
    rule: "mirror",
    path: /^test\/fuzz\//,
    line: /./,
    reason: "malformed input comes in at several layers, and must end alike",
  },
  {
    rule: "mirror",
    path: /^test\/truth\//,
    line: /./,
    reason: "what all strategies and the kernel are measured by is no layer's own",
  },
  {
    rule: "mirror",
    path: /^test\/package\//,
    line: /./,
    reason: "the package as a whole is no layer's own",
  },
];

// --- Reading the tree --------------------------------------------------------------------------------------------

interface Node {
  type: string;
  start: number;
  end: number;
  [key: string]: unknown;
}
/** A node and where it stands; the program itself has no parent. */
interface Place {
  node: Node;
  parent: Place | null;
}
interface Import {
  name: string;
  /** The source file it leads to, null for a package. */
  path: string | null;
  isType: boolean;
  at: Node;
}
interface Source {
  path: string;
  layer: string;
  text: string;
  places: Place[];
  imports: Import[];
}
interface Violation {
  path: string;
  line: number;
  what: string;
}
type PathMap = Record<string, string | Record<string, string>>;
interface Manifest {
  imports: PathMap;
  exports: PathMap;
  bin: Record<string, string>;
}

const root = join(import.meta.dirname, "..");
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Manifest;
const shippedFolders = ["src", "devfs", "drivers", "scenarios"];
const notOurs = new Set(["node_modules", "dist", "coverage", "site", ".git"]);

const allFiles = listFiles("");
const sources = allFiles
  .filter((path) => /^(src|devfs|drivers|scenarios|bench|test)\/.*\.ts$/.test(path))
  .map(readSource);
const shipped = sources.filter((source) => shippedFolders.includes(source.path.split("/")[0] ?? ""));
const simulated = shipped.filter((source) => !withPromises.includes(source.layer));

function listFiles(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => !notOurs.has(entry.name))
    .flatMap((entry) => (entry.isDirectory() ? listFiles(join(folder, entry.name)) : [join(folder, entry.name)]));
}

function readSource(path: string): Source {
  const text = readFileSync(join(root, path), "utf8");
  const places: Place[] = [];
  collect(parse(path, text), null, places);
  return { path, layer: layerOf(path), text, places, imports: places.flatMap((place) => importsOf(path, place)) };
}

function parse(path: string, text: string): unknown {
  try {
    return parseAst(text, { lang: "ts" }, path);
  } catch (cause) {
    throw new Error(`${path} does not parse`, { cause });
  }
}

function layerOf(path: string): string {
  const [first = "", second = ""] = path.split("/");
  return first === "src" ? second.replace(/\.ts$/, "") : first;
}

function collect(value: unknown, parent: Place | null, places: Place[]): void {
  if (Array.isArray(value)) for (const each of value) collect(each, parent, places);
  else if (isNode(value)) {
    const place = { node: value, parent };
    places.push(place);
    for (const key in value) if (typeof value[key] === "object") collect(value[key], place, places);
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && typeof (value as Node).type === "string";
}

function importsOf(path: string, { node }: Place): Import[] {
  const names = [
    node.source,
    node.type === "NewExpression" && isModuleUrl(node) ? (node.arguments as Node[])[0] : null,
  ];
  const specifiers = (node.specifiers ?? []) as Node[];
  const isType =
    node.importKind === "type" ||
    node.exportKind === "type" ||
    node.type === "TSImportType" ||
    (specifiers.length > 0 && specifiers.every((each) => (each.importKind ?? each.exportKind) === "type"));
  return names.flatMap((name) =>
    isNode(name) && typeof name.value === "string"
      ? [{ name: name.value, path: resolve(path, name.value), isType, at: node }]
      : [],
  );
}

/** `new URL("./worker.js", import.meta.url)`: how a worker is named. */
function isModuleUrl(node: Node): boolean {
  const [first] = node.arguments as Node[];
  return nameOf(node.callee) === "URL" && /^\..*\.[jt]s$/.test(String(first?.value));
}

function resolve(from: string, name: string): string | null {
  if (name.startsWith(".")) return join(dirname(from), name).replace(/\.js$/, ".ts");
  if (name.startsWith("#")) return lookUp(manifest.imports, name);
  if (/^lockstep(\/|$)/.test(name)) return lookUp(manifest.exports, name.replace(/^lockstep/, "."));
  return null;
}

function lookUp(map: PathMap, name: string): string | null {
  for (const [pattern, target] of Object.entries(map)) {
    const [head = "", tail] = pattern.split("*");
    const fits = tail === undefined ? name === pattern : name.startsWith(head);
    if (fits && typeof target === "object") return sourceOf(target).replace("*", name.slice(head.length));
  }
  return null;
}

/** The source behind an entry of package.json; what is built says by its own path where it was built from. */
function sourceOf(target: string | Record<string, string>): string {
  if (typeof target === "object") return (target["lockstep-source"] ?? "").replace(/^\.\//, "");
  return target.replace(/^\.\/dist\//, "").replace(/\.js$/, ".ts");
}

// --- Helpers of the rules ----------------------------------------------------------------------------------------

function lineAt(source: Source, node: Node): number {
  return source.text.slice(0, node.start).split("\n").length;
}

function nameOf(node: unknown): string {
  return isNode(node) && typeof node.name === "string" ? node.name : "";
}

/** Runs `broken` on every node of every source and lists where it answers with words. */
function inspect(among: Source[], broken: (place: Place, source: Source) => string | false): Violation[] {
  return among.flatMap((source) =>
    source.places.flatMap((place) => {
      const what = broken(place, source);
      return what === false ? [] : [{ path: source.path, line: lineAt(source, place.node), what }];
    }),
  );
}

function inspectImports(broken: (each: Import, source: Source) => string | false): Violation[] {
  return sources.flatMap((source) =>
    source.imports.flatMap((each) => {
      const what = broken(each, source);
      return what === false ? [] : [{ path: source.path, line: lineAt(source, each.at), what }];
    }),
  );
}

function inspectLines(paths: string[], pattern: RegExp): Violation[] {
  return paths.flatMap((path) =>
    readFileSync(join(root, path), "utf8")
      .split("\n")
      .flatMap((text, index) => (pattern.test(text) ? [{ path, line: index + 1, what: text.trim() }] : [])),
  );
}

function inspectFiles(among: Source[], broken: (source: Source) => string | false): Violation[] {
  return among.flatMap((source) => {
    const what = broken(source);
    return what === false ? [] : [{ path: source.path, line: 1, what }];
  });
}

function expectNone(rule: string, violations: Violation[]): void {
  const counted = violations.filter(({ path, line }) => {
    const text = readFileSync(join(root, path), "utf8").split("\n")[line - 1] ?? "";
    return !exceptions.some((each) => each.rule === rule && each.path.test(path) && each.line.test(text));
  });
  const report = counted.map(({ path, line, what }) => `${path}:${line} ${rule}: ${what}`);
  expect(report, `\n${report.join("\n")}\n`).toEqual([]);
}

// --- The rules ---------------------------------------------------------------------------------------------------

describe("layers", () => {
  test("every source file stands in a layer", () => {
    const broken = inspectFiles(
      sources,
      ({ layer }) => !(layer in layers) && `"${layer}" has no row in the layer table`,
    );
    expectNone("layers", broken);
  });

  test("a layer imports only the layers of its row, and by a relative path only itself", () => {
    expectNone("layers", inspectImports(leavesItsRow));
  });

  test("packages and node's modules are imported only where they may be", () => {
    expectNone("packages", inspectImports(misplacedPackage));
  });

  test("only the entry points re-export from elsewhere", () => {
    const barrels = ["src/kernel-export.ts", ...Object.values(manifest.exports).map(sourceOf)];
    const broken = inspect(shipped, ({ node }, { path }) => {
      const isReExport = node.type.startsWith("Export") && isNode(node.source);
      return isReExport && !barrels.includes(path) && "re-exports outside an entry point";
    });
    expectNone("barrels", broken);
  });

  test("no source file is dead: an entry point or a test reaches each", () => {
    const reached = reachable(sources.filter(({ path }) => isEntry(path)));
    const broken = inspectFiles(sources, ({ path }) => !reached.has(path) && "nothing imports this file");
    expectNone("dead file", broken);
  });

  test("tests mirror the tree", () => {
    const broken = inspectFiles(sources, ({ path }) => {
      const folder = /^test\/(.+)\/[^/]+\.test\.ts$/.exec(path)?.[1];
      const mirrored = folder === undefined || ["", "src"].some((top) => existsSync(join(root, top, folder)));
      return !mirrored && `there is neither ${folder}/ nor src/${folder}/`;
    });
    expectNone("mirror", broken);
  });
});

describe("the simulation", () => {
  test("sees no clock, chance, timer, promise or process of the outer world", () => {
    expectNone("determinism", inspect(simulated, outsideTheSimulation));
  });

  test("waits in a loop: a driver looks at its predicate again after every wait", () => {
    const drivers = sources.filter(
      ({ path }) => path.startsWith("drivers/") && !path.startsWith("drivers/tun/history/"),
    );
    expectNone("wait in a loop", inspect(drivers, waitsOnce));
  });
});

describe("a source file", () => {
  test("opens with a comment that says what it is", () => {
    const broken = inspectFiles(shipped, ({ text }) => !/^(#!.*\n)?\s*\/[/*]/.test(text) && "no header comment");
    expectNone("header", broken);
  });

  test("has at most 300 lines", () => {
    const broken = inspectFiles(shipped, ({ text }) => {
      const lines = text.trimEnd().split("\n").length;
      return lines > 300 && `${lines} lines`;
    });
    expectNone("file length", broken);
  });

  test("has no function of more than 60 lines", () => {
    const broken = inspect(shipped, ({ node }, { text }) => {
      if (!/Function(Declaration|Expression)$/.test(node.type)) return false;
      const lines = text.slice(node.start, node.end).split("\n").length;
      return lines > 60 && `a function of ${lines} lines`;
    });
    expectNone("function length", broken);
  });

  test("is named in kebab-case", () => {
    const kebab = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z]+)+$/;
    expectNone(
      "file name",
      inspectFiles(sources, ({ path }) => !kebab.test(basename(path)) && "not kebab-case"),
    );
  });

  test("says its types plainly and erasably", () => {
    expectNone(
      "plain types",
      inspect(sources, ({ node }) => bannedSyntax[node.type] ?? false),
    );
  });

  test("exports by name, but for a scenario", () => {
    const broken = inspect(sources, ({ node }, { path, layer }) => {
      const isDefault = node.type === "ExportDefaultDeclaration" || nameOf(node.exported) === "default";
      return isDefault && layer !== "scenarios" && !isFixture(path) && "a default export";
    });
    expectNone("default export", broken);
  });

  test("leaves nothing for later and silences no compiler", () => {
    const leftover = /\b(?:TO(?:DO)|FIX(?:ME)|X{3})\b|@ts-(?:ignore|nocheck)/;
    const paths = sources.map(({ path }) => path);
    expectNone("leftover", inspectLines(paths, leftover));
  });
});

describe("the repository", () => {
  test("names no path of somebody's machine", () => {
    expectNone("machine path", inspectLines(allFiles, /(?<![\w.*@}-])\/(?:home|work|tmp)(?![\w-])/));
  });

  test("names no host of a package registry", () => {
    expectNone("registry host", inspectLines(allFiles, /\bregistry\.[a-z]|\bnpm(?:js)\b|\bdeb\.debian\b/));
  });
});

function leavesItsRow({ name, path, isType }: Import, { layer }: Source): string | false {
  if (path === null) return false;
  const target = layerOf(path);
  if (target === layer) return false;
  if (name.startsWith(".")) return `"${name}" leaves the layer by a relative path`;
  const allowed = [...(layers[layer] ?? []), ...(isType ? (typesOnly[layer] ?? []) : [])];
  return !allowed.includes(target) && `${layer} must not import ${target} ("${name}")`;
}

function misplacedPackage({ name, path }: Import, { layer }: Source): string | false {
  if (path !== null) return false;
  if (isBuiltin(name)) return !withNode.includes(layer) && `${layer} must not import "${name}"`;
  const packageName = name.split("/", name.startsWith("@") ? 2 : 1).join("/");
  const users = packageUsers[packageName];
  const refused = withoutPackages.includes(layer) || (users !== undefined && !users.includes(layer));
  return refused && `${layer} must not import "${name}"`;
}

/** Loaded by a test as a user's file would be, by its path. */
function isFixture(path: string): boolean {
  return /^test\/(.+\/)?fixtures\//.test(path);
}

function isEntry(path: string): boolean {
  const named = [...Object.values(manifest.exports), ...Object.values(manifest.bin)].map(sourceOf);
  return (
    named.includes(path) || /^(drivers|scenarios|bench|src\/page\/browser)\/|\.test\.ts$/.test(path) || isFixture(path)
  );
}

function reachable(entries: Source[]): Set<string> {
  const reached = new Set(entries.map(({ path }) => path));
  // A set visits what is added while it is walked.
  for (const path of reached) {
    const imports = sources.find((source) => source.path === path)?.imports ?? [];
    for (const each of imports) if (each.path !== null) reached.add(each.path);
  }
  return reached;
}

function outsideTheSimulation(place: Place): string | false {
  const { node } = place;
  if (node.async === true || node.await === true || node.type === "AwaitExpression") return "async or await";
  const isRandom = nameOf(node.object) === "Math" && nameOf(node.property) === "random";
  if (isRandom) return "Math.random";
  const isGlobal = nameOf(node.object) === "globalThis" && outerWorld.includes(nameOf(node.property));
  if (isGlobal) return `globalThis.${nameOf(node.property)}`;
  return node.type === "Identifier" && isReference(place) && outerWorld.includes(nameOf(node)) && nameOf(node);
}

/** Whether an identifier stands for a variable or a type, and does not merely name a field. */
function isReference({ node, parent }: Place): boolean {
  const holder = parent?.node;
  const isFieldName = holder?.property === node || (holder?.key === node && holder.shorthand !== true);
  return !isFieldName || holder?.computed === true;
}

function waitsOnce(place: Place, { text }: Source): string | false {
  const { node } = place;
  const call = node.type === "YieldExpression" && node.delegate === true ? node.argument : null;
  const callee = isNode(call) ? call.callee : null;
  if (!isNode(callee) || !/^wait$|^wait(?!For)[A-Z]|Wait$/.test(nameOf(callee.property))) return false;
  const rest = text.slice(node.end).split("\n", 1)[0] ?? "";
  return !isInLoop(place) && !/\/\/ no loop: \S/.test(rest) && "a wait outside a loop (or say why: `// no loop: ...`)";
}

function isInLoop({ parent }: Place): boolean {
  if (parent === null || /Function/.test(parent.node.type)) return false;
  return /^(While|DoWhile|For)/.test(parent.node.type) || isInLoop(parent);
}
