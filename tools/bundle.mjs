// A part of the build: puts what tsc has built into few files. To find, read and compile a module takes a millisecond, and a command
// needs some two hundred of them.
//
//   node tools/bundle.mjs [--dist FOLDER]     FOLDER holds what tsc has built, and package.json lies beside it; default: dist/
//
// What comes out:
//   - dist/src/chunks/*.js holds the code of dist/src and dist/devfs. GROUPS says what is in which; what a chunk imports lies in
//     those before it, so nothing goes in circles.
//   - Every module is still found by its own path, and gives what it gave from there: it leads to its chunk. So each is loaded
//     once, whoever asks, and by whichever name.
//   - Drivers and scenarios, which users read, stay as they are, line by line; only what they import leads to the chunks.
//   - Source maps tell the lines, and no columns; beside each lies one with a section for each module (src/trace/written.ts reads it).

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path/posix";
import { fileURLToPath } from "node:url";
import { decode, encode } from "@jridgewell/sourcemap-codec";
import { rolldown } from "rolldown";
import { parseAst } from "rolldown/parseAst";

const CHUNKS = "src/chunks";
const place = process.argv.indexOf("--dist");
const given = place === -1 ? fileURLToPath(new URL("../dist", import.meta.url)) : resolve(process.argv[place + 1]);
const dist = given.replaceAll("\\", "/");
const { imports } = JSON.parse(readFileSync(join(dist, "../package.json"), "utf8"));

const built = readdirSync(dist, { recursive: true, encoding: "utf8" }).map((file) => file.replaceAll("\\", "/"));
const own = built.filter((file) => /^(src|devfs)\/.*\.js$/.test(file) && !/^src\/(page\/browser|chunks)\//.test(file));
/** Left as they are, but for what they import; of our own modules that which is no module but a program. */
const kept = [...built.filter((file) => /^(drivers|scenarios)\/.*\.js$/.test(file)), "src/cli/main.js"];
if (!isCurrent("src/index.js"))
  throw new Error("dist is bundled already, or not built: tsc -p tsconfig.build.json comes first");
for (const file of own) if (!isCurrent(file)) rmSync(join(dist, file));
const modules = own.filter((file) => isCurrent(file) && !kept.includes(file));
/** What each module imports, as the bundler reads it. */
const imported = new Map();

/**
 * The chunks, from below: each holds what its roots import, as far as no earlier one does; and of the command line nothing, unless
 * it says so.
 */
const GROUPS = [
  { name: "base", roots: [...layer("base"), "src/cli/list.js"] },
  // The simulated system and the explorer; it runs in a browser, too.
  { name: "engine", roots: ["src/explore/index.js", "src/scenario/compile.js", ...kept.flatMap(wantedBy)] },
  // What `lockstep list` loads, and what every command begins with: no more than that from outside.
  { name: "list", roots: ["src/cli/list.js", "src/load/installation.js"], hasCommands: true },
  { name: "start", roots: ["src/cli/command-line.js", "src/cli/terminal.js"], hasCommands: true },
  // What else runs in a worker thread.
  { name: "worker", roots: ["src/workers/worker.js", "src/cli/worker-program.js"], hasCommands: true },
  // What is done about a search, and said of it.
  { name: "library", roots: ["src/index.js"] },
  { name: "search", roots: ["src/cli/explore.js", "src/cli/run.js", "src/cli/replay.js"] },
  { name: "explore", roots: ["src/cli/explore.js", "src/cli/run.js", "src/cli/replay.js"], hasCommands: true },
  { name: "script", roots: ["src/load/scenario-file.js", "src/load/index.js", ...layer("script")] },
  { name: "page", roots: ["src/cli/report-page.js", "src/cli/export.js"] },
  { name: "report", roots: ["src/cli/report-page.js", "src/cli/export.js"], hasCommands: true },
  { name: "kdl", roots: ["src/cli/kdl.js"], hasCommands: true },
  { name: "vitest", roots: layer("vitest") },
  { name: "files", roots: [...layer("fs-view"), "devfs/index.js"] },
];

rmSync(join(dist, CHUNKS), { recursive: true, force: true });
mkdirSync(join(dist, CHUNKS));
const outputs = new Map((await bundled()).map((chunk) => [chunk.fileName, chunk]));
const facades = new Map(
  [...outputs.values()].filter(isFacade).map(({ fileName, code }) => [fileName, placesIn(fileName, code)]),
);
for (const chunk of outputs.values()) write(chunk);
for (const file of kept) writeFileSync(join(dist, file), redirected(file));

// --- Modules -----------------------------------------------------------------------------------------------------

/** The module behind a name that one of ours imports, below dist; null for a package. */
function moduleBehind(name, from) {
  if (name.startsWith(".")) return join(dirname(from), name);
  if (!name.startsWith("#")) return null;
  for (const [pattern, { default: target }] of Object.entries(imports)) {
    const [head, tail] = pattern.split("*");
    if (tail === undefined ? name !== pattern : !name.startsWith(head)) continue;
    return target.replace("./dist/", "").replace("*", name.slice(head.length));
  }
  throw new Error(`dist/${from} imports "${name}", which package.json does not know`);
}

/** Whether tsc has built it from a source that is still there. */
function isCurrent(file) {
  const map = join(dist, `${file}.map`);
  if (!existsSync(map)) return false;
  return existsSync(resolve(dirname(map), JSON.parse(readFileSync(map, "utf8")).sources[0]));
}

function textOf(file) {
  return readFileSync(join(dist, file), "utf8");
}

/** The statements that take something from elsewhere, as they are parsed. */
function statementsOf(text) {
  return parseAst(text).body.filter(
    ({ type, source }) => /^(Import|ExportNamed|ExportAll)Declaration$/.test(type) && source != null,
  );
}

/** The modules that a file which is kept imports. */
function wantedBy(file) {
  return statementsOf(textOf(file))
    .map(({ source }) => moduleBehind(source.value, file))
    .filter((each) => modules.includes(each));
}

/** What these import, and what that imports, and so on, they among it. */
function reachedFrom(roots) {
  const reached = new Set(roots);
  for (const file of reached) for (const each of imported.get(file)) reached.add(each);
  return reached;
}

function layer(name) {
  return modules.filter((file) => file.startsWith(`src/${name}/`));
}

function membership() {
  const groups = new Map();
  for (const { name, roots, hasCommands = false } of GROUPS) {
    for (const file of reachedFrom(roots)) {
      if (!groups.has(file) && (hasCommands || !file.startsWith("src/cli/"))) groups.set(file, name);
    }
  }
  return groups;
}

// --- Bundling ----------------------------------------------------------------------------------------------------

async function bundled() {
  const bundle = await rolldown({
    input: Object.fromEntries(modules.map((file) => [file.slice(0, -".js".length), join(dist, file)])),
    cwd: dist,
    platform: "node",
    treeshake: false,
    plugins: [{ name: "as tsc built it", resolveId, load, moduleParsed }],
  });
  let groupOf = null;
  const { output } = await bundle.generate({
    dir: dist,
    format: "esm",
    sourcemap: "hidden",
    comments: false,
    minifyInternalExports: false,
    entryFileNames: "[name].js",
    chunkFileNames: `${CHUNKS}/[name].js`,
    codeSplitting: {
      groups: GROUPS.map(({ name }, at) => ({
        name,
        test: (id) => (groupOf ??= membership()).get(relative(dist, id)) === name,
        priority: GROUPS.length - at,
      })),
    },
  });
  await bundle.close();
  return output.filter(({ type }) => type === "chunk");
}

function resolveId(name, from) {
  if (from === undefined) return name;
  const file = moduleBehind(name, relative(dist, from));
  if (file === null) return { id: name, external: true };
  return modules.includes(file) ? join(dist, file) : { id: join(dist, file), external: true };
}

/** The source of a module, which lies beside dist, wherever the compiler has found it. */
function sourceOf(file) {
  return join(dirname(dist), file.replace(/\.js$/, ".ts"));
}

// A module that asks where it lies is told so.
function load(id) {
  const file = relative(dist, id);
  const itself = `new URL(${JSON.stringify(relative(CHUNKS, file))}, import.meta.url).href`;
  const code = textOf(file).replaceAll("import.meta.url", itself);
  return { code, map: { ...JSON.parse(textOf(`${file}.map`)), sources: [sourceOf(file)] } };
}

function moduleParsed({ id, importedIds }) {
  const files = importedIds.map((each) => relative(dist, each));
  imported.set(
    relative(dist, id),
    files.filter((file) => modules.includes(file)),
  );
}

// --- What only leads elsewhere -----------------------------------------------------------------------------------

function isFacade({ code }) {
  return code.split("\n").every((line) => /^(?:(?:import|export \{) .*;)?$/.test(line) || line === "export {};");
}

/** Where what a facade exports is found: by its name, the chunk and the name there. */
function placesIn(file, code) {
  const places = new Map();
  const taken = new Map();
  for (const { type, source, specifiers } of parseAst(code).body) {
    const chunk = source == null ? null : join(dirname(file), source.value);
    for (const each of specifiers) {
      if (type === "ImportDeclaration") taken.set(each.local.name, { chunk, name: each.imported.name });
      else if (chunk === null) places.set(each.exported.name, taken.get(each.local.name));
      else places.set(each.exported.name, { chunk, name: each.local.name });
    }
  }
  return places;
}

/** The chunk that may be imported in the place of a module: it gives the same by the same names. */
function chunkOf(file) {
  const places = [...(facades.get(file) ?? [])];
  const [[, first] = []] = places;
  return places.every(([name, each]) => each.name === name && each.chunk === first.chunk) ? first?.chunk : undefined;
}

function pathFrom(file, to) {
  const path = relative(dirname(file), to);
  return path.startsWith(".") ? path : `./${path}`;
}

/** The code with what is imported later taken from its chunk at once, and without imports that give nothing. */
function withoutDetours(file, code) {
  return code
    .replaceAll(/^import "(?:\.[^"]*|node:[^"]*)";$/gm, "")
    .replaceAll(/\bimport\("([.#][^"]+)"\)/g, (_, name) => {
      const module = moduleBehind(name, file);
      return `import("${pathFrom(file, chunkOf(module) ?? module)}")`;
    });
}

/** A file that is kept, with its imports leading to chunks, or else by a relative path; all else stays where it is. */
function redirected(file) {
  let code = textOf(file);
  for (const statement of statementsOf(code).reverse()) {
    const { value, start, end } = statement.source;
    if (!value.startsWith("#")) continue;
    code = `${code.slice(0, start)}"${pathFrom(file, sourceOfNames(statement, file))}"${code.slice(end)}`;
  }
  return withoutDetours(file, code);
}

/** Where the names of an import are: in one chunk, by the same names, or else in the module itself. */
function sourceOfNames({ type, specifiers, source }, file) {
  const module = moduleBehind(source.value, file);
  const places = type === "ImportDeclaration" ? specifiers.map((each) => placeOf(module, each)) : [];
  const [first] = places;
  const isOne = first !== undefined && places.every((each) => each?.chunk === first.chunk);
  return isOne ? first.chunk : module;
}

function placeOf(module, { imported }) {
  const place = facades.get(module)?.get(imported?.name);
  return place?.name === imported?.name ? place : undefined;
}

// --- Writing -----------------------------------------------------------------------------------------------------

function write({ fileName, code, map }) {
  const file = join(dist, fileName);
  for (const extension of ["map", "sections"]) rmSync(`${file}.${extension}`, { force: true });
  // The engine knows of a constant what it is.
  const text = withoutDetours(fileName, code.replaceAll(/^var (?=[\w$]+ = class\b)/gm, "const ")).trimEnd();
  if (facades.has(fileName) || map === null) return writeFileSync(file, `${text}\n`);
  writeFileSync(`${file}.map`, JSON.stringify(lineMap(map)));
  writeFileSync(`${file}.sections`, JSON.stringify(indexMap(map, code)));
  writeFileSync(file, `${text}\n//# sourceMappingURL=${basename(fileName)}.map\n`);
}

/** For others: Vite, which transforms a linked package, knows no maps with sections. */
function lineMap({ sources, mappings }) {
  const mapped = decode(mappings).map((segments) =>
    whereLinesBegin(segments).map(([column, source, line]) => [column, source, line, 0]),
  );
  return { version: 3, sources, names: [], mappings: encode(mapped) };
}

/**
 * A section for each module, which the bundler begins with a comment that names it: a stack then costs the reading of those that it goes
 * through. Of each line where it begins, and where in it another line of the source begins: that is what a stack asks for.
 */
function indexMap({ sources, mappings }, code) {
  const texts = code.split("\n");
  const sections = [];
  decode(mappings).forEach((segments, row) => {
    const [, source] = segments.find((segment) => segment.length > 1) ?? [];
    const last = sections.at(-1);
    const isOther = source !== undefined && last?.source !== undefined && source !== last.source;
    if (last === undefined || isOther || isModule(texts[row])) sections.push({ row, source, lines: [] });
    const section = sections.at(-1);
    section.source ??= source;
    section.lines.push(whereLinesBegin(segments));
  });
  return {
    version: 3,
    sections: sections.map(({ row, source, lines }) => {
      const mapped = lines.map((segments) => segments.map(([column, , line]) => [column, 0, line, 0]));
      const map = { version: 3, sources: [sources[source ?? 0]], names: [], mappings: encode(mapped) };
      return { offset: { line: row, column: 0 }, map };
    }),
  };
}

function isModule(text) {
  return text.startsWith("// ") && modules.includes(text.slice("// ".length));
}

function whereLinesBegin(segments) {
  return segments.filter(([, source, line], at) => {
    const [, sourceBefore, lineBefore] = segments[at - 1] ?? [];
    return source !== undefined && (line !== lineBefore || source !== sourceBefore);
  });
}
