// Tests run from the sources: the condition `lockstep-source` leads `#kernel/...` and `lockstep` to the .ts files.
import { configDefaults, defineConfig } from "vitest/config";

// The list replaces Vite's own for Node, so that is repeated behind ours.
const conditions = ["lockstep-source", "module", "node", "development|production"];

const isLong = process.env["LOCKSTEP_TRUTH_RUNS"] !== undefined;

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ["test/**/*.test.ts"],
    // Those that take long have a script of their own, which CI runs, too (`npm run test:long`).
    exclude: isLong ? configDefaults.exclude : [...configDefaults.exclude, "test/**/*.long.test.ts"],
    benchmark: { include: ["bench/**/*.bench.ts"] },
    globalSetup: ["test/workers/shared-folder.ts"],
    pool: "threads",
    // All cores: the main process only waits.
    maxWorkers: "100%",
    // A file of tests keeps nothing for the next one, so they may share the modules that they load: that halves the time.
    isolate: false,
    // A hang is to be told, not a slow machine.
    testTimeout: isLong ? 120_000 : 30_000,
    hookTimeout: isLong ? 120_000 : 30_000,
  },
});
