// Packets through our tunnel driver and the stack, and hours of virtual time: unrecorded, on one core, in CPU time.

import { fileURLToPath } from "node:url";
import { heading, perSecond, row, samplesOf, seconds, times } from "./measure.mjs";

const SAMPLE = fileURLToPath(new URL("net-sample.mjs", import.meta.url));
const LEAST = 300_000;
const HOUR_BELOW = 10;
const SECONDS_AN_HOUR = 3_600;
const PINGS_A_SECOND = 10;
/** What 32 routers may cost more than one, packet by packet, and twice as many packets more than half of them. */
const LINEAR_BELOW = 2;
const ROUTERS = 32;
/** A host that is alone goes on undisturbed; several take turns at each step. So many already do. */
const ROUTERS_FEW = 4;

export function network({ count, packets, hourPart }) {
  heading(
    "Packets through write, interface, stack, interface and read",
    "One host forwards between two tunnels of ours; a program writes into one and reads from the other.",
    "Of 32 packets at once the first waits for the last to be written; alone, each packet is a round trip of all threads.",
  );
  for (const window of [32, 1]) {
    for (const length of [64, 1400]) {
      const what = `${length} bytes, ${window === 1 ? "one by one" : `${window} at once`}`;
      row(what, rates(count, { count: packets, length, window, routers: 1 }), perSecond, { least: LEAST });
    }
  }
  heading("What more hosts and packets cost", "CPU time of a packet, as so many times that of the first row above.");
  const wanted = { count: packets, length: 64, window: 32, routers: 1 };
  const [alone] = rates(1, wanted);
  row("twice as many packets", ratios(alone, count, { ...wanted, count: 2 * packets }), times, { below: LINEAR_BELOW });
  row(`${ROUTERS} routers`, ratios(alone, count, { ...wanted, routers: ROUTERS }), times, { below: LINEAR_BELOW });
  const [few] = rates(1, { ...wanted, routers: ROUTERS_FEW });
  row(`${ROUTERS} routers, to ${ROUTERS_FEW}`, ratios(few, count, { ...wanted, routers: ROUTERS }), times, {
    below: LINEAR_BELOW,
  });
  hours(count, hourPart);
}

function rates(samples, wanted) {
  return samplesOf(SAMPLE, samples, { kind: "packets", ...wanted }).map(({ cpu }) => (wanted.count / cpu) * 1000);
}

function ratios(alone, samples, wanted) {
  return rates(samples, wanted).map((rate) => alone / rate);
}

function hours(count, part) {
  heading(
    "An hour of virtual time",
    ...(part === 1 ? [] : [`Judged by ${Math.round(SECONDS_AN_HOUR * part)} s of it.`]),
  );
  const length = Math.round(SECONDS_AN_HOUR * part);
  const pings = { pings: length * PINGS_A_SECOND, interval: String(1 / PINGS_A_SECOND) };
  hour("vpn-correct, ten pings a second", count, { name: "vpn-correct", parameters: pings }, { below: HOUR_BELOW });
  hour("vpn-soak", 1, { name: "vpn-soak", parameters: { seconds: length } }, {});
}

function hour(what, count, wanted, bar) {
  const taken = samplesOf(SAMPLE, count, { kind: "scenario", ...wanted });
  for (const { outcome, message } of taken)
    if (outcome !== "finished") throw new Error(`${what}: ${outcome}: ${message}`);
  row(
    what,
    taken.map(({ cpu, virtual }) => ((cpu / virtual) * SECONDS_AN_HOUR) / 1000),
    seconds,
    bar,
  );
}
