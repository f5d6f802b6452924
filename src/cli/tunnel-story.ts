// The story's second table: the scenarios of the tunnel between two hosts, the numbers that were told in 2023 beside those of the run.

import { findScenario } from "#cli/find-scenario";
import { toJson, type Result } from "#cli/result";
import { runScenario } from "#cli/run";
import type { VpnName } from "#cli/shipped";
import type { Terminal } from "#cli/terminal";
import { table, thousands, wrap } from "#report/text";

const INTRODUCTION =
  "And the numbers. Below, OpenVPN runs on two hosts, the link between them takes a millisecond each way, and pings go through its tunnel: each row is one run in measured time, beside what was told of it then.";

/** What was told of each, or what is asked of it. */
const TOLD: Readonly<Record<VpnName, string>> = {
  "vpn-inverted-notify": "1000 ms on average",
  "vpn-server-no-arp": "the server answers nothing",
  "vpn-nonblocking": "2 ms to 9 ms, 99 % CPU",
  "vpn-close": "ifconfig down hangs",
  "vpn-select": "above 2000 ms, more than 60 % lost",
  "vpn-two-interfaces": "(one queue for all interfaces)",
  "vpn-timeout": "(how the summer ended)",
  "vpn-correct": "(ours: all of it good at once)",
  "vpn-soak": "(ours: nothing lost unseen)",
};

/** Runs them, and prints a row for each. Gives the names of those that are not as told. */
export async function tellTunnels(names: readonly VpnName[], asJson: boolean, terminal: Terminal): Promise<string[]> {
  const rows: string[][] = [];
  const wrong: string[] = [];
  for (const name of names) {
    const { result } = runScenario(await findScenario(name, terminal.folder), { parameters: {} }, terminal);
    if (result.expected !== true) wrong.push(name);
    if (asJson) terminal.out(toJson(result));
    rows.push([name, TOLD[name], numbersOf(result), result.expected === true ? "as told" : "NOT AS EXPECTED"]);
  }
  if (asJson) return wrong;
  const headings = ["scenario", "in 2023", "here", ""];
  terminal.out(`\n${wrap(INTRODUCTION, Math.min(terminal.width, 120))}\n\n`);
  const columns = headings.map((heading) => ({ heading }));
  terminal.out(`${table(columns, rows, terminal.colors)}\n`);
  return wrong;
}

function numbersOf({ outcome, figures = {} }: Result): string {
  const { averageMs, lossPercent = 0, cpuPercent = 0, strayed, written, arrived = 0, unaccounted = 0 } = figures;
  if (averageMs !== undefined) {
    const average = Number.isNaN(averageMs) ? "no answer" : `${averageMs.toFixed(1)} ms on average`;
    return `${average}, ${lossPercent.toFixed(0)} % lost, ${cpuPercent.toFixed(1)} % CPU`;
  }
  if (strayed !== undefined) return `${thousands(strayed)} packets in the other tunnel`;
  if (written === undefined) return outcome;
  return `${thousands(written)} packets, ${thousands(written - arrived)} counted as dropped, ${thousands(unaccounted)} lost`;
}
