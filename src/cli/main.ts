#!/usr/bin/env node
// The program `lockstep`: the process around the command line.

// A reader of our output that goes away early (`lockstep list | head`) is no failure; a disk that is full is one.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  process.stderr.write(`lockstep: the result cannot be written to standard output: ${error.message}\n`);
  process.exit(2);
});
// Whoever cannot be told anything is told by the exit code.
process.stderr.on("error", () => process.exit(2));

const { perform } = await import("#cli/command-line");
const { processTerminal } = await import("#cli/terminal");

const terminal = await processTerminal();
try {
  process.exitCode = await perform(process.argv.slice(2), terminal);
} catch (error) {
  const { reportFault } = await import("#cli/fault");
  process.exitCode = reportFault(error, process.argv.slice(2), terminal);
}
