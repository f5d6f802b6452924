// pollSync: which of several descriptors can be read or written now, or first.
//
// What is no device is always ready, as POSIX has it. Time passes in the simulation alone, up to the timeout.

import type { Call } from "#fs-view/call";
import type { DeviceCalls } from "#fs-view/device-calls";
import { checked } from "#fs-view/errors";
import type { ViewTree } from "#fs-view/view-tree";
import { POLLIN, POLLNVAL, POLLOUT, type PollDescriptor } from "#vfs/file-calls";

/** One descriptor of a pollSync: the events wanted, as a set of POLLIN and POLLOUT. */
export interface PollRequest {
  readonly fd: number;
  readonly events: number;
}

/** What pollSync gives back for each. */
export interface PollResult extends PollRequest {
  /** The events that are there: POLLIN, POLLOUT, POLLERR, POLLHUP, POLLNVAL. */
  readonly revents: number;
}

/** @param timeoutMs milliseconds of virtual time; without one it waits for ever, and throws EDEADLK if it would */
export function poll(
  tree: ViewTree,
  calls: DeviceCalls,
  requests: readonly PollRequest[],
  timeoutMs: number | undefined,
): Call<PollResult[]> {
  const rows = requests.map(({ fd, events }) => {
    const device = tree.device(fd);
    const own = tree.fds[fd] === undefined ? POLLNVAL : events & (POLLIN | POLLOUT);
    // A number that is negative is left alone, as POSIX has it.
    const asked: PollDescriptor = { fd: device === null ? -1 : device.teamDescriptor, events, revents: 0 };
    return { fd, events, asked, own: device === null && fd >= 0 ? own : 0 };
  });
  const isReady = rows.some(({ own }) => own !== 0);
  const isEndless = timeoutMs === undefined || timeoutMs < 0;
  const timeoutUs = isReady ? 0 : isEndless ? Number.POSITIVE_INFINITY : timeoutMs * 1_000;
  return calls.start(
    "poll",
    undefined,
    (team) =>
      team.poll(
        rows.map(({ asked }) => asked),
        timeoutUs,
      ),
    (count) => {
      checked(count, "poll");
      return rows.map(({ fd, events, asked, own }) => ({ fd, events, revents: asked.revents | own }));
    },
  );
}
