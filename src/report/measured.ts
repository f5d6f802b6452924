// Where the time of a run went, told: bars of CPU use, waits after being woken, and histograms of what was timed.

import type { Histogram } from "#base/histogram";
import type { ThreadUse, Use } from "#kernel/cpu-use";
import { table } from "#report/text";
import type { Paint } from "#report/paint";

/** Everything that was measured in a run. */
export interface Measured {
  readonly use: Use;
  readonly times: readonly TimesOf[];
}

/** Times that a host's programs took: "ping". */
export interface TimesOf {
  readonly host: string;
  readonly name: string;
  readonly histogram: Histogram;
}

/** A histogram as --json prints it; microseconds. */
export interface HistogramResult {
  readonly count: number;
  readonly leastUs: number;
  readonly meanUs: number;
  readonly medianUs: number;
  readonly p99Us: number;
  readonly mostUs: number;
  readonly classes: readonly { readonly fromUs: number; readonly toUs: number; readonly count: number }[];
}

/** What --stats adds to --json. */
export interface StatsResult {
  readonly elapsedUs: number;
  readonly cpus: Use["cpus"];
  readonly teams: Use["teams"];
  readonly threads: readonly (Omit<ThreadUse, "wakeUps" | "id"> & { readonly wakeUps: HistogramResult })[];
  readonly times: readonly { readonly host: string; readonly name: string; readonly times: HistogramResult }[];
}

const BAR = 40;
const THREADS_MOST = 16;

export function statsResult({ use, times }: Measured): StatsResult {
  return {
    elapsedUs: use.elapsedUs,
    cpus: use.cpus,
    teams: use.teams,
    threads: byName(use.threads).map(({ host, team, thread, cpuTimeUs, share, wakeUps }) => ({
      host,
      team,
      thread,
      cpuTimeUs,
      share,
      wakeUps: histogramResult(wakeUps),
    })),
    times: times.map(({ host, name, histogram }) => ({ host, name, times: histogramResult(histogram) })),
  };
}

function histogramResult(histogram: Histogram): HistogramResult {
  return {
    count: histogram.count,
    leastUs: histogram.least,
    meanUs: histogram.mean,
    medianUs: histogram.percentile(0.5),
    p99Us: histogram.percentile(0.99),
    mostUs: histogram.most,
    classes: histogram.classes.map(({ from, to, count }) => ({ fromUs: from, toUs: to, count })),
  };
}

/** The same for people, in lines. */
export function describeMeasured({ use, times }: Measured, paint: Paint): string {
  const threads = byName(use.threads);
  const parts = [
    `CPU use over ${seconds(use.elapsedUs)} of virtual time, after the set-up`,
    cpuBars(use),
    `Threads, and how long each waited for a CPU after it was woken, in microseconds`,
    threadTable(threads, paint),
  ];
  for (const { host, name, histogram } of times) {
    parts.push(`${host}: ${name}, in microseconds`, histogramBars(histogram));
  }
  return parts.map((part, place) => (place % 2 === 0 ? paint.bold(part) : indented(part))).join("\n");
}

function cpuBars({ cpus, teams }: Use): string {
  const rows = [
    ...cpus.map(({ host, cpu, share }) => [`${host}: CPU ${cpu}`, share] as const),
    ...[...teams]
      .sort((a, b) => b.share - a.share)
      .filter(({ cpuTimeUs }) => cpuTimeUs > 0)
      .map(({ host, team, share }) => [`${host}: team ${team}`, share] as const),
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, share]) => `${name.padEnd(width)}  ${percent(share)}  ${bar(share)}`.trimEnd()).join("\n");
}

function threadTable(threads: readonly ThreadUse[], paint: Paint): string {
  const busiest = threads
    .filter(({ cpuTimeUs, wakeUps }) => cpuTimeUs > 0 || wakeUps.count > 0)
    .sort((a, b) => b.cpuTimeUs - a.cpuTimeUs);
  const rows = busiest
    .slice(0, THREADS_MOST)
    .map(({ host, thread, share, wakeUps }) => [
      `${host}: ${thread}`,
      percent(share),
      String(wakeUps.count),
      ...[wakeUps.percentile(0.5), wakeUps.percentile(0.99), wakeUps.most].map((value) => value.toFixed(1)),
    ]);
  const headings = ["CPU", "woken", "median", "99 %", "most"];
  const columns = [{ heading: "thread" }, ...headings.map((heading) => ({ heading, align: "right" as const }))];
  const more = busiest.length > THREADS_MOST ? `\n... and ${busiest.length - THREADS_MOST} that did less` : "";
  return `${table(columns, rows, paint)}${more}`;
}

function histogramBars(histogram: Histogram): string {
  const { classes } = histogram;
  const most = Math.max(...classes.map(({ count }) => count));
  const rows = classes.map(({ from, to, count }) => [from === to ? `${from}` : `${from} - ${to}`, count] as const);
  const width = Math.max(...rows.map(([range]) => range.length));
  const digits = String(most).length;
  const lines = rows.map(
    ([range, count]) =>
      `${range.padStart(width)}  ${String(count).padStart(digits)}  ${bar(Math.max(count / most, 1 / BAR))}`,
  );
  return [`${histogram.count} in all, ${histogram.mean.toFixed(0)} on average`, ...lines].join("\n");
}

// Threads of one name that come one after another, an interface's readers say, are one line.
function byName(threads: readonly ThreadUse[]): ThreadUse[] {
  const merged = new Map<string, ThreadUse>();
  for (const each of threads) {
    const key = `${each.host}: ${each.team}: ${each.thread}`;
    const known = merged.get(key);
    merged.set(key, known === undefined ? each : joined(known, each));
  }
  return [...merged.values()];
}

function joined(known: ThreadUse, other: ThreadUse): ThreadUse {
  return {
    ...known,
    cpuTimeUs: known.cpuTimeUs + other.cpuTimeUs,
    share: known.share + other.share,
    wakeUps: known.wakeUps.with(other.wakeUps),
  };
}

function bar(share: number): string {
  return "#".repeat(Math.round(Math.min(1, share) * BAR));
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`.padStart(8);
}

function seconds(microseconds: number): string {
  return `${(microseconds / 1e6).toFixed(2)} s`;
}

function indented(text: string): string {
  return `${text.replace(/^(?=.)/gm, "  ")}\n`;
}
